import CKernels
import FixedPoint
import Testing

@Suite("Array kernels")
struct ArrayKernelTests {
  /// Values around every tie and end of a format, powers of two, and tiny and huge ones.
  private func edgeValues(_ format: FixedPointFormat, _ draws: inout TestDraws) -> [Double] {
    let unit = Double(sign: .plus, exponent: -format.fractionLength, significand: 1)
    var values: [Double] = [0, -0.0, 1e-300, -1e-300, 0x1p-1074, -0x1p-1074, 1e30, -1e30, 3e9, -3e9]
    for raw in [format.minimumRaw, format.maximumRaw, 0, 1, 2, 3, -1, -2, -3] {
      for quarter in -6...6 { values.append((Double(Int64(raw)) + Double(quarter) / 4) * unit) }
      for tie in [Double(0.5).nextUp, Double(0.5).nextDown, Double(-0.5).nextUp] {
        values.append((Double(Int64(raw)) + tie) * unit)
      }
    }
    for _ in 0..<60 {
      let raw = Double(draws.int(-2_000_000_000...2_000_000_000)) / 1_000_000_000
      values.append(raw * Double(Int64(format.maximumRaw) + 1) * unit)
    }
    return values
  }

  private func check<Value: QuantizableValue, Storage: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Value], _ format: FixedPointFormat, _ storage: Storage.Type, _ version: wl_isa
  ) throws {
    // More than a block, and no multiple of a vector.
    let repeated = (0..<(9000 / values.count + 1)).flatMap { _ in values }
    for rounding in Rounding.allCases {
      for overflow in Overflow.sharedByVendors + [.wrapSaturatedBits(2), .wrapSignMagnitude(0)] {
        let expected = try values.map {
          Storage(
            try FixedPointNumber(Double($0), format: format, rounding: rounding, overflow: overflow).raw!)
        }
        let found = try format.quantized(
          repeated, as: storage, rounding: rounding, overflow: overflow, version: version)
        let wrong = found.indices.first { found[$0] != expected[$0 % values.count] }
        if let wrong {
          Issue.record(
            """
            version \(version.rawValue): \(repeated[wrong]) to \(format) \(rounding) \(overflow): found \
            \(found[wrong]), expected \(expected[wrong % values.count])
            """)
        }
      }
    }
  }

  @Test(
    "Quantizing arrays gives the bits of the scalar definition on every kernel version",
    arguments: wl_isa.available.map(\.rawValue))
  func quantization(version: UInt32) throws {
    var draws = TestDraws(seed: 5)
    let version = wl_isa(rawValue: version)
    func both<Storage: FixedWidthInteger & BitwiseCopyable>(
      _ signedness: Signedness, _ wordLength: Int, fraction: Int, _ storage: Storage.Type
    ) throws {
      let format = testFormat(signedness, wordLength, fraction: fraction)
      let values = edgeValues(format, &draws)
      try check(values, format, storage, version)
      try check(values.map { Float($0) }, format, storage, version)
    }
    try both(.signed, 8, fraction: 4, Int8.self)
    try both(.signed, 8, fraction: -3, Int8.self)
    try both(.signed, 1, fraction: 0, Int8.self)
    try both(.signed, 5, fraction: 120, Int8.self)
    try both(.unsigned, 8, fraction: 8, UInt8.self)
    try both(.unsigned, 3, fraction: 1, UInt8.self)
    try both(.signed, 16, fraction: 12, Int16.self)
    try both(.unsigned, 16, fraction: 0, UInt16.self)
    try both(.signed, 22, fraction: 10, Int32.self)
    try both(.unsigned, 22, fraction: 10, Int32.self)
    try both(.signed, 30, fraction: 20, Int32.self)
    try both(.unsigned, 30, fraction: -2, Int32.self)
    try both(.signed, 40, fraction: 20, Int64.self)
    try both(.unsigned, 32, fraction: 16, UInt32.self)
  }

  @Test("An infinity or NaN anywhere in an array is named by its index")
  func notFinite() {
    let format = testFormat(.signed, 8, fraction: 4)
    for version in wl_isa.available {
      for index in [0, 8191, 8192, 20_000] {
        for value in [Float.infinity, -.infinity, .nan] {
          for overflow in Overflow.sharedByVendors {
            for rounding in [Rounding.nearestTiesToEven, .down] {
              var values = [Float](repeating: 1, count: 20_001)
              values[index] = value
              #expect(throws: ArithmeticError(.notFinite(index: index))) {
                try format.quantized(
                  values, as: Int8.self, rounding: rounding, overflow: overflow, version: version)
              }
            }
          }
        }
      }
    }
  }

  @Test("The bounded product follows the register step by step on every kernel version")
  func boundedProduct() throws {
    var draws = TestDraws(seed: 6)
    let byte = testFormat(.signed, 8, fraction: 4)
    var saturated = 0
    for (rows, depth, columns) in [
      (1, 1, 1), (3, 70, 64), (7, 33, 65), (13, 64, 31), (6, 200, 130), (2, 0, 5),
    ] {
      let a = (0..<rows * depth).map { _ in Int8(truncatingIfNeeded: draws.raw(of: byte)) }
      let b = (0..<depth * columns).map { _ in Int8(truncatingIfNeeded: draws.raw(of: byte)) }
      for (width, fraction) in [(16, 8), (18, 8), (20, 8), (31, 8), (32, 8), (20, 6), (20, 9), (40, 8)] {
        for overflow in [Overflow.saturate, .saturateSymmetric, .wrap, .zero] {
          let register = MultiplyAccumulator(
            testFormat(.signed, width, fraction: fraction), rounding: .nearestTiesToEven, overflow: overflow)
          let product = try BoundedMatrixProduct(left: byte, right: byte, accumulator: register)
          var events = ArithmeticEvents()
          let expected = try product(
            a, b, rows: rows, depth: depth, columns: columns, as: Int64.self, events: &events)
          if events.contains(.overflow) { saturated += 1 }
          for version in wl_isa.available {
            let found: [Int64]
            if width <= 32 {
              found = try product.multiply(
                a, b, rows: rows, depth: depth, columns: columns, as: Int32.self, version: version
              ).map { Int64($0) }
            } else {
              found = try product.multiply(
                a, b, rows: rows, depth: depth, columns: columns, as: Int64.self, version: version)
            }
            #expect(
              found == expected,
              "version \(version.rawValue), [\(rows), \(depth), \(columns)] into \(register.format) \(overflow)"
            )
          }
        }
      }
    }
    #expect(saturated > 20, "too few accumulators overflowed for the test to mean anything")
  }

  @Test("The bounded product of wide words equals its registers, taken one by one")
  func wideProduct() throws {
    var draws = TestDraws(seed: 7)
    for _ in 0..<40 {
      let (left, right) = (draws.format(beyond: 0), draws.format(beyond: 0))
      let register = MultiplyAccumulator(
        draws.format(beyond: 0), rounding: draws.element(Rounding.allCases), overflow: .saturate)
      guard let product = try? BoundedMatrixProduct(left: left, right: right, accumulator: register) else {
        continue
      }
      let a = (0..<6).map { _ in draws.raw(of: left) }
      let b = (0..<6).map { _ in draws.raw(of: right) }
      let sums = try product(a, b, rows: 2, depth: 3, columns: 2, as: Int128.self)
      for i in 0..<2 {
        for j in 0..<2 {
          var one = register
          for k in 0..<3 {
            try one.accumulate(testNumber(a[i * 3 + k], left), testNumber(b[k * 2 + j], right))
          }
          #expect(sums[i * 2 + j] == one.raw, "\(left) \(right) \(register)")
        }
      }
    }
  }

  @Test("Converting arrays gives the bits of the scalar definition")
  func conversion() throws {
    var draws = TestDraws(seed: 8)
    for _ in 0..<400 {
      let (source, destination) = (draws.format(beyond: 4), draws.format(beyond: 4))
      let rounding = draws.element(Rounding.allCases)
      let overflow = draws.element(overflowModes(destination.wordLength))
      let raws = (0..<20).map { _ in draws.raw(of: source) }
      let found = try destination.converted(
        raws, from: source, as: Int128.self, rounding: rounding, overflow: overflow)
      let expected = raws.map {
        testNumber($0, source).rawConverted(to: destination, rounding: rounding, overflow: overflow)
      }
      #expect(found == expected, "\(source) to \(destination) \(rounding) \(overflow)")
    }
    let byte = testFormat(.signed, 4, fraction: 0)
    #expect(throws: ArithmeticError(.rawOutOfRange(raw: 8, format: byte))) {
      try byte.converted([Int8(8)], from: byte, as: Int8.self, rounding: .down, overflow: .wrap)
    }
  }
}
