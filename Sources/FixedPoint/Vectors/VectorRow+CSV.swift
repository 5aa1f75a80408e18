extension VectorRow {
  /// The row and its exact outcome as a line of `VectorLayout.standard`, without a line end.
  ///
  /// - Throws: `ArithmeticError` if the row has no outcome.
  public func csvLine() throws(ArithmeticError) -> String {
    let formats = [first, second].map { operand in
      operation == .fromDouble || operand.isEmpty ? ",," : VectorRow.columns(operand[0].format)
    }
    var result = ",,"
    let raws: String
    switch try outcome() {
    case .order(let order): raws = String(order)
    case .numbers(let numbers):
      result = VectorRow.columns(numbers[0].format)
      raws = VectorRow.list(numbers)
    }
    let a = operation == .fromDouble ? VectorRow.doubleBits(first[0]) : VectorRow.list(first)
    let isShift = operation == .shiftLeft || operation == .shiftRight
    let b = isShift ? String(places) : VectorRow.list(second)
    let modes = operation.usesModes ? "\(rounding.vectorName),\(overflow.hlsName)" : "-,-"
    return "\(operation.rawValue),\(formats[0]),\(formats[1]),\(a),\(b),\(modes),\(result),\(raws),exact"
  }

  private static func columns(_ format: ExactFormat) -> String {
    "\(format.wordLength),\(format.integerLength),\(format.isSigned ? 1 : 0)"
  }

  private static func list(_ numbers: [FixedPointNumber]) -> String {
    numbers.map(\.rawDescription).joined(separator: ";")
  }

  private static func doubleBits(_ number: FixedPointNumber) -> String {
    let digits = String(Double(number).bitPattern, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension VectorRecipe {
  /// The vectors as a CSV file.
  ///
  /// - Throws: `ArithmeticError` if an exact result is wider than 128 bits.
  public func csv() throws(ArithmeticError) -> String {
    var text = VectorLayout.standard.header + "\n"
    try forEachRow { (row) throws(ArithmeticError) in
      text += try row.csvLine()
      text += "\n"
    }
    return text
  }
}
