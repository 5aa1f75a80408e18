import Foundation

/// What an IDX file should hold.
public enum IDXContent: Hashable, Sendable {
  /// Gray images: unsigned bytes of shape `[images, rows, columns]`.
  case images
  /// Class labels: unsigned bytes of shape `[labels]`.
  case labels

  /// The number of dimensions.
  var rank: Int {
    switch self {
    case .images: 3
    case .labels: 1
    }
  }
}

/// An IDX file of unsigned bytes (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
///
/// The format: two bytes 0, the code of the element type (8: unsigned byte), the number of dimensions, each
/// size in four bytes, most significant first, then the elements, last index fastest.
public struct IDXFile: Hashable, Sendable {
  /// The size of each dimension.
  public let sizes: [Int]
  /// The elements, row-major.
  public let elements: [UInt8]

  /// The content of `file`, plain or gzipped; which of the two, its first bytes say, not its name.
  /// - Throws: what is wrong with the file, with the values found and expected.
  public init(reading file: URL, expecting content: IDXContent) throws(DatasetError) {
    try self.init(try Gzip.contents(of: file), expecting: content, location: file.path)
  }

  /// The content of the uncompressed bytes `data` of a file at `location`.
  init(_ data: Data, expecting content: IDXContent, location: String) throws(DatasetError) {
    func fault(_ reason: DatasetError.Reason) -> DatasetError { DatasetError(reason, at: location) }
    let bytes = [UInt8](data)
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else {
      throw fault(.notIDX(found: Array(bytes.prefix(4))))
    }
    if bytes[2] != 8 { throw fault(.wrongElementType(code: bytes[2])) }
    let rank = Int(bytes[3])
    let headerCount = 4 + 4 * rank
    if bytes.count < headerCount { throw fault(.truncated(found: bytes.count, expected: headerCount)) }
    sizes = (0..<rank).map { dimension in
      bytes[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
    }
    if rank != content.rank || sizes.contains(0) {
      throw fault(.wrongDimensions(found: sizes, expected: content))
    }
    var expected = 1
    for size in sizes {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      // A product beyond the address space exceeds every file.
      expected = overflow ? Int.max - headerCount : product
      if overflow { break }
    }
    expected += headerCount
    if bytes.count < expected { throw fault(.truncated(found: bytes.count, expected: expected)) }
    if bytes.count > expected { throw fault(.trailingBytes(found: bytes.count, expected: expected)) }
    elements = Array(bytes[headerCount...])
  }
}
