extension FixedPointFormat {
  /// `raws`, integers of `source`, as integers of this format: what `FixedPointNumber.rawConverted` gives
  /// element by element, and faster.
  ///
  /// - Throws: `ArithmeticError` if an element of `raws` is not one of `source`'s integers.
  /// - Precondition: `Result` can hold every raw of this format.
  public func converted<
    Source: FixedWidthInteger & BitwiseCopyable, Result: FixedWidthInteger & BitwiseCopyable
  >(
    _ raws: [Source], from source: FixedPointFormat, as result: Result.Type, rounding: Rounding,
    overflow: Overflow
  ) throws(ArithmeticError) -> [Result] {
    preconditionHolds(Result.self)
    if let wrong = raws.first(where: { !source.contains(raw: Int128($0)) }) {
      throw ArithmeticError(.rawOutOfRange(raw: Int128(wrong), format: source))
    }
    let dropped = source.fractionLength - fractionLength
    // 64 bits are enough where the source's raws and the destination's fit them, and nothing moves left.
    if (0...62).contains(dropped), source.rawsFitInt64, rawsFitInt64, !overflow.readsExactValue {
      return raws.map { raw in
        Result(
          truncatingIfNeeded: brought(
            Int64(truncatingIfNeeded: raw).shiftedRight(dropped, rounding: rounding), overflow: overflow))
      }
    }
    let format = ExactFormat(source)
    return raws.map { raw in
      let number = FixedPointNumber(bits: UInt128(truncatingIfNeeded: raw), format: format)
      return Result(
        truncatingIfNeeded: number.rawConverted(to: self, rounding: rounding, overflow: overflow))
    }
  }
}

extension Fixed {
  /// `values`, each rounded once and brought into the type's range.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number.
  public static func quantized(
    _ values: [Float], rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) -> [Self] {
    try format.quantized(values, as: Storage.self, rounding: rounding, overflow: overflow)
      .map { Self(inRange: $0) }
  }

  /// `values`, each rounded once and brought into the type's range.
  ///
  /// - Throws: `ArithmeticError` naming the first element that is infinite or not a number.
  public static func quantized(
    _ values: [Double], rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) -> [Self] {
    try format.quantized(values, as: Storage.self, rounding: rounding, overflow: overflow)
      .map { Self(inRange: $0) }
  }
}
