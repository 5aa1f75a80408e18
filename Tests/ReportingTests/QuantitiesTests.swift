import Reporting
import Testing

@Suite("Texts of quantities")
struct QuantitiesTests {
  @Test(
    "Sizes read as people write them",
    arguments: [
      (0, "0 bits"), (1, "1 bit"), (8, "1 B"), (12, "12 bits"), (8184, "1023 B"), (8191, "8191 bits"),
      (8192, "1 KiB"),
      (524_288, "64 KiB"), (86_016, "10.5 KiB"), (100_000, "12.2 KiB"), (8_388_607, "1 MiB"),
      (8_388_608, "1 MiB"),
      (10_000, "1.22 KiB"), (1_000_000_000_000, "116 GiB"),
    ])
  func sizes(_ bits: Int, _ text: String) { #expect(MemoryText(bits: bits).description == text) }

  @Test("A printed size is within half a unit of its third digit")
  func sizesAreNear() {
    let units: [String: Double] = ["B": 8, "KiB": 0x1p13, "MiB": 0x1p23, "GiB": 0x1p33, "bits": 1, "bit": 1]
    for power in 0...42 {
      for offset in [-1, 0, 1, 3, 1000] where (1 << power) + offset > 0 {
        let bits = (1 << power) + offset
        let parts = MemoryText(bits: bits).description.split(separator: " ")
        let value = (Double(parts[0]) ?? .nan) * (units[String(parts[1])] ?? .nan)
        #expect(abs(value - Double(bits)) <= 0.005 * Double(bits), "\(bits): \(parts)")
      }
    }
  }

  @Test("Grouping changes no digit and leaves groups of three")
  func grouping() {
    for value in [0, 7, 999, 1000, -1000, 123_456, -9_999_999, .max, .min] {
      let text = DecimalText.grouped(value)
      #expect(text.replacing(DecimalText.separator, with: "") == String(value))
      let groups: [Substring] = text.split(separator: Character(DecimalText.separator))
      #expect(groups.dropFirst().allSatisfy { $0.count == 3 })
    }
  }

  @Test(
    "Quantities take the prefix that leaves 1 to 999 before the point",
    arguments: [
      (1.23e-11, "12.3\u{A0}pJ"), (4.56e-3, "4.56\u{A0}mJ"), (999.6, "1.00\u{A0}kJ"), (0, "0\u{A0}J"),
      (2e8, "200\u{A0}MJ"), (-5e-7, "-500\u{A0}nJ"), (1e-18, "0.00100\u{A0}fJ"), (9.996, "10.0\u{A0}J"),
    ])
  func quantities(_ value: Double, _ text: String) {
    #expect(QuantityText(value, unit: "J").description == text)
  }

  @Test(
    "Durations use the two largest units",
    arguments: [
      (0.0, "0\u{A0}s"), (0.85, "850\u{A0}ms"), (12.44, "12.4\u{A0}s"), (59.96, "1\u{A0}min 00\u{A0}s"),
      (125, "2\u{A0}min 05\u{A0}s"), (3599.6, "1\u{A0}h 00\u{A0}min"), (12_000, "3\u{A0}h 20\u{A0}min"),
      (187_200, "2\u{A0}d 4\u{A0}h"), (86_399, "1\u{A0}d 0\u{A0}h"),
    ])
  func durations(_ seconds: Double, _ text: String) {
    #expect(DurationText(seconds: seconds).description == text)
  }

  @Test("Percentages and fixed digits round to nearest, and zero has no sign")
  func decimals() {
    #expect(PercentText(fraction: 0.98425, digits: 1).description == "98.4\u{202F}%")
    #expect(DecimalText.fixed(-0.001, digits: 2) == "0.00")
    #expect(DecimalText.fixed(0.125, digits: 2) == "0.12")
    #expect(DecimalText.significant(12345, digits: 3) == "12345")
    #expect(DecimalText.significant(0.000123456, digits: 3) == "0.000123")
    #expect(
      DecimalText.groupedSignificant(1234.5, digits: 3) == "1\u{202F}234"
        || DecimalText.groupedSignificant(1234.5, digits: 3) == "1\u{202F}235")
  }

  @Test("Wrapped lines fit and lose no word", arguments: 2...30)
  func wrapping(_ width: Int) {
    let text = "Bit-accurate  fixed-point 幅を決める\nhardware 👩‍💻 simulation,averyveryverylongword end "
    let lines = text.wrapped(to: width)
    #expect(lines.allSatisfy { $0.displayWidth <= width })
    #expect(lines.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
  }
}
