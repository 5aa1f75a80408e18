import Testing
import WordlengthCommand

@Suite("Values of options")
struct ValueFormatTests {
  @Test(
    "Sizes are exact in bits",
    arguments: [
      ("64KiB", 524_288), ("512Kib", 524_288), ("2MiB", 16_777_216), ("100kB", 800_000), ("4096b", 4096),
      ("4096bit", 4096),
      ("7bits", 7), ("1.5KiB", 12_288), ("0.5B", 4), ("0.125B", 1), ("1.000b", 1), ("10Mb", 10_000_000),
      ("1GiB", 8_589_934_592),
      ("131072TiB", 1 << 60), ("0.0009765625KiB", 8), ("00064KiB", 524_288),
    ])
  func sizes(_ text: String, _ bits: Int) throws {
    #expect(try ValueFormat.memorySize.read(text).get() == bits)
  }

  @Test(
    "What is no size is refused with what helps",
    arguments: [
      ("4096", "has no unit"), ("64kib", "unknown unit"), ("64KIB", "unknown unit"), ("64K", "unknown unit"),
      ("KiB", "does not start"),
      ("", "does not start"), ("-4KiB", "not above 0"), ("0KiB", "not above 0"), ("0.0b", "not above 0"),
      ("1.3b", "no whole number"),
      ("1.0001KiB", "no whole number"), ("1..5KiB", "malformed"), ("1.KiB", "malformed"),
      ("131073TiB", "too large"),
      ("99999999999999999999B", "too large"), ("9223372036854775807TiB", "too large"),
      ("1e3B", "unknown unit"),
      ("64 KiB", "unknown unit"), ("1.0000000000000000000000001B", "no whole number"),
      ("٣KiB", "does not start"),
    ])
  func badSizes(_ text: String, _ what: String) {
    guard case .failure(let fault) = ValueFormat.memorySize.read(text) else {
      Issue.record("\(text) was read")
      return
    }
    #expect(fault.what.contains(what), "\(text): \(fault)")
  }

  @Test("A number without a unit, and a unit in the wrong case, are told of bits and bytes")
  func caseMatters() {
    for text in ["4096", "64kib", "64KIB"] {
      guard case .failure(let fault) = ValueFormat.memorySize.read(text) else { continue }
      #expect(
        fault.help?.contains("bits") == true && fault.help?.contains("bytes") == true, "\(text): \(fault)")
    }
    guard case .failure(let fault) = ValueFormat.memorySize.read("64kib") else { return }
    #expect(
      fault.help?.contains("Kib or") == true || fault.help?.contains("or Kib") == true
        || fault.help?.contains("Kib,") == true, "\(fault)")
  }

  @Test("A written size reads back as itself")
  func sizesRoundTrip() throws {
    let format = ValueFormat.memorySize
    for power in 0...60 {
      for bits in [(1 << power) - 1, 1 << power, 3 << max(0, power - 2)] where bits > 0 {
        #expect(try format.read(format.write(bits)).get() == bits, "\(bits): \(format.write(bits))")
      }
    }
  }

  @Test(
    "Counts keep to their range",
    arguments: [
      ("0", false), ("1", true), ("16", true), ("17", false), ("-1", false),
      ("1.0", false), ("0x3", false), ("+3", false), ("", false), ("99999999999999999999", false),
      ("-99999999999999999999", false), ("-", false),
    ])
  func counts(_ text: String, _ isRead: Bool) {
    let result = ValueFormat.count(1...16).read(text)
    #expect(((try? result.get()) != nil) == isRead, "\(text): \(result)")
  }

  @Test(
    "Lists are read whole or not at all, and name the place of a fault",
    arguments: [
      ("4", [4], ""), ("4,8,16", [4, 8, 16], ""), ("", nil, "place 1"), ("4,,8", nil, "place 2"),
      ("4,8,", nil, "place 3"),
      ("4,x", nil, "place 2"), ("4,8,4", nil, "second time"), ("4, 8", nil, "place 2"),
    ] as [(String, [Int]?, String)])
  func lists(_ text: String, _ values: [Int]?, _ what: String) {
    switch ValueFormat.list(.count(1...16)).read(text) {
    case .success(let read): #expect(read == values)
    case .failure(let fault): #expect(values == nil && fault.what.contains(what), "\(fault)")
    }
  }

  @Test("A misspelled choice gets the nearest one")
  func choices() throws {
    let format = ValueFormat<Int>.choice([("wrap", 1), ("saturate", 2), ("reject", 3)], placeholder: "RULE")
    #expect(try format.read("saturate").get() == 2)
    #expect(format.write(3) == "reject")
    guard case .failure(let fault) = format.read("saturat") else {
      Issue.record("a choice that is none was read")
      return
    }
    #expect(fault.help == "did you mean \"saturate\"?")
  }
}
