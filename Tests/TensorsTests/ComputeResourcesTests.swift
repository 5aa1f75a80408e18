import Foundation
import Tensors
import Testing

@Suite("Compute resources")
struct ComputeResourcesTests {
  @Test("Ranges cover everything once, in order, on whole units, as evenly as whole units allow")
  func rangesPartition() {
    for threads in 1...6 {
      let resources = ComputeResources(threads: threads, instructionSet: .portable)
      for count in 0...130 {
        for unit in [1, 3, 8, 48] {
          let ranges = resources.ranges(of: count, unit: unit)
          #expect(ranges.count <= threads && !ranges.isEmpty)
          #expect(ranges.flatMap { Array($0) } == Array(0..<count), "\(count) by \(unit) in \(threads)")
          #expect(ranges.dropLast().allSatisfy { $0.count % unit == 0 }, "\(count) by \(unit) in \(threads)")
          let sizes = ranges.map { ($0.count + unit - 1) / unit }
          #expect(sizes.max()! - sizes.min()! <= 1, "\(count) by \(unit) in \(threads): \(ranges)")
        }
      }
    }
  }

  @Test("Every index is visited exactly once, whatever the threads", arguments: 1...4)
  func visitsOnce(_ threads: Int) {
    let lock = NSLock()
    for count in [0, 1, 2, 7, 1000] {
      nonisolated(unsafe) var visits = [Int](repeating: 0, count: count)
      ComputeResources(threads: threads).forEach(count) { index in
        lock.withLock { visits[index] += 1 }
      }
      #expect(visits == [Int](repeating: 1, count: count))
    }
  }

  @Test("The portable kernels are always there, the best are available, and one thread keeps the kernels")
  func versions() {
    #expect(InstructionSet.portable.isAvailable && InstructionSet.best.isAvailable)
    let last = InstructionSet.allCases.last { $0.isAvailable }
    #expect(InstructionSet.best == last)
    let resources = ComputeResources(threads: 3, instructionSet: .portable)
    #expect(resources.singleThreaded == ComputeResources(threads: 1, instructionSet: .portable))
    #expect(ComputeResources.all.threads >= 1)
  }

  @Test("A tensor's subscript is row-major, and tensors are equal where shape and elements are")
  func tensors() {
    var tensor = Tensor(shape: [2, 3], elements: [0, 1, 2, 10, 11, 12])
    #expect(tensor[1, 2] == 12 && tensor[0, 1] == 1 && tensor.count == 6)
    tensor[1, 0] = 7
    #expect(tensor.elements == [0, 1, 2, 7, 11, 12])
    #expect(tensor != Tensor(shape: [3, 2], elements: tensor.elements))
    #expect(Tensor(shape: [], repeating: 4) == Tensor(shape: [], elements: [4]))
    #expect(Tensor(shape: [3, 0, 2], repeating: 4).elements.isEmpty)
  }
}
