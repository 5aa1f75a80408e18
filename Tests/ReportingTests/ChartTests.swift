import Foundation
import Reporting
import Testing

@Suite("Charts")
struct ChartTests {
  static let figureSizes: [(Double, Double)] = [
    (720, 440), (360, 320), (520, 300), (280, 220), (1200, 700), (10, 10),
  ]

  @Test("Every chart is well-formed XML with finite numbers only")
  func wellFormed() throws {
    for (index, chart) in try ChartSamples.all().enumerated() {
      for (width, height) in Self.figureSizes {
        let svg = chart.svg(width: width, height: height)
        let reading = DocumentReading(svg)
        #expect(reading.failure == nil, "sample \(index) at \(width)")
        for text in [chart.title, chart.subtitle ?? "", chart.summary] + chart.series.map(\.name) {
          for word in text.split(separator: " ") {
            #expect(reading.text.contains(word), "sample \(index) at \(width): \(word)")
          }
        }
        let numbers = reading.elements.flatMap { element in
          element.attributes.filter {
            ["x", "y", "cx", "cy", "d", "width", "height", "transform"].contains($0.key)
          }.values
        }
        #expect(!numbers.contains { $0.contains("nan") || $0.contains("inf") }, "sample \(index)")
      }
    }
  }

  @Test("Every point, error bar, rule and highlight lies inside the plot, and the plot inside the figure")
  func pointsInside() throws {
    for (index, chart) in try ChartSamples.all().enumerated() {
      for (width, height) in Self.figureSizes {
        let layout = ChartLayout(chart, width: width, height: height)
        let plot = layout.plot
        #expect(plot.width > 0 && plot.height >= 100, "sample \(index) at \(width): \(plot)")
        let figure = FigureBox(left: 0, top: 0, right: layout.width, bottom: layout.height)
        #expect(figure.contains(plot))
        for point in chart.series.flatMap(\.points) {
          let (x, y) = (layout.x(point.x), layout.y(point.y))
          #expect(
            x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom,
            "sample \(index): \(point)")
          // The drawn place is the data's, not a clamped one.
          #expect(point.x >= layout.horizontal.low && point.x <= layout.horizontal.high)
          #expect(point.y >= layout.vertical.low && point.y <= layout.vertical.high)
        }
      }
    }
  }

  @Test("No two texts of a figure overlap, and none leaves it")
  func textsKeepApart() throws {
    for (index, chart) in try ChartSamples.all().enumerated() {
      for (width, height) in Self.figureSizes {
        let layout = ChartLayout(chart, width: width, height: height)
        let figure = FigureBox(left: 0, top: 0, right: layout.width, bottom: layout.height)
        expectApart(layout.allTexts, within: figure, "sample \(index) at \(width)")
      }
    }
  }

  @Test("An ordinary figure has at least three labels on each axis, also on a phone")
  func enoughTicks() throws {
    for chart in try [ChartSamples.capacity(), ChartSamples.designs(), ChartSamples.crowd()] {
      for (width, height) in [(720.0, 440.0), (360, 320)] {
        let layout = ChartLayout(chart, width: width, height: height)
        #expect(
          layout.horizontalTicks.count >= 3 && layout.verticalTicks.count >= 3, "\(chart.title) at \(width)")
      }
    }
  }

  @Test("The legend covers no part of the plot")
  func legendOutsideThePlot() throws {
    for chart in try ChartSamples.all() {
      for (width, height) in Self.figureSizes {
        let layout = ChartLayout(chart, width: width, height: height)
        for text in layout.legend.entries.flatMap(\.texts) {
          #expect(!text.box.overlaps(layout.plot), "\(text)")
        }
      }
    }
  }

  @Test("A logarithmic axis gives equal ratios equal lengths, a linear one equal differences")
  func axesSpread() {
    let logarithmic = AxisScale(ChartAxis("", spread: .logarithmic), values: [0.001, 1000])
    let linear = AxisScale(ChartAxis(""), values: [-3, 9])
    for step in -2...1 {
      let ratio = { (value: Double) in logarithmic.position(value * 10) - logarithmic.position(value) }
      #expect(abs(ratio(AxisTicks.scaled(1, exponent: step)) - ratio(0.001)) < 1e-12)
    }
    for start in [-3.0, 0, 5.5] {
      #expect(
        abs((linear.position(start + 1) - linear.position(start)) - (linear.position(8) - linear.position(7)))
          < 1e-12)
    }
    #expect(linear.position(linear.low) == 0 && linear.position(linear.high) == 1)
  }

  @Test("Two figures inlined on one page share no identifier")
  func identifiersAreDistinct() throws {
    let page = DocumentReading(try PageSamples.page().html)
    let identifiers = page.values(of: "id")
    #expect(identifiers.count > 8)
    #expect(Set(identifiers).count == identifiers.count)
    for reference in page.values(of: "aria-labelledby").flatMap({ $0.split(separator: " ") }) {
      #expect(identifiers.contains(String(reference)))
    }
  }

  @Test("Any two of the 64 looks differ in color or marker, and the first eight in color, marker and dashes")
  func looksDiffer() {
    let looks = (0..<SeriesLook.count).map(SeriesLook.init)
    #expect(Set(looks.map { "\($0.color) \($0.marker)" }).count == 64)
    #expect(Set(looks[..<8].map(\.color)).count == 8)
    #expect(Set(looks[..<8].map(\.marker)).count == 8)
    #expect(Set(looks[..<8].map(\.dashes)).count == 8)
  }

  @Test("Every color stands out from its ground by at least 3 to 1", arguments: SeriesLook.palette)
  func colorsStandOut(_ ink: SeriesLook.Ink) {
    // WCAG 2.1, relative luminance and contrast ratio.
    func luminance(_ color: String) -> Double {
      let channels = [1, 3, 5].map { start -> Double in
        let from = color.index(color.startIndex, offsetBy: start)
        let value = Double(Int(color[from..<color.index(from, offsetBy: 2)], radix: 16) ?? -1) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
    func contrast(_ first: String, _ second: String) -> Double {
      let (a, b) = (luminance(first), luminance(second))
      return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
    #expect(contrast(ink.light, "#ffffff") >= 3)
    #expect(contrast(ink.dark, "#15181d") >= 3)
  }

  @Test("A value without a place is refused with its location, all at once")
  func faultsAreCollected() {
    let error = #expect(throws: ChartError.self) {
      try Chart(
        title: "T", horizontal: ChartAxis("x", spread: .logarithmic), vertical: ChartAxis("y"),
        series: [
          ChartSeries(
            "s", points: [ChartPoint(x: 0, y: .nan), ChartPoint(x: 1, y: .infinity), ChartPoint(x: 1, y: 1)])
        ],
        references: [ReferenceLine(.vertical, at: -1, label: "r")])
    }
    #expect(
      error?.faults.map(\.location) == [
        "series \"s\", point 0, x", "series \"s\", point 0, y", "series \"s\", point 1, y",
        "reference line \"r\"",
      ])
  }

  @Test("Bounds are drawn with an arrow in their direction")
  func boundsHaveArrows() throws {
    func path(_ meaning: ChartPoint.Meaning) throws -> [String] {
      let chart = try Chart(
        title: "", horizontal: ChartAxis("x"), vertical: ChartAxis("y"),
        series: [ChartSeries("s", points: [ChartPoint(x: 1, y: 1, meaning: meaning)])])
      let reading = DocumentReading(chart.svg())
      return reading.elements.filter { $0.attributes["class"] == "w-bar w-stroke0" }.compactMap {
        $0.attributes["d"]
      }
    }
    #expect(try path(.exact) == [])
    for (meaning, sign) in [(ChartPoint.Meaning.atLeast, -1.0), (.atMost, 1.0)] {
      let numbers = try path(meaning)[0].split { "ML Z".contains($0) }.compactMap { Double($0) }
      #expect(numbers[0] == numbers[2] && (numbers[3] - numbers[1]) * sign > 10)
    }
  }
}

/// Expects texts to keep apart and inside a figure, by their estimated rooms.
func expectApart(_ texts: [FigureText], within figure: FigureBox, _ name: String) {
  for (index, text) in texts.enumerated() {
    #expect(figure.contains(text.box), "\(name): \"\(text.text)\" leaves the figure: \(text.box)")
    for other in texts[..<index] {
      // Neighboring lines of one text share an edge, which rounding may move by an ulp.
      #expect(
        !text.box.grown(by: -0.01).overlaps(other.box), "\(name): \"\(text.text)\" on \"\(other.text)\"")
    }
  }
}
