import Networks

/// The vector unit at work on one pooling or addition: counters of position, channel group and tap, and one accumulator an element.
struct VectorUnitRegisters {
  /// What it does with the elements of a window.
  private enum Work {
    case pooling(IntegerPooling, image: IntegerTensor)
    case addition(IntegerAddition)
  }

  private let work: Work
  private let output: IntegerTensor
  private let ports: LayerPorts
  private let elements: Int
  private let kernel: PlaneExtent
  private(set) var row = 0
  private(set) var column = 0
  private(set) var group = 0
  private(set) var kernelRow = 0
  private(set) var kernelColumn = 0
  private var rowEnd = 0
  /// The running maximum or sum of each element, or an addition's first term.
  private var values: [Int64]
  /// Elements inside the image so far.
  private var insideCount = 0
  private var line: OutputLine
  private var unwritten = 0
  /// Whether a tap was read in the last cycle.
  private(set) var isIssuing = false

  /// The unit before a pooling or an addition.
  init?(_ unit: LayerUnit, ports: LayerPorts, on vectorUnit: VectorUnit) {
    switch unit {
    case .lanes, .systolic: return nil
    case .pooling(let pooling, let image, let output):
      work = .pooling(pooling, image: image)
      kernel = pooling.window.kernel
      self.output = output
    case .addition(let addition, let output):
      work = .addition(addition)
      // Its two tensors are the two taps.
      kernel = PlaneExtent(height: 1, width: 2)
      self.output = output
    }
    self.ports = ports
    elements = vectorUnit.elementsPerCycle
    values = Array(repeating: 0, count: elements)
    line = OutputLine(stages: vectorUnit.pipelineCycles, width: elements)
  }

  /// Sets the counters for a band of output rows.
  mutating func begin(rows: Range<Int>) {
    row = rows.lowerBound
    rowEnd = rows.upperBound
    unwritten = rows.count * output.plane.width * output.channels
  }

  /// Columns of its window.
  var kernelWidth: Int { kernel.width }
  /// Columns of its output.
  var outputWidth: Int { output.plane.width }
  /// Whether the band's last output is written.
  var isDone: Bool { unwritten == 0 }
  /// Outputs written at the last edge.
  var written: Int { line.written }
  /// The last output written.
  var lastWritten: OutputWord { line.lastWritten }

  /// One clock cycle; says what it was spent on.
  mutating func clock(_ memory: inout ActivationRegions, _ events: inout LayerEvents) -> CycleUse {
    isIssuing = row < rowEnd
    if isIssuing {
      let channels = group * elements..<min((group + 1) * elements, output.channels)
      let isFirst = kernelRow == 0 && kernelColumn == 0
      let isLast = kernelRow == kernel.height - 1 && kernelColumn == kernel.width - 1
      switch work {
      case .pooling(let pooling, let image):
        events.activationBitsRead += elements * ports.inputWordLength
        pool(pooling, image, channels, isFirst: isFirst, isLast: isLast, memory, &events)
      case .addition(let addition):
        events.activationBitsRead += elements * ports.sourceWordLengths[kernelColumn]
        add(addition, channels, memory, &events)
      }
      advance()
    }
    memory.write(&line, to: ports, &events)
    unwritten -= line.written
    return isIssuing ? .compute : .pipeline
  }

  private func address(_ channel: Int) -> Int {
    (row * output.plane.width + column) * output.channels + channel
  }

  private mutating func pool(
    _ pooling: IntegerPooling, _ image: IntegerTensor, _ channels: Range<Int>, isFirst: Bool, isLast: Bool,
    _ memory: ActivationRegions, _ events: inout LayerEvents
  ) {
    let window = pooling.window
    let imageRow = row * window.stride.height + kernelRow * window.dilation.height - window.padding.top
    let imageColumn =
      column * window.stride.width + kernelColumn * window.dilation.width - window.padding.left
    if isFirst { insideCount = 0 }
    if imageRow >= 0, imageRow < image.plane.height, imageColumn >= 0, imageColumn < image.plane.width {
      let pixel = (imageRow * image.plane.width + imageColumn) * image.channels
      for (index, channel) in channels.enumerated() {
        let value = memory[ports.sources[0], pixel + channel]
        let isAlone = insideCount == 0
        switch pooling.kind {
        case .maximum: values[index] = isAlone ? value : max(values[index], value)
        case .average: values[index] = isAlone ? value : values[index] + value
        }
        events.vectorOperations += 1
      }
      insideCount += 1
    }
    guard isLast else { return }
    for (index, channel) in channels.enumerated() {
      var value = values[index]
      if case .average(let rounding) = pooling.kind {
        value = Int64(
          RequantizerArithmetic.quotient(Int128(value), by: Int128(insideCount), rounding: rounding))
      }
      line.enter(OutputWord(value: min(max(value, pooling.low), pooling.high), address: address(channel)))
    }
  }

  private mutating func add(
    _ addition: IntegerAddition, _ channels: Range<Int>, _ memory: ActivationRegions,
    _ events: inout LayerEvents
  ) {
    for (index, channel) in channels.enumerated() {
      let term =
        memory[ports.sources[kernelColumn], address(channel)] - Int64(ports.sourceZeroPoints[kernelColumn])
      events.vectorOperations += 1
      if kernelColumn == 0 {
        values[index] = term
      } else {
        events.requantizations += 2
        let sum = RequantizerArithmetic.sum(values[index], term, of: addition, channel: channel)
        let value = ports.leave(addition.outputStage, sum, channel: channel, &events)
        line.enter(OutputWord(value: value, address: address(channel)))
      }
    }
  }

  private mutating func advance() {
    kernelColumn += 1
    if kernelColumn < kernel.width { return }
    kernelColumn = 0
    kernelRow += 1
    if kernelRow < kernel.height { return }
    kernelRow = 0
    group += 1
    if group * elements < output.channels { return }
    group = 0
    column += 1
    if column < output.plane.width { return }
    column = 0
    row += 1
  }
}
