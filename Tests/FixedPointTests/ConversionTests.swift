import FixedPoint
import Testing

@Suite("Conversions")
struct ConversionTests {
  @Test("Every conversion between formats of up to 6 bits is the definition's, events included")
  func smallConversions() {
    var failures: [String] = []
    var judged = 0
    for source in smallFormats(6, fraction: 0) {
      for wordLength in 1...6 {
        let modes = overflowModes(wordLength)
        for signedness in Signedness.allCases {
          for fraction in -8...7 {
            let destination = testFormat(signedness, wordLength, fraction: fraction)
            // In units of the destination's last place the value is raw · 2^fraction.
            let (scale, denominator) = (1 << max(fraction, 0), 1 << max(-fraction, 0))
            for rounding in Rounding.allCases {
              for overflow in modes {
                for raw in Int(source.minimumRaw)...Int(source.maximumRaw) {
                  let expected = Oracle<Int>.converted(
                    raw * scale, over: denominator, to: destination, rounding, overflow)
                  var events = ArithmeticEvents()
                  let number = testNumber(Int128(raw), source)
                  let found = number.rawConverted(
                    to: destination, rounding: rounding, overflow: overflow, events: &events)
                  let silent = number.converted(to: destination, rounding: rounding, overflow: overflow)
                  judged += 1
                  if found != Int128(expected.raw) || silent.raw != found || events != expected.events {
                    failures.append(
                      "\(raw) in \(source) to \(destination) \(rounding) \(overflow): \(found) \(events), "
                        + "expected \(expected)")
                  }
                }
              }
            }
          }
        }
      }
    }
    #expect(failures.isEmpty, "\(failures.count) failures, first \(failures.prefix(3))")
    #expect(judged > 4_000_000)
  }

  @Test("Conversions of up to 64 bits agree with unbounded integers", arguments: [UInt64(1), 2, 3])
  func wideConversions(seed: UInt64) {
    var draws = TestDraws(seed: seed)
    for _ in 0..<6_000 {
      let source = draws.format(beyond: 70)
      let destination = draws.format(beyond: 70)
      let raw = draws.raw(of: source)
      let rounding = draws.element(Rounding.allCases)
      let overflow = draws.element(overflowModes(destination.wordLength))
      let finer = destination.fractionLength - source.fractionLength
      let expected = Oracle.converted(
        SlowInteger(String(raw)) * SlowInteger.power(ofTwo: max(finer, 0)),
        over: SlowInteger.power(ofTwo: max(-finer, 0)), to: destination, rounding, overflow)
      var events = ArithmeticEvents()
      let found = testNumber(raw, source).rawConverted(
        to: destination, rounding: rounding, overflow: overflow, events: &events)
      #expect(
        String(found) == expected.raw.description && events == expected.events,
        "seed \(seed): \(raw) in \(source) to \(destination) \(rounding) \(overflow)")
    }
  }

  @Test("Points a billion places apart neither trap nor lose the sign")
  func distantPoints() {
    let coarse = testFormat(.signed, 8, fraction: -1_000_000_000)
    let fine = testFormat(.signed, 8, fraction: 1_000_000_000)
    let minusOne = testNumber(-1, coarse)
    #expect(minusOne.rawConverted(to: fine, rounding: .down, overflow: .saturate) == -128)
    #expect(minusOne.rawConverted(to: fine, rounding: .down, overflow: .wrap) == 0)
    let tiny = testNumber(-1, fine)
    #expect(tiny.rawConverted(to: coarse, rounding: .down, overflow: .wrap) == -1)
    #expect(tiny.rawConverted(to: coarse, rounding: .nearestTiesAwayFromZero, overflow: .wrap) == 0)
    #expect(tiny > minusOne)
  }

  @Test("Shifts with rounding agree with the definition on every 10-bit integer and at the ends of the type")
  func shifts() {
    for rounding in Rounding.allCases {
      for bits in 0...12 {
        for value in -512...511 {
          let expected = Oracle<Int>.rounded(value, over: 1 << bits, rounding)
          #expect(Int64(value).shiftedRight(bits, rounding: rounding) == Int64(expected))
          #expect(Int128(value).shiftedRight(bits, rounding: rounding) == Int128(expected))
        }
      }
      for bits in [1, 2, 31, 61, 62] {
        for value in [Int64.min, .min + 1, .max, .max - 1, 1 << 61, -1 << 61, 3 << 60, -1, 1] {
          let expected = Oracle.rounded(
            SlowInteger(String(value)), over: SlowInteger.power(ofTwo: bits), rounding)
          #expect(String(value.shiftedRight(bits, rounding: rounding)) == expected.description)
        }
      }
      for bits in [63, 64, 65, 125, 126] {
        for value in [Int128.min, .min + 1, .max, .max - 1, 1 << 125, -1 << 125, 3 << 124, -1, 1] {
          let expected = Oracle.rounded(
            SlowInteger(String(value)), over: SlowInteger.power(ofTwo: bits), rounding)
          #expect(String(value.shiftedRight(bits, rounding: rounding)) == expected.description)
        }
      }
    }
  }

  @Test("Bringing an integer into range agrees with the definition, in both integer types")
  func ranges() {
    for format in smallFormats(6, fraction: 0) {
      for overflow in overflowModes(format.wordLength) {
        for raw in -300...300 {
          let expected = Oracle<Int>.converted(raw, over: 1, to: format, .down, overflow)
          var (narrow, wide) = (ArithmeticEvents(), ArithmeticEvents())
          #expect(format.brought(Int64(raw), overflow: overflow) == Int64(expected.raw))
          #expect(format.brought(Int128(raw), overflow: overflow, events: &wide) == Int128(expected.raw))
          _ = format.brought(Int64(raw), overflow: overflow, events: &narrow)
          #expect(narrow == expected.events && wide == expected.events)
        }
      }
    }
    #expect(
      testFormat(.signed, 64, fraction: 0).brought(Int64.min, overflow: .saturateSymmetric) == -Int64.max)
    #expect(
      testFormat(.unsigned, 64, fraction: 0).brought(Int128.max, overflow: .saturate) == Int128(UInt64.max))
  }
}
