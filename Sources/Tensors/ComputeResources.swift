import CKernels
import Dispatch
import Foundation

/// The versions of the C kernels. Every version gives the same bits; only their speed differs.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable {
  /// Plain C, NEON on arm64.
  case portable
  /// x86-64 with AVX2 and FMA.
  case avx2
  /// x86-64 with AVX-512 F, BW, DQ and VL.
  case avx512
  /// The same and VNNI, the integer dot product.
  case avx512VNNI

  /// The C kernels' number for this version.
  public var kernelVersion: wl_isa {
    switch self {
    case .portable: WL_ISA_PORTABLE
    case .avx2: WL_ISA_AVX2
    case .avx512: WL_ISA_AVX512
    case .avx512VNNI: WL_ISA_AVX512VNNI
    }
  }

  /// Whether this processor can run the version.
  public var isAvailable: Bool { wl_isa_is_available(kernelVersion) != 0 }

  /// The fastest version that this processor can run.
  public static let best: InstructionSet = allCases.last { $0.isAvailable } ?? .portable
}

/// What a computation may use: threads and an instruction set. Neither can change a result.
public struct ComputeResources: Sendable, Hashable {
  /// How many threads may work at once, at least 1.
  public let threads: Int
  /// The version of the kernels.
  public let instructionSet: InstructionSet

  /// Resources with the given number of threads and kernels.
  /// - Precondition: `threads` is positive and `instructionSet` is available here.
  public init(threads: Int, instructionSet: InstructionSet = .best) {
    precondition(threads > 0, "threads must be positive, not \(threads)")
    precondition(instructionSet.isAvailable, "this processor has no \(instructionSet.rawValue)")
    self.threads = threads
    self.instructionSet = instructionSet
  }

  /// All active cores and the fastest kernels.
  public static var all: ComputeResources {
    ComputeResources(threads: max(1, ProcessInfo.processInfo.activeProcessorCount))
  }

  /// The same kernels on one thread.
  public var singleThreaded: ComputeResources {
    ComputeResources(threads: 1, instructionSet: instructionSet)
  }

  /// Calls `body(0)` … `body(count − 1)`, several at once on several threads, and returns when all are done.
  ///
  /// The calls must not depend on each other: nothing is promised about their order.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    if threads == 1 || count <= 1 {
      for index in 0..<count { body(index) }
    } else {
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
  }

  /// `0..<count` cut into at most `threads` ranges whose lengths are multiples of `unit` (but for the last).
  public func ranges(of count: Int, unit: Int = 1) -> [Range<Int>] {
    Self.ranges(of: count, parts: threads, unit: unit)
  }

  /// `0..<count` cut into at most `parts` ranges whose lengths are multiples of `unit` (but for the last).
  static func ranges(of count: Int, parts: Int, unit: Int) -> [Range<Int>] {
    let units = (count + unit - 1) / unit
    let parts = max(1, min(parts, units))
    return (0..<parts).map { part in
      min(count, units * part / parts * unit)..<min(count, units * (part + 1) / parts * unit)
    }
  }
}
