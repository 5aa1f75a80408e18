import Reporting
import Testing

@Suite("Bar charts")
struct BarChartTests {
  static func charts() throws -> [BarChart] {
    let memory = ChartAxis("Memory", quantity: .memoryBits)
    return [
      try PageSamples.areas(),
      try BarChart(title: "", axis: memory, parts: [], bars: []),
      try BarChart(title: "zero & <one>", axis: memory, parts: ["a & b"], bars: [.init("<z>", values: [0])]),
      try BarChart(
        title: "many parts", axis: ChartAxis("Share", quantity: .fraction),
        parts: (0..<16).map { "part number \($0)" },
        bars: (0..<6).map { bar in
          .init("bar \(bar)", values: (0..<16).map { Double(($0 * 7 + bar) % 5) / 60 })
        }),
    ]
  }

  @Test("Bars are drawn to scale, part after part without gap or overlap", arguments: [280.0, 360, 720])
  func partsAddUp(_ width: Double) throws {
    for chart in try Self.charts() {
      let layout = BarChartLayout(chart, width: width)
      let unit = layout.plot.width / (layout.scale.high - layout.scale.low)
      for (bar, parts) in zip(chart.bars, layout.bars) {
        #expect(parts.count == bar.values.count)
        var end = layout.plot.left
        for (part, value) in zip(parts, bar.values) {
          #expect(abs(part.box.left - end) < 1e-6 && abs(part.box.width - value * unit) < 1e-6, "\(bar)")
          end = part.box.right
        }
        #expect(end <= layout.plot.right + 1e-6)
      }
    }
  }

  @Test("Texts keep apart, and the figure is well-formed", arguments: [280.0, 360, 720])
  func textsKeepApart(_ width: Double) throws {
    for chart in try Self.charts() {
      let layout = BarChartLayout(chart, width: width)
      let figure = FigureBox(left: 0, top: 0, right: layout.width, bottom: layout.height)
      expectApart(layout.allTexts, within: figure, "\(chart.title) at \(width)")
      let reading = DocumentReading(chart.svg(width: width))
      #expect(reading.failure == nil)
      for name in chart.parts + chart.bars.map(\.label) where chart.parts.count > 1 {
        #expect(reading.text.replacing("\n", with: " ").contains(name.split(separator: " ")[0]))
      }
    }
  }

  @Test("Negative and missing values are refused, all at once")
  func faultsAreCollected() {
    let error = #expect(throws: BarChartError.self) {
      try BarChart(
        title: "T", axis: ChartAxis("x"), parts: ["a", "b"],
        bars: [.init("one", values: [-1, .nan]), .init("two", values: [1])])
    }
    #expect(error?.faults.count == 3)
  }
}
