import Foundation

extension NumpyArray {
  /// The array in `data`, the bytes of a `.npy` file of version 1.0, 2.0 or 3.0.
  ///
  /// Big-endian elements and arrays in Fortran order (first index fastest) are brought to this type's order.
  /// - Parameters:
  ///   - data: the whole file.
  ///   - file: the file's name, for messages.
  /// - Throws: the first fault found; also where the file goes on after the last element.
  public init(parsing data: Data, file: String) throws(InterchangeError) {
    do {
      try self.init(bytes: [UInt8](data), origin: file)
    } catch {
      throw InterchangeError(.array(error), at: file)
    }
  }

  private init(bytes file: [UInt8], origin: String) throws(NumpyArrayFault) {
    let (header, start) = try NumpyHeader.parsed(from: file)
    let type = header.elementType
    let expected = try Self.byteCount(shape: header.shape, type: type)
    let found = file.count - start
    if found < expected { throw .truncatedElements(found: found, expected: expected) }
    if found > expected { throw .trailingBytes(found - expected) }
    var bytes = Array(file[start...])
    switch type {
    case .bool:
      if let index = bytes.firstIndex(where: { $0 > 1 }) {
        throw .notBoolean(value: bytes[index], index: index)
      }
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64: break
    }
    if header.isBigEndian { Self.reverseBytes(of: &bytes, size: type.byteCount) }
    switch header.order {
    case .c: break
    case .fortran: bytes = Self.inCOrder(bytes, shape: header.shape, size: type.byteCount)
    }
    self.init(shape: header.shape, elementType: type, bytes: Data(bytes), origin: origin)
  }

  /// The bytes of an array's elements. Sizes of 0 are left out of the bound, as NumPy does, so that the product
  /// of any of the sizes can be computed.
  private static func byteCount(shape: [Int], type: ElementType) throws(NumpyArrayFault) -> Int {
    var product = type.byteCount
    for size in shape where size != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { throw .shapeOverflow(shape) }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// Turns round the bytes of every element of `size` bytes.
  private static func reverseBytes(of bytes: inout [UInt8], size: Int) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      for offset in 0..<size / 2 { bytes.swapAt(start + offset, start + size - 1 - offset) }
    }
  }

  /// Elements of `size` bytes with the first index fastest, brought to the last index fastest.
  private static func inCOrder(_ bytes: [UInt8], shape: [Int], size: Int) -> [UInt8] {
    if bytes.isEmpty { return bytes }
    var strides: [Int] = []
    var stride = size
    for count in shape {
      strides.append(stride)
      stride *= count
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    while true {
      result.append(contentsOf: bytes[source..<source + size])
      // The next index in C order: the last that is not at its end goes up, those behind it go back to 0.
      var dimension = shape.count - 1
      while dimension >= 0, index[dimension] == shape[dimension] - 1 {
        source -= index[dimension] * strides[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { return result }
      index[dimension] += 1
      source += strides[dimension]
    }
  }

  /// The bytes of the `.npy` file that `numpy.save` (of NumPy 2.4) writes for this array: version 1.0,
  /// or 2.0 where the header is too long for it; little-endian; C order. O(size).
  public func encoded() -> Data {
    var data = NumpyHeader(shape: shape, elementType: elementType, order: .c, isBigEndian: false).encoded
    data.append(bytes)
    return data
  }
}
