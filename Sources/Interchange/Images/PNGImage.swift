import Foundation

/// An image in PNG (ISO/IEC 15948), 8 bits a value, gray, red-green-blue or indices into a palette, without compression: small pictures that a page can hold.
public enum PNGImage {
  /// The file's bytes.
  /// - Parameter pixels: `[height, width, channels]`, rows from the top.
  /// - Precondition: 1 or 3 channels, and so many values.
  public static func encoded(pixels: some Collection<UInt8>, height: Int, width: Int, channels: Int) -> Data {
    precondition(channels == 1 || channels == 3, "\(channels) channels")
    precondition(pixels.count == height * width * channels && !pixels.isEmpty, "\(pixels.count) values")
    // Gray or color.
    return file(
      pixels, height: height, width: width, colorType: channels == 1 ? 0 : 2, rowLength: width * channels)
  }

  /// The bytes of a file whose pixels are indices into a palette: a third of what colors would take.
  /// - Parameters:
  ///   - indices: `[height, width]`, rows from the top.
  ///   - palette: 1 to 256 colors, each red, green, blue.
  /// - Precondition: so many indices, all into the palette.
  public static func encoded(indices: [UInt8], height: Int, width: Int, palette: [[UInt8]]) -> Data {
    precondition(1...256 ~= palette.count && palette.allSatisfy { $0.count == 3 }, "\(palette.count) colors")
    precondition(indices.count == height * width && !indices.isEmpty, "\(indices.count) indices")
    precondition(indices.allSatisfy { $0 < palette.count }, "an index past the palette")
    return file(
      indices, height: height, width: width, colorType: 3, rowLength: width,
      palette: Array(palette.joined()))
  }

  private static func file(
    _ values: some Collection<UInt8>, height: Int, width: Int, colorType: UInt8, rowLength: Int,
    palette: [UInt8]? = nil
  ) -> Data {
    var file = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    // Width, height, 8 bits, the kind of values, and the one compression, filter and interlace method.
    file.append(
      chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colorType, 0, 0, 0]))
    if let palette { file.append(chunk("PLTE", palette)) }
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (1 + rowLength))
    for (index, value) in values.enumerated() {
      // Each row begins with its filter: none.
      if index % rowLength == 0 { rows.append(0) }
      rows.append(value)
    }
    file.append(chunk("IDAT", zlib(rows)))
    file.append(chunk("IEND", []))
    return file
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> Data {
    let body = Data(Array(name.utf8) + content)
    return Data(bigEndian(UInt32(content.count))) + body + Data(bigEndian(CRC32.checksum(of: body)))
  }

  /// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4), which hold at most 65,535 bytes each.
  private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var first = 0
    repeat {
      let count = min(65_535, bytes.count - first)
      let isLast = first + count == bytes.count
      let length = UInt16(count)
      for value in [length, ~length] { stream += [UInt8(value & 0xff), UInt8(value >> 8)] }
      stream.insert(isLast ? 1 : 0, at: stream.count - 4)
      stream += bytes[first..<first + count]
      first += count
    } while first < bytes.count
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return stream + bigEndian(high << 16 | low)
  }
}
