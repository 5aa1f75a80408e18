import FixedPoint
import Testing

@Suite("Fixed")
struct FixedTests {
  typealias Signal = Fixed<Int8, 8, 4>
  typealias Narrow = Fixed<Int8, 5, 2>
  typealias Positive = Fixed<UInt8, 6, 5>

  private func allRaws<S, let w: Int, let f: Int>(_ type: Fixed<S, w, f>.Type) -> [Fixed<S, w, f>] {
    (Int(type.min.raw)...Int(type.max.raw)).map { Fixed(raw: S($0)) }
  }

  private func checkProducts<
    S1, let w1: Int, let f1: Int, S2, let w2: Int, let f2: Int, S3, let w3: Int, let f3: Int
  >(
    _ left: Fixed<S1, w1, f1>.Type, _ right: Fixed<S2, w2, f2>.Type, _ result: Fixed<S3, w3, f3>.Type
  ) {
    let modes: [Overflow] = overflowModes(3) + [.wrapSaturatedBits(w3), .wrapSignMagnitude(w3)]
    for rounding in Rounding.allCases {
      for overflow in modes {
        for a in allRaws(left) {
          for b in allRaws(right).filter({ $0.raw.trailingZeroBitCount > 1 || $0.raw == 1 }) {
            let fast = result.product(a, b, rounding: rounding, overflow: overflow)
            let slow = result.init(a * b, rounding: rounding, overflow: overflow)
            if fast != slow { Issue.record("\(a) times \(b) \(rounding) \(overflow): \(fast), \(slow)") }
          }
          let fast = a.converted(to: result, rounding: rounding, overflow: overflow)
          let slow = result.init(a.number, rounding: rounding, overflow: overflow)
          if fast != slow { Issue.record("\(a) converted \(rounding) \(overflow): \(fast), \(slow)") }
        }
      }
    }
  }

  @Test("Products and conversions in one step are the exact ones, converted")
  func products() {
    checkProducts(Signal.self, Narrow.self, Signal.self)
    checkProducts(Signal.self, Positive.self, Narrow.self)
    checkProducts(Positive.self, Signal.self, Positive.self)
    checkProducts(Signal.self, Signal.self, Fixed<Int16, 12, 10>.self)
    checkProducts(Narrow.self, Narrow.self, Fixed<Int64, 64, 4>.self)
    checkProducts(Narrow.self, Positive.self, Fixed<Int32, 31, 3>.self)
    checkProducts(Fixed<Int64, 8, 0>.self, Signal.self, Fixed<UInt64, 64, 2>.self)
  }

  private func checkSums<S, let w: Int, let f: Int>(_ type: Fixed<S, w, f>.Type, _ raws: [S]) {
    for overflow in overflowModes(min(w, 5)) {
      for a in raws.map({ Fixed<S, w, f>(raw: $0) }) {
        for b in raws.map({ Fixed<S, w, f>(raw: $0) }) {
          let sum = type.sum(a, b, overflow: overflow)
          let difference = type.difference(a, b, overflow: overflow)
          #expect(sum == type.init(a + b, rounding: .down, overflow: overflow))
          #expect(difference == type.init(a - b, rounding: .down, overflow: overflow))
        }
      }
    }
  }

  @Test("Sums and differences in one step are the exact ones, converted")
  func sums() {
    checkSums(Narrow.self, (-16...15).map { Int8($0) })
    checkSums(Fixed<UInt8, 4, 0>.self, (0...15).map { UInt8($0) })
    checkSums(Fixed<UInt32, 31, 0>.self, [0, 1, 1 << 30, (1 << 31) - 1])
    checkSums(Fixed<UInt32, 32, 0>.self, [0, 1, 1 << 31, .max])
    checkSums(Fixed<Int32, 32, 7>.self, [.min, -1, 0, 1, .max])
    checkSums(Fixed<UInt64, 63, 0>.self, [0, 1, 1 << 62, (1 << 63) - 1])
    checkSums(Fixed<Int64, 63, 2>.self, [-1 << 62, -1, 0, 1, (1 << 62) - 1])
    checkSums(Fixed<UInt64, 64, 0>.self, [0, 1, .max])
    checkSums(Fixed<Int64, 64, 0>.self, [.min, -1, 0, 1, .max])
  }

  @Test("Exact operators, comparison, literals and text keep the value")
  func values() throws {
    let x: Signal = -1.4375
    let y: Narrow = 2
    #expect(x.raw == -23 && x.description == "-1.4375" && Double(x) == -1.4375)
    #expect((x * y).description == "-2.875" && (x * y).format.wordLength == 13)
    #expect(try (x + y).description == "0.5625")
    #expect(try (y - x).description == "3.4375")
    #expect((-Signal.min).description == "8" && (-Signal.min).format.wordLength == 9)
    #expect(x < y && !(y < x) && y == Signal(raw: 32) && Signal.min < Signal.max)
    #expect(Signal(exactly: 1.03125) == nil && Signal(exactly: 1.0625)?.raw == 17)
    #expect(try Signal(1.03125, rounding: .nearestTiesToEven, overflow: .saturate).raw == 16)
    #expect(try Signal(100, rounding: .down, overflow: .saturate) == Signal.max)
    #expect(throws: ArithmeticError(.notFinite(index: 0))) {
      try Signal(.nan, rounding: .down, overflow: .saturate)
    }
    #expect(throws: ArithmeticError(.resultTooWide(.addition, wordLength: 139))) {
      try Fixed<Int8, 8, -30>(raw: 1) + Fixed<Int8, 8, 100>(raw: 1)
    }
    var events = ArithmeticEvents()
    _ = Narrow(x * y, rounding: .nearestTiesToEven, overflow: .saturate, events: &events)
    #expect(events == .inexact)
    #expect(MemoryLayout<Signal>.size == 1 && MemoryLayout<[Signal]>.stride == 8)
  }

  @Test("Quantized arrays hold what the scalar conversion gives")
  func arrays() throws {
    let values: [Float] = [-9, -1.40625, -0.03125, 0, 0.03125, 0.09375, 7.96875, 100]
    let found = try Signal.quantized(values, rounding: .nearestTiesToEven, overflow: .saturate)
    let expected = try values.map {
      try Signal(Double($0), rounding: .nearestTiesToEven, overflow: .saturate)
    }
    #expect(found == expected)
    #expect(
      try Signal.quantized(values.map { Double($0) }, rounding: .nearestTiesToEven, overflow: .saturate)
        == found)
  }
}
