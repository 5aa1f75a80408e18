import Reporting

/// Charts like those of real reports, and awkward ones, that several suites draw.
enum ChartSamples {
  /// Effective compression ratio against memory: log-memory axis, bounds, error bars, a capacity and an answer.
  static func capacity() throws -> Chart {
    let sizes: [Double] = [40_000, 90_000, 200_000, 450_000, 1_000_000, 2_400_000, 8_000_000]
    func series(_ name: String, _ scale: Double, bound: Bool = false) -> ChartSeries {
      let points = sizes.enumerated().map { index, size in
        let y = scale * (0.012 + 0.09 / (1 + Double(index) * Double(index) * 0.6))
        return ChartPoint(
          x: size * scale, y: y, interval: (y * 0.9)...(y * 1.12),
          meaning: bound && index == 6 ? .atMost : .exact, note: "\(name), \(Int(size)) bits")
      }
      return ChartSeries(name, points: points)
    }
    return try Chart(
      title: "Test error against weight memory",
      subtitle: "Four-layer networks of 16 to 1024 units; bars are one standard error over 5 seeds",
      horizontal: ChartAxis("Weight memory, useful bits", spread: .logarithmic, quantity: .memoryBits),
      vertical: ChartAxis("Test error", spread: .logarithmic, quantity: .fraction),
      series: [
        series("float", 1.6), series("8 bits", 1.15), series("3 bits", 0.8, bound: true),
        series("ternary", 0.7),
      ],
      references: [ReferenceLine(.vertical, at: 524_288, label: "capacity 64 KiB")],
      highlights: [ChartHighlight(x: 360_000, y: 0.8 * (0.012 + 0.09 / 6.4), label: "3 bits, 4 × 112")])
  }

  /// A cloud of design points with a front, linear axes.
  static func designs() throws -> Chart {
    let cloud = (0..<120).map { index -> ChartPoint in
      let x = Double((index * 7919) % 1000)
      return ChartPoint(x: 20_000 + x * 90, y: 0.3 + 900 / (60 + x) + Double((index * 104_729) % 97) / 20)
    }
    let front = (0..<9).map { index in
      ChartPoint(x: 20_000 + Double(index) * 10_000, y: 0.25 + 900 / (60 + Double(index) * 111))
    }
    return try Chart(
      title: "Area against latency of every design that fits",
      horizontal: ChartAxis("Latency", unit: "cycles", including: [0]),
      vertical: ChartAxis("Area", unit: "mm²", including: [0]),
      series: [
        ChartSeries("designs", points: cloud, drawing: .markers, look: 5),
        ChartSeries("Pareto front", points: front, look: 0),
      ],
      references: [ReferenceLine(.horizontal, at: 2.5, label: "area budget 2.5 mm²")],
      highlights: [ChartHighlight(x: 40_000, y: 0.25 + 900 / 282, label: "16 lanes × 8")])
  }

  /// Eight lines that end close together, for the legend beside the plot.
  static func crowd() throws -> Chart {
    try Chart(
      title:
        "Accuracy under Gaussian error by method and word length, with a title long enough to need two lines",
      subtitle: "LeNet-5, 10 000 test images",
      horizontal: ChartAxis("Error size σ"), vertical: ChartAxis("Robustness", quantity: .fraction),
      series: (0..<8).map { line in
        let points = (0...6).map { step -> ChartPoint in
          let loss = Double(step * step) * 0.004 * (1 + Double(line) * 0.12)
          return ChartPoint(x: Double(step) * 0.05, y: 0.99 - loss)
        }
        return ChartSeries("method \(line + 1) of eight", points: points)
      }, references: [ReferenceLine(.horizontal, at: 0.9, label: "required")])
  }

  /// Lines that all end at the top of the plot, where the legend beside them has least room.
  static func rise() throws -> Chart {
    try Chart(
      title: "Accuracy by training time", horizontal: ChartAxis("Epoch"),
      vertical: ChartAxis("Accuracy", quantity: .fraction),
      series: (1...7).map { line in
        let start = ChartPoint(x: 0, y: Double(line) / 10)
        return ChartSeries("run \(line)", points: [start, ChartPoint(x: 10, y: 0.99 + Double(line) / 1000)])
      })
  }

  /// Charts with little or nothing in them, or with values at the ends of what a chart accepts.
  static func awkward() throws -> [Chart] {
    let linear = ChartAxis("x & <y> \"z\"", unit: "bits/s")
    let logarithmic = ChartAxis("L", spread: .logarithmic)
    let memory = ChartAxis("M", spread: .logarithmic, quantity: .memoryBits)
    func chart(_ x: ChartAxis, _ y: ChartAxis, _ points: [(Double, Double)]) throws -> Chart {
      try Chart(
        title: "<&>\"'", subtitle: "a]]>b", horizontal: x, vertical: y,
        series: [ChartSeries("one & <two>", points: points.map { ChartPoint(x: $0.0, y: $0.1, note: "<&>") })]
      )
    }
    return [
      try chart(linear, linear, []), try chart(linear, linear, [(0, 0)]),
      try chart(linear, linear, [(3, 7), (3, 7)]),
      try chart(logarithmic, logarithmic, [(1e-100, 1e100)]),
      try chart(logarithmic, linear, [(1e-100, -1e100), (1e100, 1e100)]),
      try chart(memory, memory, []), try chart(memory, memory, [(1, 1), (0x1p60, 0x1p60)]),
      try chart(memory, linear, [(100_000, -5), (100_001, -5.000001)]),
      try chart(memory, logarithmic, [(65536, 0.1), (65537, 99.9)]),
      try chart(
        ChartAxis("m", quantity: .memoryBits), ChartAxis("p", quantity: .fraction), [(0, 0), (90_000, 1)]),
      try chart(ChartAxis("m", quantity: .memoryBits), logarithmic, [(1e7, 3.1), (5e7, 3.4)]),
      try Chart(title: "", horizontal: linear, vertical: logarithmic, series: []),
    ]
  }

  /// Every sample.
  static func all() throws -> [Chart] { try [capacity(), designs(), crowd(), rise()] + awkward() }
}
