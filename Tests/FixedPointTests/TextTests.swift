import FixedPoint
import Foundation
import Testing

@Suite("Spellings, doubles and decimal text")
struct TextTests {
  @Test("A format's MATLAB spelling reads back as the format")
  func formatRoundTrip() throws {
    for signedness in Signedness.allCases {
      for wordLength in 1...64 {
        for fraction in [-1_000_000_000, -65, -3, -1, 0, 1, 4, 64, 100, 1_000_000_000] {
          let format = testFormat(signedness, wordLength, fraction: fraction)
          #expect(try FixedPointFormat(parsing: format.description) == format)
          #expect(FixedPointFormat(format.description) == format)
        }
      }
    }
    #expect(testFormat(.signed, 8, fraction: 4).description == "sfix8_En4")
    #expect(testFormat(.unsigned, 8, fraction: 8).description == "ufix8_En8")
    #expect(testFormat(.signed, 8, fraction: 0).description == "sfix8")
    #expect(testFormat(.signed, 8, fraction: -3).description == "sfix8_E3")
  }

  @Test(
    "HLS spellings read as the format and modes that they state",
    arguments: [
      ("ap_fixed<8,4,AP_RND_CONV,AP_SAT>", "sfix8_En4", Rounding.nearestTiesToEven, Overflow.saturate),
      ("ap_fixed< 8 , 4 >", "sfix8_En4", .down, .wrap),
      ("ap_ufixed<8,-2,AP_TRN_ZERO>", "ufix8_En10", .towardZero, .wrap),
      ("ap_fixed<16,20,AP_RND,AP_WRAP,3>", "sfix16_E4", .nearestTiesUp, .wrapSaturatedBits(3)),
      (
        "ap_fixed<16,8,AP_RND_INF,AP_WRAP_SM,2>", "sfix16_En8", .nearestTiesAwayFromZero,
        .wrapSignMagnitude(2)
      ),
      ("ap_fixed<16,8,AP_RND_MIN_INF,AP_WRAP_SM>", "sfix16_En8", .nearestTiesDown, .wrapSignMagnitude(0)),
      ("ap_fixed<16,8,AP_RND_ZERO,AP_SAT_SYM,0>", "sfix16_En8", .nearestTiesTowardZero, .saturateSymmetric),
      ("ac_fixed<8,4,true,AC_RND_CONV_ODD,AC_SAT_ZERO>", "sfix8_En4", .nearestTiesToOdd, .zero),
      ("ac_fixed<8,4,false>", "ufix8_En4", .down, .wrap),
      ("ap_int<12>", "sfix12", .down, .wrap), ("ap_uint<12>", "ufix12", .down, .wrap),
      ("ac_int<12,false>", "ufix12", .down, .wrap),
    ])
  func hlsTypes(_ row: (text: String, format: String, rounding: Rounding, overflow: Overflow)) throws {
    let type = try HLSType(parsing: row.text)
    #expect(type.format.description == row.format && type.rounding == row.rounding)
    #expect(type.overflow == row.overflow)
    for library in HLSType.Library.allCases {
      guard let spelled = type.spelled(for: library) else { continue }
      let back = try HLSType(parsing: spelled)
      #expect(back.format == type.format && back.rounding == type.rounding && back.overflow == type.overflow)
    }
  }

  @Test(
    "Text that is no format is refused, and never trapped on",
    arguments: [
      "", "sfix", "sfix8_", "sfix8_E", "sfix8_En", "sfix+8", "sfix8_En-4", "fix8", "SFIX8", "sfix8 ",
      "sfix8_En4_",
      "sfix0", "sfix65", "sfix99999999999999999999", "sfix8_En1000000001", "sfix8_En99999999999999999999",
      "sfix٨",
      "ap_fixed<8>", "ap_fixed<8,4", "ap_fixed<>", "ap_fixed<8,x>", "ap_fixed<8,4,NEAR>",
      "ap_fixed<8,4,AP_RND,NO>",
      "ap_fixed<8,4,AP_RND,AP_WRAP,9>", "ap_fixed<8,4,AP_RND,AP_WRAP,-1>", "ap_fixed<8,4,AP_RND,AP_SAT,0,0>",
      "ap_fixed<8,-9223372036854775807>", "ap_fixed<-9223372036854775807,9>", "ac_fixed<8,4,maybe>",
      "ap_float<8,4>",
      "ap_int<8,4>", ">ap_fixed<", "<>", "ap_fixed<8,4,AP_RND>",
    ])
  func unreadableFormats(_ text: String) {
    #expect(throws: FormatError.self) { try FixedPointFormat(parsing: text) }
  }

  @Test("Every mode's vector name reads back as the mode; vendor prefixes do not matter")
  func modeNames() {
    for rounding in Rounding.allCases {
      #expect(
        Rounding(named: rounding.vectorName) == rounding && Rounding(named: rounding.rawValue) == rounding)
      if let name = rounding.hlsName {
        for vendor in ["AP_", "AC_", "SC_"] { #expect(Rounding(named: vendor + name) == rounding) }
      }
    }
    for overflow in overflowModes(64) { #expect(Overflow(named: overflow.hlsName) == overflow) }
    for text in ["", "RND_", "AP_AP_RND", "SAT:1", "WRAP:", "WRAP:65", "WRAP:+1", "WRAP:1:2", "wrap"] {
      #expect(Rounding(named: text) == nil && Overflow(named: text) == nil)
    }
  }

  @Test(
    "Converting a double is the definition's, by its significand and exponent", arguments: [UInt64(31), 32])
  func doubles(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    for _ in 0..<2_000 {
      let destination = draws.format(beyond: 40)
      let exponent = draws.int(-90...90) - destination.fractionLength
      let significand = Double(draws.int(-(1 << 53)...1 << 53) >> draws.int(0...52))
      let value = significand * Double(sign: .plus, exponent: exponent, significand: 1)
      let (rounding, overflow) = (
        draws.element(Rounding.allCases), draws.element(overflowModes(destination.wordLength))
      )
      // value = significand · 2^exponent, counted in units of 2^−F.
      let shift = exponent + destination.fractionLength
      let expected = Oracle.converted(
        SlowInteger(Int(significand)) * SlowInteger.power(ofTwo: max(shift, 0)),
        over: SlowInteger.power(ofTwo: max(-shift, 0)), to: destination, rounding, overflow)
      let found = try FixedPointNumber(value, format: destination, rounding: rounding, overflow: overflow)
      #expect(
        found.rawDescription == expected.raw.description,
        "seed \(seed): \(value) to \(destination) \(rounding) \(overflow)")
    }
    for value in [Double.infinity, -.infinity, .nan] {
      #expect(throws: ArithmeticError(.notFinite(index: 0))) { try FixedPointNumber(exactly: value) }
    }
  }

  @Test("A double converted exactly and back is the same double, subnormals included")
  func doubleRoundTrip() throws {
    var draws = TestDraws(seed: 33)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: draws.next())
      guard value.isFinite else { continue }
      #expect(Double(try FixedPointNumber(exactly: value)) == value)
    }
    for value in [
      0, 0x1p-1074, -0x1p-1074, 0x1p-1022, Double.greatestFiniteMagnitude,
      Double.leastNormalMagnitude.nextDown,
    ] {
      let number = try FixedPointNumber(exactly: value)
      #expect(Double(number) == value && Double(exactly: number) == value)
    }
  }

  @Test("The nearest double to a number is the one that decimal text gives")
  func nearestDoubles() throws {
    var draws = TestDraws(seed: 34)
    for _ in 0..<3_000 {
      // Near the subnormals too: there a second rounding would show.
      let format = testFormat(
        draws.int(0...1) == 0 ? .signed : .unsigned, draws.int(1...64),
        fraction: draws.element([0, 20, 64, 1000, 1060, 1075, 1100, 1130, -900, -960, -1000]))
      let number = testNumber(draws.raw(of: format), format)
      let product = try number * testNumber(1, testFormat(.unsigned, 1, fraction: 0))
      #expect(Double(product) == Double(product.description), "\(number) in \(format)")
    }
    let huge = try FixedPointNumber(raw: 1, format: testFormat(.unsigned, 1, fraction: -1_000_000_000))
    #expect(Double(huge) == .infinity && Double(exactly: huge) == nil)
    let tiny = try FixedPointNumber(raw: -1, format: testFormat(.signed, 1, fraction: 1_000_000_000))
    #expect(Double(tiny) == 0 && Double(exactly: tiny) == nil)
  }

  @Test("Decimal text reads back exactly, and shows the exact value")
  func decimalRoundTrip() throws {
    var draws = TestDraws(seed: 35)
    for _ in 0..<2_000 {
      let format = draws.format(beyond: draws.element([4, 70, 2000]))
      let number = testNumber(draws.raw(of: format), format)
      var events = ArithmeticEvents()
      let back = try FixedPointNumber(
        parsing: number.description, format: format, rounding: .down, overflow: .wrap, events: &events)
      #expect(back.raw == number.raw && events.isEmpty, "\(number) in \(format)")
      guard !number.description.contains("*") else { continue }
      // digits · 2^F = raw · 10^places.
      let parts = number.description.split(separator: ".")
      let places = parts.count == 2 ? parts[1].count : 0
      var power = SlowInteger(1)
      for _ in 0..<places { power = power * SlowInteger(10) }
      #expect(
        SlowInteger(parts.joined()) * SlowInteger.power(ofTwo: max(format.fractionLength, 0))
          == SlowInteger(number.rawDescription) * power
          * SlowInteger.power(ofTwo: max(-format.fractionLength, 0)))
    }
    #expect(testNumber(-23, testFormat(.signed, 8, fraction: 4)).description == "-1.4375")
    #expect(testNumber(3, testFormat(.signed, 8, fraction: -3)).description == "24")
    #expect(testNumber(3, testFormat(.signed, 8, fraction: 5000)).description == "3*2^-5000")
  }

  @Test("Decimal text is rounded once, by the definition", arguments: [UInt64(41), 42])
  func decimalRounding(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    for _ in 0..<1_500 {
      let destination = draws.format(beyond: 12)
      let (rounding, overflow) = (
        draws.element(Rounding.allCases), draws.element(overflowModes(destination.wordLength))
      )
      let digits = draws.int(-9_999_999_999...9_999_999_999)
      let power = draws.int(-14...8)
      var (numerator, denominator) = (SlowInteger(digits), SlowInteger(1))
      for _ in 0..<abs(power) {
        if power > 0 {
          numerator = numerator * SlowInteger(10)
        } else {
          denominator = denominator * SlowInteger(10)
        }
      }
      let expected = Oracle.converted(
        numerator * SlowInteger.power(ofTwo: max(destination.fractionLength, 0)),
        over: denominator * SlowInteger.power(ofTwo: max(-destination.fractionLength, 0)), to: destination,
        rounding, overflow)
      var events = ArithmeticEvents()
      let text = "\(digits)e\(power)"
      let found = try FixedPointNumber(
        parsing: text, format: destination, rounding: rounding, overflow: overflow, events: &events)
      #expect(
        found.rawDescription == expected.raw.description && events == expected.events,
        "seed \(seed): \(text) to \(destination) \(rounding) \(overflow)")
    }
  }

  @Test(
    "Text that is no number is refused",
    arguments: [
      "", "-", "+", ".", "e5", "1e", "1e+", "1e5.5", "0x10", "1.2.3", "--1", "+-1", "1 ", "nan", "inf",
      "1e9999", "१",
      "1*2", "1*2^", "1*2^x", "*2^3", "1.5*2^3", "1*2^99999999999999999999",
      "170141183460469231731687303715884105728*2^0",
    ])
  func unreadableNumbers(_ text: String) {
    #expect(throws: ArithmeticError.self) {
      try FixedPointNumber(
        parsing: text, format: testFormat(.signed, 8, fraction: 4), rounding: .down, overflow: .wrap)
    }
  }

  @Test(
    "Any text of the spellings' own characters is read or refused, and what is read is written back the same",
    arguments: [UInt64(51), 52])
  func fuzzedSpellings(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    let pieces = [
      "sfix", "ufix", "ap_fixed", "ap_ufixed", "ac_fixed", "ap_int", "ac_int", "<", ">", ",", "_E", "_En",
      "8", "4", "64",
      "-3", "0", "AP_RND", "AC_RND_CONV", "TRN", "AP_SAT", "AP_WRAP", "WRAP_SM", "true", "false", " ", "1",
      "e", ".", "-",
      "*2^", "9223372036854775807", "9999999999999999999999",
    ]
    let byte = testFormat(.signed, 8, fraction: 4)
    var (formats, types, numbers) = (0, 0, 0)
    let good = [
      "sfix8_En4", "ufix64_E3", "sfix12", "ap_fixed<8,4,AP_RND_CONV,AP_SAT>",
      "ap_fixed<16,8,AP_TRN,AP_WRAP,2>",
      "ac_fixed<8,4,true,AC_RND>", "ap_int<12>", "-1.4375", "3e-2", "17*2^-5",
    ]
    for _ in 0..<40_000 {
      var text = Array(draws.element(good))
      for _ in 0..<draws.int(1...2) {
        let place = draws.int(0...text.count)
        switch draws.int(0...2) {
        case 0: text.insert(contentsOf: draws.element(pieces), at: place)
        case 1: text.removeSubrange(place..<min(text.count, place + 1))
        default:
          text.replaceSubrange(place..<min(text.count, place + draws.int(1...3)), with: draws.element(pieces))
        }
      }
      try check(String(text))
    }
    #expect(
      formats > 500 && types > 200 && numbers > 1_000, "seed \(seed): \(formats), \(types), \(numbers)")

    func check(_ text: String) throws {
      if let format = try? FixedPointFormat(parsing: text) {
        formats += 1
        #expect(try FixedPointFormat(parsing: format.description) == format, "seed \(seed): \(text)")
      }
      if let type = try? HLSType(parsing: text) {
        types += 1
        for spelled in HLSType.Library.allCases.compactMap({ type.spelled(for: $0) }) {
          #expect(try HLSType(parsing: spelled).format == type.format, "seed \(seed): \(text)")
        }
      }
      if let number = try? FixedPointNumber(parsing: text, format: byte, rounding: .down, overflow: .wrap) {
        numbers += 1
        #expect(number.format.stored == byte)
      }
    }
  }
}
