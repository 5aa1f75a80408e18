import Reporting

/// Tables and pages like those of real reports, that several suites print.
enum PageSamples {
  static func designs() throws -> ReportTable {
    try ReportTable(
      columns: [
        TableColumn("network"), TableColumn("word lengths"),
        TableColumn("stored", unit: "bits", key: "stored_bits", alignment: .trailing),
        TableColumn("test error", unit: "%", key: "test_error_percent", alignment: .trailing),
        TableColumn("latency", unit: "cycles", key: "latency_cycles", alignment: .trailing),
        TableColumn("area", unit: "mm²", key: "area_square_millimeters", alignment: .trailing),
        TableColumn("remark"),
      ],
      rows: [
        [
          .text("ffdnn-4x112"), .text("3-3-3-3-8"), .integer(498_176), .number(2.0417, digits: 2),
          .integer(10_240), .number(0.8123, digits: 3), .text("the answer: least error that fits"),
        ],
        [
          .text("ffdnn-4x256"), .text("ternary"), .integer(524_288), .number(2.51, digits: 2),
          .integer(20_481),
          .number(1.2, digits: 3), .text(""),
        ],
        [
          .text("cnn-32-32-64 <\"retrained\" & 'fine'>"), .text("2, 3, 4"), .integer(1_048_576), .missing,
          .integer(1_234_567), .missing,
          .text("streams 2 layers, so its latency depends on the external memory's bandwidth 幅"),
        ],
      ])
  }

  static func areas() throws -> BarChart {
    try BarChart(
      title: "Area by block", subtitle: "45 nm, 16 lanes of 8 multipliers",
      axis: ChartAxis("Area", unit: "mm²"),
      parts: ["multipliers", "adder trees", "accumulators", "weight memory", "activation memory", "control"],
      bars: [
        BarChart.Bar("8 bits", values: [0.31, 0.12, 0.08, 0.52, 0.2, 0.03]),
        BarChart.Bar("3 bits", values: [0.11, 0.09, 0.06, 0.22, 0.2, 0.03]),
        BarChart.Bar("ternary, five weights in eight bits", values: [0.02, 0.07, 0.05, 0.14, 0.2, 0.04]),
      ])
  }

  static func page() throws -> HTMLPage {
    HTMLPage(
      title: "Which network fits 64 KiB?",
      introduction:
        "Five hundred designs were trained, quantized, executed and priced; these hold the least error.",
      sections: [
        PageSection(
          "Answer",
          [
            .keyFigures([
              PageKeyFigure("Network", value: "4 × 112", remark: "3-bit weights"),
              PageKeyFigure("Test error", value: "2.04 %", remark: "float: 1.91 %"),
              PageKeyFigure("Latency", value: "51.2 µs", remark: "10 240 cycles at 200 MHz"),
              PageKeyFigure("Area", value: "0.81 mm²", remark: "45 nm"),
            ]),
            .paragraph("Text with <tags>, & signs, \"quotes\" and 'apostrophes'."),
            .chart(
              try ChartSamples.capacity(), caption: "Error falls with memory; the ring marks the answer."),
          ]),
        PageSection(
          "Designs",
          [
            .table(try designs(), caption: "The best designs."),
            .chart(try ChartSamples.designs(), caption: ""),
          ]),
        PageSection(
          "Hardware",
          [
            .bars(try areas(), caption: "Memory dominates."),
            .definitions([
              PageDefinition("useful bits", "weights and biases, without padding"),
              PageDefinition("stored bits", "useful bits and the padding at the ends of tiles"),
            ]), .note("Areas at 28 nm are scaled, not measured."), .list(["one", "two <b>"]),
          ]),
        PageSection(
          "Method",
          [
            .command(
              "wordlength explore --capacity 64KiB --data mnist --networks ffdnn-4x112,ffdnn-4x256 --seed 1"),
            .preformatted("a\n  b < c"),
            .links([
              PageLink("results.csv", path: "results.csv"), PageLink("odd & name", path: "a b/ü?.json"),
            ]),
          ]),
      ], footer: "Made by wordlength.")
  }
}
