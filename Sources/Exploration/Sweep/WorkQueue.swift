import Dispatch
import Foundation

/// A piece of work that may have to wait for another.
package struct WorkItem: Sendable {
  /// What it is called in progress and errors.
  package let name: String
  /// Expected cost in arbitrary units, for estimates and for the order of work.
  package let cost: Double
  /// Index of the item that must be done first.
  package let prerequisite: Int?

  /// An item.
  package init(name: String, cost: Double, prerequisite: Int?) {
    self.name = name
    self.cost = cost
    self.prerequisite = prerequisite
  }
}

/// What an exploration tells while it runs.
public struct SweepProgress: Sendable, Hashable {
  /// Steps done.
  public let finished: Int
  /// Steps in all.
  public let total: Int
  /// Cost done, counting the finished part of running steps, and cost in all: only their ratio has a meaning.
  public let finishedCost: Double
  /// Cost in all.
  public let totalCost: Double
  /// The step that was last begun or done.
  public let current: String
}

/// Runs work items on several threads: of those that are ready the one with the most cost behind it first, so
/// that the longest chain of work is never left to the end. Which thread runs what cannot change a result.
package final class WorkQueue: @unchecked Sendable {
  private let items: [WorkItem]
  private let chainCosts: [Double]
  private let condition = NSCondition()
  /// Held while progress is told, so that what is told never goes back.
  private let telling = NSLock()
  private var isStarted: [Bool]
  private var isFinished: [Bool]
  private var partial: [Double]
  private var failure: (any Error)?
  private let report: @Sendable (SweepProgress) -> Void

  /// A queue of `items`; a prerequisite is an index into them. `report` is told of progress from any thread.
  package init(_ items: [WorkItem], report: @escaping @Sendable (SweepProgress) -> Void) {
    self.items = items
    self.report = report
    isStarted = items.map { _ in false }
    isFinished = isStarted
    partial = items.map { _ in 0 }
    var chain = items.map(\.cost)
    for index in items.indices.reversed() {
      if let first = items[index].prerequisite {
        chain[first] = max(chain[first], items[first].cost + chain[index])
      }
    }
    chainCosts = chain
  }

  /// Calls `body` once for each item's index, prerequisites first, on up to `threads` threads.
  /// - Throws: the first error that `body` threw; no further items are started after it.
  package func run(threads: Int, _ body: @Sendable (Int) throws -> Void) throws {
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, items.count))) { _ in
      while let index = next() {
        do {
          try body(index)
          finish(index)
        } catch {
          fail(error)
        }
      }
    }
    if let failure { throw failure }
  }

  /// How many items are done.
  package var finishedCount: Int { condition.withLock { isFinished.count { $0 } } }

  /// Notes that a running item is `fraction` done.
  package func advance(_ index: Int, to fraction: Double) {
    condition.withLock { partial[index] = items[index].cost * fraction }
    tell(items[index].name)
  }

  private func next() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if failure != nil || !isStarted.contains(false) { return nil }
      let ready = items.indices.filter { index in
        !isStarted[index] && (items[index].prerequisite.map { isFinished[$0] } ?? true)
      }
      if let best = ready.max(by: { (chainCosts[$0], -$0) < (chainCosts[$1], -$1) }) {
        isStarted[best] = true
        return best
      }
      condition.wait()
    }
  }

  private func finish(_ index: Int) {
    condition.withLock {
      isFinished[index] = true
      partial[index] = items[index].cost
      condition.broadcast()
    }
    tell(items[index].name)
  }

  private func fail(_ error: any Error) {
    condition.withLock {
      if failure == nil { failure = error }
      condition.broadcast()
    }
  }

  private func tell(_ name: String) {
    telling.withLock {
      let progress = condition.withLock {
        SweepProgress(
          finished: isFinished.count { $0 }, total: items.count, finishedCost: partial.reduce(0, +),
          totalCost: items.reduce(0) { $0 + $1.cost }, current: name)
      }
      report(progress)
    }
  }
}
