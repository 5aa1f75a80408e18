import Exploration
import Interchange

/// Colors that tell classes apart in a picture of decisions.
enum ClassColors {
  private static let hues: [[Int]] = [
    [0x5c, 0xb3, 0xee], [0xff, 0x8d, 0x4d], [0x35, 0xcf, 0xa2], [0xec, 0x9f, 0xc9], [0xe2, 0xc0, 0x4c],
    [0xc5, 0xca, 0xd1], [0xab, 0x98, 0xf5], [0xcf, 0x9f, 0x6f],
  ]

  /// Red, green, blue by class: eight hues in three depths; classes past the twenty-fourth start anew.
  static let colors: [[UInt8]] = [100, 65, 40].flatMap { depth in
    hues.map { $0.map { UInt8($0 * depth / 100) } }
  }

  /// A grid of classes as a picture, with the anchors marked by dark squares with a light rim.
  static func picture(_ classes: [Int], of slice: DecisionSlice, summary: String) -> PictureGrid.Picture {
    let side = slice.side
    let pitch = 2
    let (light, dark) = (UInt8(colors.count), UInt8(colors.count + 1))
    var pixels = (0..<side * pitch * side * pitch).map { pixel -> UInt8 in
      let (row, column) = pixel.quotientAndRemainder(dividingBy: side * pitch)
      return UInt8(classes[row / pitch * side + column / pitch] % colors.count)
    }
    for anchor in slice.anchors {
      let (row, column) = (Int(anchor.row * Double(pitch)), Int(anchor.column * Double(pitch)))
      for (reach, tone) in [(4, light), (2, dark)] {
        for y in row - reach...row + reach where 0..<side * pitch ~= y {
          for x in column - reach...column + reach where 0..<side * pitch ~= x {
            pixels[y * side * pitch + x] = tone
          }
        }
      }
    }
    return PictureGrid.Picture(
      PNGImage.encoded(
        indices: pixels, height: side * pitch, width: side * pitch,
        palette: colors + [[255, 255, 255], [20, 20, 20]]), summary: summary)
  }
}
