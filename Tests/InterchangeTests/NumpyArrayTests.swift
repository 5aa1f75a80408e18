import Foundation
import Interchange
import Reproducibility
import Testing

/// A `.npy` file with `text` for its header, put together by hand.
private func file(_ text: String, _ elements: [UInt8] = [], version: [UInt8] = [1, 0]) -> Data {
  let length = text.utf8.count
  var header: [UInt8] = [0x93] + Array("NUMPY".utf8) + version
  for place in 0..<(version[0] == 1 ? 2 : 4) { header.append(UInt8(length >> (8 * place) & 0xff)) }
  return Data(header + Array(text.utf8) + elements)
}

private func message(_ data: Data) -> String? {
  do {
    _ = try NumpyArray(parsing: data, file: "x.npy")
    return nil
  } catch { return error.description }
}

@Suite("NumPy arrays")
struct NumpyArrayTests {
  /// The arrays of `NumpySample.saved`, in its order, written by hand.
  private static let saved = [
    NumpyArray(shape: [2, 3], elements: [1, -2, 3, -128, 127, 0] as [Int8]),
    NumpyArray(shape: [3], elements: [1, -2, 32767] as [Int16]),
    NumpyArray(shape: [1, 1, 1], elements: [-2_147_483_648] as [Int32]),
    NumpyArray(shape: [], elements: [-5] as [Int64]),
    NumpyArray(shape: [2], elements: [0, 255] as [UInt8]),
    NumpyArray(shape: [2], elements: [65535, 1] as [UInt16]),
    NumpyArray(shape: [1], elements: [4_294_967_295] as [UInt32]),
    NumpyArray(shape: [2], elements: [18_446_744_073_709_551_615, 1] as [UInt64]),
    NumpyArray(shape: [4], elements: [0.1, -0.0, .infinity, .nan] as [Float]),
    NumpyArray(shape: [2], elements: [0.1, .leastNonzeroMagnitude] as [Double]),
    NumpyArray(shape: [1, 2], elements: [true, false]),
    NumpyArray(shape: [0, 3], elements: [] as [Float]),
    NumpyArray(shape: [3, 0], elements: [] as [Int16]),
    NumpyArray(shape: Array(repeating: 1, count: 15), elements: [1] as [Int8]),
  ]

  @Test("Every element type is read from NumPy's bytes and written as NumPy's bytes")
  func savedByNumPy() throws {
    #expect(NumpySample.saved.count == Self.saved.count)
    #expect(Set(Self.saved.map(\.elementType)) == Set(NumpyArray.ElementType.allCases))
    for (sample, array) in zip(NumpySample.saved, Self.saved) {
      let read = try NumpyArray(parsing: sample.data, file: "x.npy")
      #expect(read == array, "\(sample.expression)")
      #expect(read.count == array.shape.reduce(1, *))
      #expect(array.encoded() == sample.data, "\(sample.expression)")
      #expect(array.encoded().count % 64 == array.count * array.elementType.byteCount % 64)
    }
  }

  @Test("The header's room and padding are NumPy's for every length of the shape's text")
  func headerPadding() {
    // Each dimension adds three characters, so that 64 ranks meet every remainder of 64.
    var hasher = SHA256Hasher()
    for rank in 1...64 {
      for count in [1, 12, 345] {
        let elements = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let shape = [count] + Array(repeating: 1, count: rank - 1)
        hasher.update(NumpyArray(shape: shape, elements: elements).encoded())
      }
    }
    // The digest of what numpy.save of NumPy 2.4.6 writes for the same arrays, one after the other.
    #expect(
      hasher.finalize().description == "f668544df07dfb517720fdc2e97def1f23c225c23fa5edf46cd3eeec5743dc5c")
  }

  @Test("Fortran order, big-endian elements and versions 2.0 and 3.0 give the same array as the usual form")
  func foreignForms() throws {
    let expected = [
      NumpyArray(shape: [2, 3, 4], elements: (0..<24).map { Int16($0) }),
      NumpyArray(shape: [3], elements: [1, -2, 2_147_483_647] as [Int32]),
      NumpyArray(shape: [2], elements: [0.1, -3.0] as [Double]),
      NumpyArray(shape: [2, 3], elements: (0..<6).map { UInt16($0) }),
      NumpyArray(shape: [2, 3], elements: [true, false, false, true, true, false]),
      NumpyArray(shape: [2], elements: [7, 8] as [UInt8]),
      NumpyArray(shape: [2], elements: [7, 8] as [UInt8]),
    ]
    #expect(NumpySample.foreign.count == expected.count)
    for (sample, array) in zip(NumpySample.foreign, expected) {
      #expect(try NumpyArray(parsing: sample.data, file: "x.npy") == array, "\(sample.expression)")
    }
  }

  @Test("A header that is too long for version 1.0 is written as version 2.0, from the rank where NumPy does")
  func longHeader() throws {
    let array = NumpyArray(shape: Array(repeating: 1, count: 30_000), elements: [1] as [Int8])
    // SHA-256 of what NumPy 2.4.6 writes for this shape, by numpy.lib.format (its arrays have at most 64 dimensions).
    #expect(
      SHA256Digest(of: array.encoded()).description
        == "e587327eb5bc5c2a113312e6afff53b378172421ebd5a4c4a719a9e16397ec91")
    #expect(try NumpyArray(parsing: array.encoded(), file: "x.npy") == array)
    for (rank, version, count) in [(21_817, 1, 65_536), (21_818, 2, 65_600)] {
      let file = NumpyArray(shape: Array(repeating: 1, count: rank), elements: [1] as [Int8]).encoded()
      #expect(file[6] == version && file.count == count + 1)
    }
  }

  @Test("Headers in other forms that Python reads as the same dictionary are read")
  func otherSpellings() throws {
    let expected = NumpyArray(shape: [2], elements: [5, 6] as [UInt8])
    for text in [
      "{'shape':(2,),'fortran_order':False,'descr':'|u1'}",
      "{ \"descr\" : \"<u1\",'fortran_order': True ,"
        + "\t'shape': ( 2 , ) , } \n", "{'descr': '>u1', 'fortran_order': False, 'shape': (2L,)}\n",
    ] {
      #expect(try NumpyArray(parsing: file(text, [5, 6]), file: "x.npy") == expected, "\(text)")
    }
  }

  @Test("Nothing is converted silently: another type is an error that names both")
  func typedAccess() throws {
    let array = NumpyArray(shape: [2], elements: [200, 1] as [UInt8])
    #expect(try array.elements(of: UInt8.self) == [200, 1])
    let wrong = #expect(throws: InterchangeError.self) { try array.elements(of: Int8.self) }
    #expect(wrong?.reason == .array(.wrongElementType(found: .uint8, expected: .int8)))
    #expect(
      wrong?.description
        == "array: elements are uint8, expected int8; convert them with astype before saving")
    let read = try NumpyArray(parsing: array.encoded(), file: "x.npy")
    let named = #expect(throws: InterchangeError.self) { try read.elements(of: Float.self) }
    #expect(named?.location == "x.npy")
  }

  @Test("Every integer type comes as Int64, and what does not fit or is no integer is an error")
  func integers() throws {
    let extremes: [(NumpyArray, [Int64])] = [
      (NumpyArray(shape: [2], elements: [Int8.min, .max]), [-128, 127]),
      (NumpyArray(shape: [2], elements: [Int16.min, .max]), [-32768, 32767]),
      (NumpyArray(shape: [2], elements: [Int32.min, .max]), [-2_147_483_648, 2_147_483_647]),
      (NumpyArray(shape: [2], elements: [Int64.min, .max]), [.min, .max]),
      (NumpyArray(shape: [2], elements: [UInt8.min, .max]), [0, 255]),
      (NumpyArray(shape: [2], elements: [UInt16.min, .max]), [0, 65535]),
      (NumpyArray(shape: [2], elements: [UInt32.min, .max]), [0, 4_294_967_295]),
      (NumpyArray(shape: [2], elements: [0, UInt64(Int64.max)]), [0, .max]),
    ]
    for (array, expected) in extremes { #expect(try array.integers == expected) }
    let tooLarge = #expect(throws: InterchangeError.self) {
      try NumpyArray(shape: [2], elements: [0, UInt64(Int64.max) + 1]).integers
    }
    #expect(
      tooLarge?.description
        == "array: element 1 is 9223372036854775808, expected at most 9223372036854775807, the largest int64")
    for array in [
      NumpyArray(shape: [1], elements: [1 as Float]), NumpyArray(shape: [1], elements: [1.0]),
      NumpyArray(shape: [1], elements: [true]),
    ] {
      let error = #expect(throws: InterchangeError.self) { try array.integers }
      #expect(error?.reason == .array(.notIntegers(array.elementType)))
    }
  }

  @Test("Equality is of bits: a NaN equals itself, −0 differs from 0, and the file's name does not matter")
  func equality() throws {
    let array = NumpyArray(shape: [1], elements: [Float.nan])
    let read = try NumpyArray(parsing: array.encoded(), file: "x.npy")
    #expect(read == array && read.hashValue == array.hashValue && read.origin != array.origin)
    #expect(NumpyArray(shape: [1], elements: [Float(0)]) != NumpyArray(shape: [1], elements: [-Float(0)]))
    #expect(NumpyArray(shape: [2], elements: [0, 1]) != NumpyArray(shape: [2, 1], elements: [0, 1]))
  }

  @Test("A damaged file is refused by a message that says what was found, what was expected and what helps")
  func damagedFiles() {
    let good = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }"
    let whole = file(good, [1, 0, 2, 0])
    #expect(message(whole) == nil)
    func malformed(_ why: String) -> String {
      "the header is not {'descr': …, 'fortran_order': …, 'shape': …}: \(why); save the array with numpy.save"
    }
    func header(_ old: String, _ new: String) -> Data { file(good.replacing(old, with: new), [1, 0, 2, 0]) }
    let types = "int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, bool"
    func unsupported(_ type: String) -> String {
      "elements of type \(type), expected one of \(types); convert them with astype before saving"
    }
    let start = "expected 93 4e 55 4d 50 59 (\\x93NUMPY)"
    let cases: [(Data, String)] = [
      (Data(), "not a .npy file: it starts with nothing, \(start)"),
      (Data("PK\u{3}\u{4}abc".utf8), "not a .npy file: it starts with 50 4b 03 04 61 62, \(start)"),
      (
        whole.prefix(4),
        "4 bytes, expected at least 10: the file is truncated within its header; copy it again"
      ),
      (
        whole.prefix(40),
        "40 bytes, expected at least 67: the file is truncated within its header; copy it again"
      ),
      (
        file(good, version: [2, 0]).prefix(11),
        "11 bytes, expected at least 12: the file is truncated within its header; copy it again"
      ),
      (
        file(good, version: [4, 0]),
        "version 4.0 of the .npy format, expected 1.0, 2.0 or 3.0; save the array with numpy.save"
      ),
      (
        file(good, version: [1, 1]),
        "version 1.1 of the .npy format, expected 1.0, 2.0 or 3.0; save the array with numpy.save"
      ),
      (whole.dropLast(), "3 bytes of elements, expected 4: the file is truncated; copy it again"),
      (
        whole + [0],
        "1 bytes after the last element, expected none; keep one array in a .npy file, several in a .npz"
      ),
      (header("'<i2'", "'<f2'"), unsupported("'<f2'")),
      (header("'<i2'", "'=i2'"), unsupported("'=i2'")),
      (header("'<i2'", "'|i2'"), unsupported("'|i2'")),
      (header("'<i2'", "'|O'"), unsupported("'|O'")),
      (header("'<i2'", "''"), unsupported("''")),
      (header("'<i2'", "[('a]', '<i2', (2,))]"), malformed("byte 27 at character 16, expected \"}\"")),
      (header("'<i2'", "[('a', [('b', '<i2')])]"), unsupported("with fields (a structured type)")),
      (header("'shape'", "'shapes'"), malformed("it has the key 'shapes'")),
      (header(", 'shape': (2,)", ""), malformed("it has no key 'shape'")),
      (header("'descr': ", "'shape': (), 'descr': "), malformed("it has the key 'shape' twice")),
      (
        header("(2,)", "(2)"),
        malformed("byte 29 at character 53, expected \",\": a tuple of one is written (n,)")
      ),
      (header("(2,)", "2"), malformed("byte 32 at character 51, expected \"'\"")),
      (header("(2,)", "(-2,)"), malformed("byte 2d at character 52, expected a size, 0 or more")),
      (header("(2,)", "(2, 1"), malformed("byte 7d at character 58, expected a size, 0 or more")),
      (header("(2,)", "'2'"), malformed("'shape' is not a tuple of sizes")),
      (header("False", "'False'"), malformed("'fortran_order' is neither True nor False")),
      (header("(2,)", "(9223372036854775808,)"), malformed("a size is above 9223372036854775807")),
      (header("}", ""), malformed("it ends at character 57, expected \"'\"")),
      (header("}", "} x"), malformed("byte 78 at character 59, expected nothing after \"}\"")),
      (header("<i2", "\\x3ci2"), malformed("byte 5c at character 12, expected a string without escapes")),
      (header("'<i2", "[[2]"), malformed("it ends at character 58, expected \"]\"")),
      (
        header("(2,)", "(4611686018427387904, 2)"),
        "an array of shape [4611686018427387904, 2] has more bytes than can be addressed; the header is damaged"
      ),
      (
        header("(2,)", "(0, 4611686018427387904, 4)"),
        "an array of shape [0, 4611686018427387904, 4] has more bytes than can be addressed; "
          + "the header is damaged"
      ),
      (
        header("(2,)", "(0,)"),
        "4 bytes after the last element, expected none; "
          + "keep one array in a .npy file, several in a .npz"
      ),
      (
        file("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", [1, 2]),
        "element 1 of a bool array is 2, expected 0 or 1"
      ),
    ]
    for (data, expected) in cases { #expect(message(data) == "x.npy: \(expected)") }
  }

  @Test("No change of a file, however wrong, traps or makes an array that breaks the rules")
  func fuzz() {
    var source = RandomSource(seed: 4101)
    let files = NumpySample.saved.map(\.data) + NumpySample.foreign.map(\.data)
    var (errors, arrays) = (0, 0)
    for round in 0..<20_000 {
      var data = files[source.below(files.count)]
      for _ in 0...source.below(2) {
        let signs = Array("0123456789(){},':<>|ifub\"[]L".utf8)
        switch source.below(4) {
        case 0: data[source.below(data.count)] = UInt8(source.below(256))
        case 1: data[source.below(min(data.count, 80))] = signs[source.below(signs.count)]
        default:
          // A digit for a digit, so that the dictionary stays one.
          let digits = data.indices.filter { $0 < 128 && signs[..<10].contains(data[$0]) }
          if digits.isEmpty { break }
          data[digits[source.below(digits.count)]] = signs[source.below(10)]
        }
      }
      if source.below(10) == 0 { data = data.prefix(source.below(data.count + 1)) }
      do {
        let array = try NumpyArray(parsing: data, file: "x.npy")
        let again = try NumpyArray(parsing: array.encoded(), file: "y.npy")
        #expect(again == array && array.shape.reduce(1, *) == array.count, "seed 4101, round \(round)")
        arrays += 1
      } catch {
        #expect(error.location == "x.npy", "seed 4101, round \(round): \(error)")
        errors += 1
      }
    }
    #expect(errors > 5000 && arrays > 500, "seed 4101: \(errors) errors, \(arrays) arrays")
  }
}
