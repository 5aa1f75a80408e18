/// One axis of a chart: what it measures, how values spread along it, and how its ticks are written.
public struct ChartAxis: Hashable, Sendable {
  /// How values spread along the axis.
  public enum Spread: Hashable, Sendable {
    /// Equal differences take equal lengths.
    case linear
    /// Equal ratios take equal lengths. Values must be above 0.
    case logarithmic
  }

  /// What the numbers are, which decides the places and the texts of the ticks.
  public enum Quantity: Hashable, Sendable {
    /// Plain numbers in `unit`; ticks at 1, 2 or 5 times powers of ten.
    case number
    /// Fractions of a whole, labelled in percent (0.05 is `5`); the unit is `%`.
    case fraction
    /// Amounts of memory in bits, labelled as sizes (`64 KiB`), with ticks at powers of two or their multiples.
    case memoryBits
  }

  /// What the axis measures, such as `Test error`.
  public let title: String
  /// The unit of `number` values, such as `cycles`, if they have one.
  public let unit: String?
  /// How values spread along the axis.
  public let spread: Spread
  /// What the numbers are.
  public let quantity: Quantity
  /// Values that the axis reaches whatever the data, such as 0.
  public let including: [Double]

  /// An axis that spans its data, a small margin, and the values of `including`.
  public init(
    _ title: String, unit: String? = nil, spread: Spread = .linear, quantity: Quantity = .number,
    including: [Double] = []
  ) {
    self.title = title
    self.unit = unit
    self.spread = spread
    self.quantity = quantity
    self.including = including
  }

  /// The title with the unit of the tick labels: `Latency (cycles)`, `Test error (%)`.
  public var heading: String {
    switch quantity {
    case .number: unit.map { "\(title) (\($0))" } ?? title
    case .fraction: "\(title) (%)"
    case .memoryBits: title
    }
  }

  /// Whether `value` has a place on this axis: finite, at most 10^100 in size, and above 0 (at least 10^-100, or
  /// 1 bit of memory) where logarithmic.
  public func accepts(_ value: Double) -> Bool {
    guard value.isFinite && value.magnitude <= 1e100 else { return false }
    switch (spread, quantity) {
    case (.linear, .number), (.linear, .fraction): return true
    case (.linear, .memoryBits): return value >= 0 && value <= 0x1p60
    case (.logarithmic, .number), (.logarithmic, .fraction): return value >= 1e-100
    case (.logarithmic, .memoryBits): return value >= 1 && value <= 0x1p60
    }
  }

  /// What `accepts` asks for, in words.
  var acceptance: String {
    switch (spread, quantity) {
    case (.linear, .number), (.linear, .fraction): "a finite number of at most 1e100 in size"
    case (.linear, .memoryBits): "a number of bits in 0...2^60"
    case (.logarithmic, .number), (.logarithmic, .fraction): "a number above 0 (1e-100 to 1e100)"
    case (.logarithmic, .memoryBits): "a number of bits in 1...2^60"
    }
  }
}
