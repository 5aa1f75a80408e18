import CKernels
import Reproducibility
import Tensors
import Testing

/// A version of the kernels that this processor can run.
struct KernelVersion: Sendable, CustomTestStringConvertible {
  let name: String
  let isa: wl_isa
  var testDescription: String { name }

  static let available = InstructionSet.allCases.filter(\.isAvailable).map {
    KernelVersion(name: $0.rawValue, isa: $0.kernelVersion)
  }
}

extension RandomSource {
  /// A number of any kind that a network can meet: mostly of moderate size, now and then zero of either sign,
  /// denormal, huge, or a small integer.
  mutating func anyFloat() -> Float {
    switch below(12) {
    case 0: return below(2) == 0 ? 0 : -0.0
    case 1: return Float(bitPattern: UInt32(below(1 << 20)) | UInt32(below(2)) << 31)
    case 2: return Float(uniform(in: -3e30...3e30))
    case 3: return Float(below(41) - 20)
    case 4...7: return Float(uniform(in: -30...30))
    default: return Float(normal())
    }
  }

  mutating func anyFloats(_ count: Int) -> [Float] { (0..<count).map { _ in anyFloat() } }

  /// An integer drawn evenly from `range`.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// Lengths in `1...longest` of taps that cover `inputs` inputs.
  mutating func tapLengths(of inputs: Int, longest: Int) -> [Int] {
    var lengths: [Int] = []
    var left = inputs
    while left > 0 {
      lengths.append(integer(in: 1...min(longest, left)))
      left -= lengths.last!
    }
    return lengths
  }
}

/// What stands behind the elements that a kernel may write, to see that it writes no further.
let sentinels: [Float] = (1...16).map { 1e9 + Float($0) * 64 }

extension [Float] {
  /// The bits of every element, which tell −0 from 0.
  var bits: [UInt32] { map(\.bitPattern) }
}
