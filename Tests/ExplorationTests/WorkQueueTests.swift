import Exploration
import Foundation
import Reproducibility
import Synchronization
import Testing

@Suite("Work queue")
struct WorkQueueTests {
  private func items(_ count: Int, seed: UInt64) -> [WorkItem] {
    var source = RandomSource(seed: seed)
    return (0..<count).map { index in
      WorkItem(
        name: "item \(index)", cost: Double(1 + source.below(9)),
        prerequisite: index > 0 && source.below(3) > 0 ? source.below(index) : nil)
    }
  }

  @Test("All are run once, none before its prerequisite, and progress only grows, up to all of it")
  func runsAll() throws {
    for threads in 1...4 {
      for seed in 0..<40 as Range<UInt64> {
        let items = items(25, seed: seed)
        let told = Mutex<[SweepProgress]>([])
        let done = Mutex<[Int]>([])
        let queue = WorkQueue(items) { progress in told.withLock { $0.append(progress) } }
        try queue.run(threads: threads) { index in
          if let first = items[index].prerequisite {
            #expect(done.withLock { $0.contains(first) }, "\(index) ran before \(first)")
          }
          queue.advance(index, to: 0.5)
          // Long enough for the other threads to find something ready.
          usleep(UInt32(index % 4) * 50)
          done.withLock { $0.append(index) }
        }
        #expect(done.withLock { $0.sorted() } == Array(0..<25), "\(threads) threads, seed \(seed)")
        #expect(queue.finishedCount == 25)
        let reports = told.withLock { $0 }
        #expect(reports.count == 50)
        let total = items.reduce(0) { $0 + $1.cost }
        for (before, after) in zip(reports, reports.dropFirst()) {
          #expect(after.finishedCost >= before.finishedCost && after.finished >= before.finished)
        }
        #expect(reports.allSatisfy { $0.totalCost == total && $0.total == 25 && $0.finishedCost <= total })
        #expect(reports.last?.finished == 25 && reports.last?.finishedCost == total)
      }
    }
  }

  @Test("On one thread, of what is ready the item with the most work behind it comes first")
  func longestChainsFirst() throws {
    // 0 (1) → 1 (5); 2 (4); 3 (5) → nothing: chains of 6, 5, 4, 5.
    let items = [
      WorkItem(name: "0", cost: 1, prerequisite: nil), WorkItem(name: "1", cost: 5, prerequisite: 0),
      WorkItem(name: "2", cost: 4, prerequisite: nil), WorkItem(name: "3", cost: 5, prerequisite: nil),
    ]
    let order = Mutex<[Int]>([])
    try WorkQueue(items) { _ in }.run(threads: 1) { index in order.withLock { $0.append(index) } }
    #expect(order.withLock { $0 } == [0, 1, 3, 2])
  }

  @Test("The first error stops the rest, and is the one thrown")
  func firstErrorStops() throws {
    struct Failure: Error, Equatable { let index: Int }
    for threads in 1...3 {
      // A chain: nothing behind the failing item may run.
      let items = (0..<10).map { index in
        WorkItem(name: "\(index)", cost: 1, prerequisite: index > 0 ? index - 1 : nil)
      }
      let ran = Mutex<[Int]>([])
      let queue = WorkQueue(items) { _ in }
      #expect(throws: Failure(index: 4)) {
        try queue.run(threads: threads) { index in
          ran.withLock { $0.append(index) }
          if index == 4 { throw Failure(index: index) }
        }
      }
      #expect(ran.withLock { $0 } == [0, 1, 2, 3, 4])
      #expect(queue.finishedCount == 4)
    }
  }

  @Test("A queue of nothing is done at once")
  func empty() throws {
    let queue = WorkQueue([]) { _ in }
    try queue.run(threads: 3) { _ in Issue.record("there is nothing to run") }
    #expect(queue.finishedCount == 0)
  }
}
