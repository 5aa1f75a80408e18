extension NumpyArray {
  /// The type of an array's elements. Raw values are NumPy's names.
  public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// Signed 8-bit integers.
    case int8
    /// Signed 16-bit integers.
    case int16
    /// Signed 32-bit integers.
    case int32
    /// Signed 64-bit integers.
    case int64
    /// Unsigned 8-bit integers.
    case uint8
    /// Unsigned 16-bit integers.
    case uint16
    /// Unsigned 32-bit integers.
    case uint32
    /// Unsigned 64-bit integers.
    case uint64
    /// IEEE binary32.
    case float32
    /// IEEE binary64.
    case float64
    /// Truth values, a byte each, 0 or 1.
    case bool

    /// Bytes of one element.
    public var byteCount: Int {
      switch self {
      case .int8, .uint8, .bool: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }

    /// The kind and the number of bytes, as in a type descriptor after the byte order: `i4`.
    var code: String {
      let kind =
        switch self {
        case .int8, .int16, .int32, .int64: "i"
        case .uint8, .uint16, .uint32, .uint64: "u"
        case .float32, .float64: "f"
        case .bool: "b"
        }
      return "\(kind)\(byteCount)"
    }

    /// NumPy's type descriptor (`dtype.str`) of little-endian elements: `<i4`; single bytes have no order: `|i1`.
    var descriptor: String { (byteCount == 1 ? "|" : "<") + code }
  }
}

/// A Swift type whose values lie in memory as the elements of an array do.
public protocol NumpyElement: BitwiseCopyable, Sendable {
  /// The array's name for this type.
  static var numpyType: NumpyArray.ElementType { get }
}

extension Int8: NumpyElement {
  /// `int8`.
  public static var numpyType: NumpyArray.ElementType { .int8 }
}
extension Int16: NumpyElement {
  /// `int16`.
  public static var numpyType: NumpyArray.ElementType { .int16 }
}
extension Int32: NumpyElement {
  /// `int32`.
  public static var numpyType: NumpyArray.ElementType { .int32 }
}
extension Int64: NumpyElement {
  /// `int64`.
  public static var numpyType: NumpyArray.ElementType { .int64 }
}
extension UInt8: NumpyElement {
  /// `uint8`.
  public static var numpyType: NumpyArray.ElementType { .uint8 }
}
extension UInt16: NumpyElement {
  /// `uint16`.
  public static var numpyType: NumpyArray.ElementType { .uint16 }
}
extension UInt32: NumpyElement {
  /// `uint32`.
  public static var numpyType: NumpyArray.ElementType { .uint32 }
}
extension UInt64: NumpyElement {
  /// `uint64`.
  public static var numpyType: NumpyArray.ElementType { .uint64 }
}
extension Float: NumpyElement {
  /// `float32`.
  public static var numpyType: NumpyArray.ElementType { .float32 }
}
extension Double: NumpyElement {
  /// `float64`.
  public static var numpyType: NumpyArray.ElementType { .float64 }
}
extension Bool: NumpyElement {
  /// `bool`.
  public static var numpyType: NumpyArray.ElementType { .bool }
}
