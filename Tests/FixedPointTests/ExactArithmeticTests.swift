import FixedPoint
import Testing

@Suite("Exact arithmetic")
struct ExactArithmeticTests {
  /// The value of a number as an integer count of 2^−places.
  private func scaled<Integer: OracleInteger>(
    _ number: FixedPointNumber, _ raw: Integer, places: Int
  ) -> Integer {
    raw * Integer.power(ofTwo: places - number.format.fractionLength)
  }

  @Test("Sums, differences, products, negations and orders of all pairs of up to 6 bits are exact")
  func smallPairs() throws {
    for fractions in [(0, 0), (3, 0), (-2, 0), (7, -1), (0, 8)] {
      for left in smallFormats(6, fraction: fractions.0) {
        for right in smallFormats(6, fraction: fractions.1) {
          for a in Int(left.minimumRaw)...Int(left.maximumRaw) {
            for b in Int(right.minimumRaw)...Int(right.maximumRaw) {
              let (x, y) = (testNumber(Int128(a), left), testNumber(Int128(b), right))
              let (u, v) = (scaled(x, a, places: 20), scaled(y, b, places: 20))
              let sum = try x + y
              let difference = try x - y
              let product = try x * y
              let isExact =
                scaled(sum, Int(sum.raw!), places: 20) == u + v
                && scaled(difference, Int(difference.raw!), places: 20) == u - v
                && scaled(product, Int(product.raw!), places: 40) == u * v
                && x.order(against: y) == (u < v ? -1 : u == v ? 0 : 1)
                && (x == y) == (u == v) && (x < y) == (u < v) && (u != v || x.hashValue == y.hashValue)
              if !isExact { Issue.record("\(a) in \(left) with \(b) in \(right)") }
            }
          }
        }
        for a in Int(left.minimumRaw)...Int(left.maximumRaw) {
          let negation = try testNumber(Int128(a), left).negated()
          #expect(negation.raw == Int128(-a) && negation.format.wordLength == left.wordLength + 1)
        }
      }
    }
  }

  @Test("Result formats are the documented ones, and just wide enough for the extreme operands")
  func resultFormats() throws {
    for left in smallFormats(6, fraction: 2) {
      for right in smallFormats(6, fraction: -1) {
        let (a, b) = (ExactFormat(left), ExactFormat(right))
        let (s1, s2) = (a.isSigned, b.isSigned)
        let sum = try a.sum(with: b)
        let integerLength =
          max(a.integerLength + (s2 && !s1 ? 1 : 0), b.integerLength + (s1 && !s2 ? 1 : 0)) + 1
        #expect(sum.integerLength == integerLength && sum.fractionLength == 2 && sum.isSigned == (s1 || s2))
        let difference = try a.difference(with: b)
        #expect(difference.integerLength == integerLength && difference.isSigned)
        let product = try a.product(with: b)
        #expect(product.wordLength == a.wordLength + b.wordLength && product.fractionLength == 1)
        #expect(product.isSigned == (s1 || s2))
        let quotient = try a.quotient(by: b)
        #expect(quotient.wordLength == a.wordLength + (s2 ? 1 : 0))
        #expect(quotient.integerLength == a.integerLength - 1 + (s2 ? 1 : 0))
        for x in [left.minimumRaw, left.maximumRaw] {
          for y in [right.minimumRaw, right.maximumRaw] {
            let (n, m) = (testNumber(x, left), testNumber(y, right))
            for result in [try n + m, try n - m, try n * m] {
              #expect(result.format.stored!.contains(raw: result.raw!))
            }
          }
        }
      }
    }
  }

  @Test("Quotients of all pairs of up to 6 bits truncate toward zero as ac_fixed does")
  func smallQuotients() throws {
    for fraction in [-2, 0, 3] {
      for left in smallFormats(6, fraction: 1) {
        for right in smallFormats(6, fraction: fraction) {
          for a in Int(left.minimumRaw)...Int(left.maximumRaw) {
            for b in Int(right.minimumRaw)...Int(right.maximumRaw) where b != 0 {
              let numerator = a * (1 << max(fraction, 0))
              let quotient = try testNumber(Int128(a), left).quotient(by: testNumber(Int128(b), right))
              let sign = (numerator < 0) == (b < 0) ? 1 : -1
              let expected = Oracle<Int>.rounded(sign * abs(numerator), over: abs(b), .towardZero)
              #expect(
                quotient.raw == Int128(expected) && quotient.format.fractionLength == 1 + max(-fraction, 0),
                "\(a) in \(left) by \(b) in \(right)")
            }
          }
        }
      }
    }
    let zero = testNumber(0, testFormat(.signed, 4, fraction: 0))
    #expect(throws: ArithmeticError(.divisionByZero)) { try zero.quotient(by: zero) }
  }

  @Test(
    "Pairs of up to 64 bits agree with unbounded integers, or report a width past 128",
    arguments: [
      UInt64(11), 12, 13,
    ])
  func widePairs(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    var tooWide = 0
    for _ in 0..<3_000 {
      let (left, right) = (draws.format(beyond: 30), draws.format(beyond: 30))
      let (a, b) = (draws.raw(of: left), draws.raw(of: right))
      let (x, y) = (testNumber(a, left), testNumber(b, right))
      let places = 200
      let u = scaled(x, SlowInteger(String(a)), places: places)
      let v = scaled(y, SlowInteger(String(b)), places: places)
      let comment = "seed \(seed): \(a) in \(left) with \(b) in \(right)"
      func raw(_ number: FixedPointNumber) -> SlowInteger { SlowInteger(number.rawDescription) }
      #expect(x.order(against: y) == (u < v ? -1 : u == v ? 0 : 1), "\(comment)")
      let product = try x * y
      #expect(scaled(product, raw(product), places: 2 * places) == u * v, "\(comment)")
      let width =
        max(
          left.integerLength + (right.isSigned && !left.isSigned ? 1 : 0),
          right.integerLength + (left.isSigned && !right.isSigned ? 1 : 0)) + 1
        + max(left.fractionLength, right.fractionLength)
      if width > 128 {
        tooWide += 1
        #expect(throws: ArithmeticError(.resultTooWide(.addition, wordLength: width))) { try x + y }
        #expect(throws: ArithmeticError(.resultTooWide(.subtraction, wordLength: width))) { try x - y }
      } else {
        let (sum, difference) = (try x + y, try x - y)
        #expect(scaled(sum, raw(sum), places: places) == u + v, "\(comment)")
        #expect(scaled(difference, raw(difference), places: places) == u - v, "\(comment)")
      }
    }
    #expect(tooWide > 10, "seed \(seed) drew no sums past 128 bits")
  }

  @Test("Shifts keep to their own word, whatever the count")
  func wordShifts() {
    for format in smallFormats(6, fraction: 2) {
      for raw in Int(format.minimumRaw)...Int(format.maximumRaw) {
        for places in [-200, -64, -7, -1, 0, 1, 5, 6, 63, 127, 128, 1_000_000_000] {
          let left = max(0, min(places, 20))
          let right = max(0, min(-places, 20))
          let shifted = Oracle<Int>.rounded(raw * (1 << left), over: 1 << right, .down)
          let expected = Oracle<Int>.converted(shifted, over: 1, to: format, .down, .wrap).raw
          let number = testNumber(Int128(raw), format)
          #expect(number.shiftedLeft(places).raw == Int128(expected))
          #expect(number.shiftedRight(-places).raw == Int128(expected))
        }
      }
    }
  }

  @Test("An accumulator follows the definition step by step, events included", arguments: [UInt64(21), 22])
  func accumulation(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    for _ in 0..<1_500 {
      let (left, right) = (draws.format(1...12, beyond: 2), draws.format(1...12, beyond: 2))
      let destination = draws.format(1...24, beyond: 4)
      let rounding = draws.element(Rounding.allCases)
      let overflow = draws.element(overflowModes(destination.wordLength))
      var register = MultiplyAccumulator(destination, rounding: rounding, overflow: overflow)
      var events = ArithmeticEvents()
      var expected = SlowInteger(0)
      var expectedEvents = ArithmeticEvents()
      // Every value is a multiple of 2^−60.
      for _ in 0..<8 {
        let (a, b) = (draws.raw(of: left), draws.raw(of: right))
        try register.accumulate(testNumber(a, left), testNumber(b, right), events: &events)
        let held = expected * SlowInteger.power(ofTwo: 60 - destination.fractionLength)
        let product =
          SlowInteger(String(a)) * SlowInteger(String(b))
          * SlowInteger.power(ofTwo: 60 - left.fractionLength - right.fractionLength)
        let step = Oracle.converted(
          held + product, over: SlowInteger.power(ofTwo: 60 - destination.fractionLength), to: destination,
          rounding, overflow)
        expected = step.raw
        expectedEvents.formUnion(step.events)
        #expect(
          String(register.raw) == expected.description && events == expectedEvents,
          "seed \(seed): \(a) in \(left) times \(b) in \(right) into \(destination) \(rounding) \(overflow)")
      }
    }
  }
}
