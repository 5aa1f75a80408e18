import Foundation

/// An array of numbers as NumPy keeps it in a `.npy` file: a shape, an element type, elements in C order (last
/// index fastest).
///
/// Two arrays are equal if shape, type and every bit of every element are; where they were read does not matter.
public struct NumpyArray: Hashable, Sendable {
  /// The size of each dimension; empty for a single number.
  public let shape: [Int]
  /// The type of the elements.
  public let elementType: ElementType
  /// The file, and the entry in it, for messages. Not part of the value.
  public let origin: String
  /// The elements, little-endian, in C order; its indices start at 0.
  let bytes: Data

  /// The number of elements, the product of `shape`.
  public var count: Int { bytes.count / elementType.byteCount }

  /// The array of `shape` with `elements` in C order.
  /// - Precondition: no size is negative, and their product is the number of elements.
  public init<Element: NumpyElement>(shape: [Int], elements: [Element]) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == elements.count,
      "\(elements.count) elements for shape \(shape)")
    let bytes = elements.withUnsafeBytes { Data($0) }
    self.init(shape: shape, elementType: Element.numpyType, bytes: bytes, origin: "array")
  }

  init(shape: [Int], elementType: ElementType, bytes: Data, origin: String) {
    self.shape = shape
    self.elementType = elementType
    self.bytes = bytes
    self.origin = origin
  }

  /// Whether shape, type and every bit of the elements are the same; a NaN equals itself, −0 differs from 0.
  public static func == (left: NumpyArray, right: NumpyArray) -> Bool {
    left.shape == right.shape && left.elementType == right.elementType && left.bytes == right.bytes
  }

  /// Feeds what `==` compares to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(elementType)
    hasher.combine(bytes)
  }

  /// The elements in C order. O(count), one copy.
  /// - Throws: where the elements are of another type; nothing is converted.
  public func elements<Element: NumpyElement>(
    of type: Element.Type = Element.self
  ) throws(InterchangeError) -> [Element] {
    if elementType != Element.numpyType {
      throw fault(.wrongElementType(found: elementType, expected: Element.numpyType))
    }
    return copied(as: type)
  }

  /// The elements of an array of any integer type in C order. O(count).
  /// - Throws: where the elements are Boolean or floating-point, or one is beyond `Int64.max`.
  public var integers: [Int64] {
    get throws(InterchangeError) {
      switch elementType {
      case .int8: return copied(as: Int8.self).map { Int64($0) }
      case .int16: return copied(as: Int16.self).map { Int64($0) }
      case .int32: return copied(as: Int32.self).map { Int64($0) }
      case .int64: return copied(as: Int64.self)
      case .uint8: return copied(as: UInt8.self).map { Int64($0) }
      case .uint16: return copied(as: UInt16.self).map { Int64($0) }
      case .uint32: return copied(as: UInt32.self).map { Int64($0) }
      case .uint64:
        let values = copied(as: UInt64.self)
        if let index = values.firstIndex(where: { $0 > UInt64(Int64.max) }) {
          throw fault(.integerTooLarge(values[index], index: index))
        }
        return values.map { Int64($0) }
      case .float32, .float64, .bool: throw fault(.notIntegers(elementType))
      }
    }
  }

  private func copied<Element: NumpyElement>(as type: Element.Type) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      _ = bytes.copyBytes(to: buffer)
      initializedCount = count
    }
  }

  func fault(_ fault: NumpyArrayFault) -> InterchangeError {
    InterchangeError(.array(fault), at: origin)
  }
}

#if _endian(big)
  #error("Elements are copied as they lie in memory, which must be little-endian.")
#endif
