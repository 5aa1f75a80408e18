import Datasets
import Reproducibility
import Tensors
import Testing

@Suite("Input disturbances")
struct InputDisturbanceTests {
  private static let severities = stride(from: 0.0, through: 1, by: 0.0625)

  /// Random smooth-and-rough images of `channels` channels.
  private static func images(_ count: Int, channels: Int, seed: UInt64, height: Int = 20, width: Int = 24)
    -> ImageSet
  {
    var source = RandomSource(seed: seed)
    let pixels = (0..<count).flatMap { _ in
      let base = source.uniform(in: 60...200)
      return (0..<height * width * channels).map { index in
        let edge = index / channels % width > width / 2 ? 40.0 : -40
        return UInt8(min(max(base + edge + 20 * source.normal(), 0), 255))
      }
    }
    return ImageSet(
      height: height, width: width, channels: channels, classCount: 1, pixels: pixels,
      labels: Array(repeating: 0, count: count))
  }

  private static func distance(_ a: ImageSet, _ b: ImageSet, _ power: (Double) -> Double) -> Double {
    zip(a.pixels, b.pixels).reduce(0) { $0 + power(abs(Double($1.0) - Double($1.1))) }
  }

  @Test("Severity 0 changes nothing, any other the set but not its shape or labels", arguments: [1, 3])
  func identity(_ channels: Int) throws {
    let images = Self.images(3, channels: channels, seed: 11)
    for kind in InputDisturbance.Kind.allCases {
      let none = try InputDisturbance(kind, severity: 0)
      #expect(images.disturbed(by: none, draw: 0, seed: 1) == images, "\(kind)")
      let some = images.disturbed(by: try InputDisturbance(kind, severity: 0.3), draw: 0, seed: 1)
      #expect(some.pixels != images.pixels, "\(kind)")
      #expect(some.labels == images.labels && some.valuesPerImage == images.valuesPerImage, "\(kind)")
    }
  }

  @Test(
    "With growing severity no pixel comes nearer to the undisturbed one; for a blur, the image does not",
    arguments: InputDisturbance.Kind.allCases, [1, 3])
  func monotone(_ kind: InputDisturbance.Kind, _ channels: Int) throws {
    for draw in 0..<6 {
      let images = Self.images(2, channels: channels, seed: UInt64(100 + draw))
      var before = images
      for severity in Self.severities.dropFirst() {
        let disturbance = try InputDisturbance(kind, severity: severity)
        let after = images.disturbed(by: disturbance, draw: draw, seed: 7)
        let note: Comment = "seed \(100 + draw), draw \(draw), severity \(severity)"
        if kind == .blur {
          let square = { (x: Double) in x * x }
          // Rounding moves a distance by half a step a pixel at most.
          let slack = Double(images.pixels.count).squareRoot()
          #expect(
            Self.distance(after, images, square).squareRoot()
              >= Self.distance(before, images, square).squareRoot() - slack, note)
        } else {
          let worst = images.pixels.indices.map { index in
            let original = Int(images.pixels[index])
            return abs(Int(before.pixels[index]) - original) - abs(Int(after.pixels[index]) - original)
          }.max()!
          // Rounding to nearest with ties up is not symmetric: a tie above and one below differ by one.
          #expect(worst <= 0, note)
        }
        before = after
      }
      #expect(Self.distance(before, images) { $0 } > Double(4 * images.pixels.count), "draw \(draw)")
    }
  }

  @Test("The bytes of an image depend on its index, not on the order or the company")
  func order() throws {
    let images = Self.images(9, channels: 3, seed: 12)
    for kind in InputDisturbance.Kind.allCases {
      let disturbance = try InputDisturbance(kind, severity: 0.4)
      let whole = images.disturbed(by: disturbance, draw: 2, seed: 5)
      #expect(
        images.disturbed(by: disturbance, draw: 2, seed: 5, resources: ComputeResources(threads: 3)) == whole,
        "\(kind): threads")
      let order = [8, 3, 3, 0, 5]
      let part = images.disturbed(by: disturbance, draw: 2, seed: 5, indices: order)
      for (place, index) in order.enumerated() {
        #expect(Array(part.image(place)) == Array(whole.image(index)), "\(kind), image \(index)")
      }
      #expect(images.disturbed(by: disturbance, draw: 3, seed: 5) != whole, "\(kind): draws differ")
      #expect(images.disturbed(by: disturbance, draw: 2, seed: 6) != whole, "\(kind): seeds differ")
      let twins = images.subset(Array(repeating: 4, count: 12)).disturbed(by: disturbance, draw: 2, seed: 5)
      #expect(Set((0..<12).map { Array(twins.image($0)) }).count > 1, "\(kind): samples differ")
    }
  }

  @Test("Kinds mean what they say: deviations, shifts and shares in units of the pixel range")
  func units() throws {
    let side = 64
    let gray = ImageSet(
      height: side, width: side, channels: 1, classCount: 1,
      pixels: Array(repeating: 128, count: side * side), labels: [0])
    func pixels(_ kind: InputDisturbance.Kind, _ severity: Double, draw: Int) throws -> [Double] {
      gray.disturbed(by: try InputDisturbance(kind, severity: severity), draw: draw, seed: 3).pixels
        .map { Double($0) }
    }
    for draw in 0..<5 {
      let noise = try pixels(.gaussianNoise, 0.2, draw: draw).map { $0 - 128 }
      let deviation = (noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)).squareRoot()
      // 4,096 values: a standard error of 1.1 %.
      #expect(abs(deviation - 25.5) < 1.3, "draw \(draw): \(deviation)")
      let shifted = try pixels(.brightness, 0.2, draw: draw)
      #expect(Set(shifted) == [179] || Set(shifted) == [77], "draw \(draw)")
      let contrast = try pixels(.contrast, 1, draw: draw)
      #expect(Set(contrast).count == 1 && 89...166 ~= contrast[0], "draw \(draw)")
      let fog = try pixels(.fog, 0.5, draw: draw)
      #expect(fog.min()! >= 128 + 0.25 * (204 - 128) - 1 && fog.max()! <= 128 + 0.5 * 127 + 1, "draw \(draw)")
      let hidden = try pixels(.occlusion, 0.25, draw: draw).count { $0 != 128 }
      #expect(hidden == side * side / 4 || hidden == 0, "draw \(draw): \(hidden)")
      #expect(try pixels(.snow, 0.5, draw: draw).allSatisfy { $0 >= 128 }, "draw \(draw)")
      #expect(try pixels(.dust, 0.5, draw: draw).allSatisfy { $0 <= 128 }, "draw \(draw)")
      #expect(Set(try pixels(.blur, 1, draw: draw)) == [128], "draw \(draw)")
    }
  }

  @Test("A severity outside 0...1 is refused, with the range", arguments: [-0.001, 1.001, .infinity, .nan])
  func badSeverity(_ severity: Double) {
    let error = #expect(throws: DatasetError.self) { try InputDisturbance(.fog, severity: severity) }
    #expect(error?.description.contains("0 (unchanged) to 1") == true)
    #expect(error?.location == "input error fog")
  }

  @Test("An image of one row, one column or one pixel is disturbed too")
  func degenerate() throws {
    for (height, width) in [(1, 1), (1, 7), (7, 1)] {
      let images = Self.images(1, channels: 3, seed: 5, height: height, width: width)
      for kind in InputDisturbance.Kind.allCases {
        let disturbed = images.disturbed(by: try InputDisturbance(kind, severity: 1), draw: 0, seed: 1)
        #expect(disturbed.pixels.count == images.pixels.count)
      }
    }
  }
}
