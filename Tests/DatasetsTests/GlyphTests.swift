import Datasets
import Reproducibility
import Testing

@Suite("Generated glyphs")
struct GlyphTests {
  private static let standard = Dataset.glyphs()

  @Test("The default set is the same on every machine")
  func knownDigest() {
    #expect(
      Self.standard.digest.description == "208640acd8dd26cedf80265a13592694ddc341d36451a1f86c1b82e15d1f8cad")
  }

  @Test("How many images are painted at once changes nothing", arguments: [1, 2, 3, 7, 64])
  func workersDoNotMatter(_ workers: Int) {
    var settings = GlyphSettings()
    settings.trainingCount = 230
    settings.testCount = 41
    let alone = Dataset.glyphs(settings, workers: 1)
    let together = Dataset.glyphs(settings, workers: workers)
    #expect(alone.training == together.training && alone.validation == together.validation)
    #expect(alone.test == together.test && alone.digest == together.digest)
  }

  @Test("Every class has as many images, in training with validation and in test")
  func balance() {
    let set = Self.standard
    #expect(set.training.count == 7200 && set.validation.count == 800 && set.test.count == 4000)
    let both = zip(set.training.classHistogram, set.validation.classHistogram).map(+)
    #expect(both == [Int](repeating: 800, count: 10))
    #expect(set.test.classHistogram == [Int](repeating: 400, count: 10))
    // A draw of 80 expected has a standard deviation below 9.
    #expect(set.validation.classHistogram.allSatisfy { (45...115).contains($0) })
    #expect(set.classNames.count == 10 && set.classNames.first == "ring or comb")
    #expect(set.test.height == 16 && set.test.width == 16 && set.test.channels == 1)
  }

  @Test("A smaller set is the beginning of a larger one, and another seed gives another set")
  func prefixes() {
    var settings = GlyphSettings()
    settings.trainingCount = 20
    settings.testCount = 30
    let small = Dataset.glyphs(settings)
    #expect(small.test == Self.standard.test.subset(0..<30))
    settings.seed = 2
    #expect(Dataset.glyphs(settings).test != small.test)
  }

  @Test("Without any deviation each character has exactly two images, and all twenty differ")
  func undeformed() {
    var settings = GlyphSettings()
    settings.trainingCount = 400
    settings.testCount = 400
    settings.rotation = 0
    settings.scaling = 0
    settings.shear = 0
    settings.shift = 0
    settings.warp = 0
    settings.strokeWidth = 1.5...1.5
    settings.contrast = 200...200
    settings.background = 10...10
    settings.noise = 0
    settings.clutter = 0
    settings.occlusion = 0
    let test = Dataset.glyphs(settings).test
    var images: [[[UInt8]]] = []
    for label in 0..<10 {
      let forms = Set(test.labels.indices.filter { test.labels[$0] == label }.map { Array(test.image($0)) })
      #expect(forms.count == 2, "class \(label)")
      images.append(Array(forms))
      for form in forms {
        // The center of some pixel is within 1/2 of a stroke: coverage 3/4 at least.
        #expect(form.min() == 10 && (160...210).contains(form.max()!))
        // The glyph keeps clear of the border.
        #expect((0..<16).allSatisfy { form[$0] == 10 && form[240 + $0] == 10 })
      }
    }
    #expect(Set(images.joined()).count == 20)
    // A ring is its own mirror image, upright and upside down, to within the rounding of its points.
    let ring = images[0].min { $0[7 * 16 + 8] < $1[7 * 16 + 8] }!
    for row in 0..<16 {
      for column in 0..<16 {
        let level = Int(ring[row * 16 + column])
        #expect(abs(level - Int(ring[row * 16 + 15 - column])) <= 1)
        #expect(abs(level - Int(ring[(15 - row) * 16 + column])) <= 1)
      }
    }
  }

  @Test("The labels belong to the images: the nearest of 2000 training images mostly has the right one")
  func nearestNeighbor() {
    let (training, test) = (Self.standard.training, Self.standard.test)
    var wrong = 0
    for index in 0..<200 {
      let image = Array(test.image(index))
      var best = (distance: Int.max, label: UInt8(0))
      for candidate in 0..<2000 {
        let distance = zip(image, training.image(candidate)).reduce(0) {
          $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
        }
        if distance < best.distance { best = (distance, training.labels[candidate]) }
      }
      if best.label != test.labels[index] { wrong += 1 }
    }
    // Chance would give 180 errors; a set without any difficulty would give none.
    #expect((5...60).contains(wrong), "\(wrong) of 200 wrong")
  }

  @Test("Settings that cannot be used are refused with the reason")
  func unusableSettings() {
    func message(_ change: (inout GlyphSettings) -> Void) -> String? {
      var settings = GlyphSettings()
      settings.trainingCount = 20
      settings.testCount = 1
      change(&settings)
      do {
        _ = try Dataset.load(.glyphs(settings))
        return nil
      } catch { return error.description }
    }
    #expect(message { _ in } == nil)
    #expect(
      message { $0.trainingCount = 3 } == "glyphs: 3 training and 1 test images, expected at least 10 and 1")
    #expect(message { $0.noise = .nan } == "glyphs: a limit is negative, beyond 1000 or not a number")
    #expect(message { $0.rotation = -1 } == "glyphs: a limit is negative, beyond 1000 or not a number")
    #expect(message { $0.scaling = 1 } == "glyphs: a scaling of 1.0, expected less than 1")
    #expect(message { $0.strokeWidth = 0...1 } == "glyphs: a stroke width of 0, expected a positive one")
  }
}
