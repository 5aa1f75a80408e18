import Exploration
import Interchange

/// Colors that tell classes apart in a picture of decisions.
enum ClassColors {
  /// Red, green, blue of class `label`: eight hues in three depths; classes past the twenty-fourth start anew.
  static func color(_ label: Int) -> [UInt8] {
    let hues: [[Int]] = [
      [0x5c, 0xb3, 0xee], [0xff, 0x8d, 0x4d], [0x35, 0xcf, 0xa2], [0xec, 0x9f, 0xc9], [0xe2, 0xc0, 0x4c],
      [0xc5, 0xca, 0xd1], [0xab, 0x98, 0xf5], [0xcf, 0x9f, 0x6f],
    ]
    let depth = [100, 65, 40][label / hues.count % 3]
    return hues[label % hues.count].map { UInt8($0 * depth / 100) }
  }

  /// A grid of classes as a picture, with the anchors marked by dark squares with a light rim.
  static func picture(_ classes: [Int], of slice: DecisionSlice, summary: String) -> PictureGrid.Picture {
    let side = slice.side
    let pitch = 3
    var pixels = [UInt8](repeating: 0, count: side * side * pitch * pitch * 3)
    func paint(_ row: Int, _ column: Int, _ color: [UInt8]) {
      guard 0..<side * pitch ~= row, 0..<side * pitch ~= column else { return }
      for channel in 0..<3 { pixels[(row * side * pitch + column) * 3 + channel] = color[channel] }
    }
    for row in 0..<side * pitch {
      for column in 0..<side * pitch {
        paint(row, column, color(classes[row / pitch * side + column / pitch]))
      }
    }
    for anchor in slice.anchors {
      let (row, column) = (Int(anchor.row * Double(pitch)), Int(anchor.column * Double(pitch)))
      for (reach, tone) in [(5, UInt8(255)), (3, 20)] {
        for down in -reach...reach {
          for right in -reach...reach { paint(row + down, column + right, [tone, tone, tone]) }
        }
      }
    }
    return PictureGrid.Picture(
      PNGImage.encoded(pixels: pixels, height: side * pitch, width: side * pitch, channels: 3),
      summary: summary)
  }
}
