import CKernels

extension FixedPointFormat {
  /// `values` as raw integers of this format, each rounded once and brought into range: what
  /// `FixedPointNumber(_:format:rounding:overflow:)` gives element by element, and faster.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number.
  /// - Precondition: `Storage` can hold every raw of the format.
  public func quantized<Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Float], as storage: Storage.Type, rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) -> [Storage] {
    try quantized(values, as: storage, rounding: rounding, overflow: overflow, version: .best)
  }

  /// The same for doubles.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number.
  /// - Precondition: `Storage` can hold every raw of the format.
  public func quantized<Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Double], as storage: Storage.Type, rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) -> [Storage] {
    try quantized(values, as: storage, rounding: rounding, overflow: overflow, version: .best)
  }

  /// Writes what `quantized(_:as:rounding:overflow:)` gives into memory that is already there.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number; `results` then
  ///   holds nothing of use.
  /// - Precondition: there are as many results as values, and `Storage` can hold every raw of the format.
  public func quantize<Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Float>, into results: UnsafeMutableBufferPointer<Storage>,
    rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) {
    try quantize(values, into: results, rounding: rounding, overflow: overflow, version: .best)
  }

  /// Quantizes `values` into `results`, which has as many elements, with the stated version of the kernels.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number; `results` then
  ///   holds nothing of use.
  package func quantize<Value: QuantizableValue, Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Value>, into results: UnsafeMutableBufferPointer<Storage>,
    rounding: Rounding, overflow: Overflow, version: wl_isa
  ) throws(ArithmeticError) {
    precondition(values.count == results.count, "\(values.count) values for \(results.count) results")
    preconditionHolds(Storage.self)
    // Blocks stay in the first-level cache, and bound what is done again where a kernel gives up.
    let block = 8192
    let rule = kernelRule(Value.self, Storage.self, rounding: rounding, overflow: overflow)
    for first in stride(from: 0, to: values.count, by: block) {
      let range = first..<min(first + block, values.count)
      if var rule,
        Value.quantize(
          version, range.count, values.baseAddress! + first, &rule, results.baseAddress! + first)
      {
        continue
      }
      for index in range {
        guard let number = try? FixedPointNumber(exactly: Double(values[index])) else {
          throw ArithmeticError(.notFinite(index: index))
        }
        results[index] = Storage(
          truncatingIfNeeded: number.rawConverted(to: self, rounding: rounding, overflow: overflow))
      }
    }
  }

  /// The array form of `quantize(_:into:rounding:overflow:version:)`.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number.
  package func quantized<Value: QuantizableValue, Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Value], as storage: Storage.Type, rounding: Rounding, overflow: Overflow, version: wl_isa
  ) throws(ArithmeticError) -> [Storage] {
    // `Array.init(unsafeUninitializedCapacity:)` would lose the error's type.
    var failure: ArithmeticError?
    let results = [Storage](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer { source in
        let target = UnsafeMutableBufferPointer(rebasing: buffer[..<values.count])
        do throws(ArithmeticError) {
          try quantize(source, into: target, rounding: rounding, overflow: overflow, version: version)
          count = values.count
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return results
  }

  /// Traps unless `Storage` can hold every raw of the format.
  func preconditionHolds<Storage: FixedWidthInteger>(_ storage: Storage.Type) {
    precondition(
      Storage(exactly: minimumRaw) != nil && Storage(exactly: maximumRaw) != nil,
      "\(Storage.self) cannot hold every raw of \(self)")
  }

  /// The kernels' rule; nil where they cannot keep the definition and the slow way must be taken.
  private func kernelRule<Value: QuantizableValue, Storage: FixedWidthInteger>(
    _ value: Value.Type, _ storage: Storage.Type, rounding: Rounding, overflow: Overflow
  ) -> wl_fixed_rule? {
    guard Value.hasKernel(for: Storage.self, wordLength: wordLength),
      Value.exactScales.contains(fractionLength),
      fractionLength >= 0 || rounding.isToNearest
    else { return nil }
    var rule = wl_fixed_rule()
    rule.scale = Double(sign: .plus, exponent: fractionLength, significand: 1)
    let thresholds = PartThresholds<Value>(rounding)
    rule.up = (Double(thresholds.upFromEven), Double(thresholds.upFromOdd))
    rule.down = (-Double(thresholds.downFromEven), -Double(thresholds.downFromOdd))
    rule.least = Int32(overflow == .saturateSymmetric ? symmetricMinimumRaw : minimumRaw)
    rule.greatest = Int32(maximumRaw)
    // Held one beyond the range, an overflow can still be seen.
    let margin: Double
    switch overflow {
    case .saturate, .saturateSymmetric: margin = 0
    case .zero: margin = 1
    case .wrap:
      margin = 0
      rule.wrap = Int32(wordLength)
      rule.is_signed = isSigned ? 1 : 0
    case .wrapSaturatedBits, .wrapSignMagnitude: return nil
    }
    rule.low = Double(rule.least) - margin
    rule.high = Double(rule.greatest) + margin
    rule.is_even = rounding == .nearestTiesToEven && margin == 0 ? 1 : 0
    return rule
  }
}

/// The least |d| with which t + d (t whole, |d| < 1, d of t's sign) moves away from t, by t's parity and d's sign:
/// the rounding rules once more, in the form that vector units do fast.
private struct PartThresholds<Value: BinaryFloatingPoint> {
  let upFromEven, upFromOdd, downFromEven, downFromOdd: Value

  init(_ rounding: Rounding) {
    let never: Value = 2
    let any = Value.leastNonzeroMagnitude
    let half: Value = 0.5
    let beyondHalf = half.nextUp
    (upFromEven, upFromOdd, downFromEven, downFromOdd) =
      switch rounding {
      case .down: (never, never, any, any)
      case .up: (any, any, never, never)
      case .towardZero: (never, never, never, never)
      case .awayFromZero: (any, any, any, any)
      case .nearestTiesDown: (beyondHalf, beyondHalf, half, half)
      case .nearestTiesUp: (half, half, beyondHalf, beyondHalf)
      case .nearestTiesTowardZero: (beyondHalf, beyondHalf, beyondHalf, beyondHalf)
      case .nearestTiesAwayFromZero: (half, half, half, half)
      case .nearestTiesToEven: (beyondHalf, half, beyondHalf, half)
      case .nearestTiesToOdd: (half, beyondHalf, half, beyondHalf)
      }
  }
}

extension Rounding {
  /// Whether a value goes to its nearest neighbor.
  var isToNearest: Bool {
    switch self {
    case .down, .up, .towardZero, .awayFromZero: false
    case .nearestTiesDown, .nearestTiesUp, .nearestTiesTowardZero, .nearestTiesAwayFromZero,
      .nearestTiesToEven, .nearestTiesToOdd:
      true
    }
  }
}
