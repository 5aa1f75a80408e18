import Hardware
import Networks
import Quantization
import Tensors

/// Runs choices of widths layer by layer on the machine's integer kernels and prices them by their robustness loss.
///
/// The activations behind the layers that choices have in common are computed once. What is run is counted in **layer evaluations**: one layer with weights, on one
/// calibration sample. The loss of a choice is the mean of `RobustnessLoss` over calibration samples, margins in real logits; of a prefix of layers, the same with the layers
/// behind it at 8 bits.
package final class PrefixEvaluator {
  /// A choice of widths for the first layers, and the tensors that the layers behind them read.
  package struct Prefix {
    /// One width a layer, from the first.
    package let widths: [Int]
    /// Live tensors by name, a dictionary for each chunk of samples.
    fileprivate let chunks: [[String: LayerValues]]
  }

  /// A prefix one layer longer, and its loss.
  package struct Candidate {
    /// The prefix.
    package let prefix: Prefix
    /// Its robustness loss.
    package let loss: Double
  }

  /// A layer with weights and the nodes up to the next one.
  private struct Segment {
    /// The node with weights at each width, narrowest first; the last segment's makes the network's output.
    let weighted: [PreparedLayer]
    let followers: [PreparedLayer]
    /// Tensors that later segments read.
    let live: Set<String>
  }

  /// The layers at every width.
  package let choices: MixedPrecision
  /// Samples that are used, from the first of the calibration set.
  package let samples: Int
  /// Layer evaluations so far.
  package private(set) var layerEvaluations = 0
  /// What they would have been if every choice that was priced had been run from the input, on all samples.
  package private(set) var naiveLayerEvaluations = 0
  /// The most that `layerEvaluations` may become.
  package let limit: Int
  private let segments: [Segment]
  private let first: [PreparedLayer]
  private let inputs: [Int32]
  private let floatMargins: [Double]
  private let labels: [Int]
  private let outputScales: [Double]
  private let resources: ComputeResources

  /// Parts of the samples; between them a candidate may be given up.
  private static let chunksOfSamples = 8

  /// An evaluator for all samples of `calibration`.
  /// - Throws: `HardwareError` where the machine cannot run some width of a layer.
  package init(
    _ choices: MixedPrecision, calibration: CalibrationSet, resources: ComputeResources, limit: Int = .max
  ) throws(HardwareError) {
    self.choices = choices
    self.resources = resources
    self.limit = limit
    samples = calibration.count
    inputs = choices.networks[0].inputs(from: calibration.images)
    floatMargins = calibration.floatMargins
    labels = calibration.images.labels.map { Int($0) }
    let nodes = choices.networks[0].nodes
    func prepared(_ index: Int, width: Int = 0) throws(HardwareError) -> PreparedLayer {
      let network = choices.networks[width]
      return try PreparedLayer(network.nodes[index], of: network, on: choices.hardware)
    }
    let starts = nodes.indices.filter { nodes[$0].operation.hasWeights } + [nodes.count]
    var first: [PreparedLayer] = []
    for index in 0..<starts[0] { first.append(try prepared(index)) }
    var segments: [Segment] = []
    for (start, end) in zip(starts, starts.dropFirst()) {
      var weighted: [PreparedLayer] = []
      for width in choices.networks.indices { weighted.append(try prepared(start, width: width)) }
      var followers: [PreparedLayer] = []
      for index in start + 1..<end { followers.append(try prepared(index)) }
      segments.append(
        Segment(
          weighted: weighted, followers: followers, live: Set(nodes[end...].flatMap(\.inputs))))
    }
    self.first = first
    self.segments = segments
    let output = nodes[nodes.count - 1]
    outputScales = choices.networks.map { $0.scales[output.name]! }
    self.shared = nil
  }

  /// The evaluator of which this one is a part: it counts.
  private let shared: PrefixEvaluator?

  private init(_ whole: PrefixEvaluator, samples: Int) {
    choices = whole.choices
    resources = whole.resources
    limit = whole.limit
    self.samples = samples
    inputs = whole.inputs
    floatMargins = whole.floatMargins
    labels = whole.labels
    segments = whole.segments
    first = whole.first
    outputScales = whole.outputScales
    shared = whole
  }

  /// The same on the first `samples` samples; what it runs is counted here.
  package func restricted(to samples: Int) -> PrefixEvaluator {
    PrefixEvaluator(self, samples: min(samples, self.samples))
  }

  /// Layers with weights.
  package var depth: Int { segments.count }

  private func count(layers: Int, samples: Int) {
    layerEvaluations += layers * samples
    shared?.count(layers: layers, samples: samples)
  }

  /// Counts a choice that is priced.
  private func countNaive() {
    naiveLayerEvaluations += depth * samples
    shared?.naiveLayerEvaluations += depth * samples
  }

  /// Whether `layers` layers on all samples are within the limit.
  package func affords(layers: Int) -> Bool {
    (shared ?? self).layerEvaluations + layers * samples <= limit
  }

  /// The prefix of no layer.
  package func root() -> Prefix {
    let size = choices.networks[0].input.count
    let parts = min(Self.chunksOfSamples, samples)
    let chunks = (0..<parts).map { part -> [String: LayerValues] in
      let range = part * samples / parts..<(part + 1) * samples / parts
      let words = inputs[range.lowerBound * size..<range.upperBound * size]
      var live = [inputTensorName: LayerValues(words, of: choices.networks[0].input)]
      for layer in first {
        live[layer.name] = layer.values(of: layer.inputs.map { live[$0]! }, resources: resources)
      }
      return live
    }
    return Prefix(widths: [], chunks: chunks)
  }

  /// `prefix` with one layer more, at `width`, and its loss; nil where the loss is at least `bound`, found as soon as the sum over samples has reached it.
  ///
  /// - Parameter known: the loss, where it is known: that of the shorter prefix is also that of the one with 8 bits more.
  package func extended(
    _ prefix: Prefix, by width: Int, below bound: Double = .infinity, known: Double? = nil
  ) -> Candidate? {
    if let known, known >= bound { return nil }
    let layer = prefix.widths.count
    let widths = prefix.widths + [width]
    if let known, layer == depth - 1 {
      return Candidate(prefix: Prefix(widths: widths, chunks: []), loss: known)
    }
    if known == nil { countNaive() }
    var chunks: [[String: LayerValues]] = []
    var loss = LossSum(samples: samples, bound: bound)
    for (part, live) in prefix.chunks.enumerated() {
      let count = live.first!.value.samples
      if layer == depth - 1 {
        self.count(layers: 1, samples: count)
        add(live, width: width, part: part, to: &loss)
      } else {
        let next = run(layer, width, live)
        self.count(layers: 1, samples: count)
        chunks.append(next)
        if known == nil {
          self.count(layers: depth - layer - 1, samples: count)
          addRest(next, from: layer + 1, part: part, to: &loss)
        }
      }
      if known == nil, loss.reachesBound { return nil }
    }
    return Candidate(prefix: Prefix(widths: widths, chunks: chunks), loss: known ?? loss.mean)
  }

  /// The loss of `prefix` with the layers behind it at `widths`.
  package func loss(of prefix: Prefix, behind widths: [Int], below bound: Double = .infinity) -> Double? {
    countNaive()
    var loss = LossSum(samples: samples, bound: bound)
    let start = prefix.widths.count
    for (part, live) in prefix.chunks.enumerated() {
      let samples = live.first!.value.samples
      count(layers: depth - start, samples: samples)
      var live = live
      for layer in start..<depth - 1 { live = run(layer, widths[layer - start], live) }
      add(live, width: widths[widths.count - 1], part: part, to: &loss)
      if loss.reachesBound { return nil }
    }
    return loss.mean
  }

  private func addRest(
    _ live: [String: LayerValues], from layer: Int, part: Int, to loss: inout LossSum
  ) {
    let widest = MixedPrecision.widths[MixedPrecision.widths.count - 1]
    var live = live
    for layer in layer..<depth - 1 { live = run(layer, widest, live) }
    add(live, width: widest, part: part, to: &loss)
  }

  /// The tensors behind a layer that is not the last.
  private func run(_ layer: Int, _ width: Int, _ live: [String: LayerValues]) -> [String: LayerValues] {
    let segment = segments[layer]
    var live = live
    for prepared in [segment.weighted[width - MixedPrecision.widths[0]]] + segment.followers {
      live[prepared.name] = prepared.values(of: prepared.inputs.map { live[$0]! }, resources: resources)
    }
    return live.filter { segment.live.contains($0.key) }
  }

  /// Adds the loss of a chunk's samples, given what the last segment reads.
  private func add(
    _ live: [String: LayerValues], width: Int, part: Int, to loss: inout LossSum
  ) {
    let segment = segments[depth - 1]
    let index = width - MixedPrecision.widths[0]
    var live = live
    var last = segment.weighted[index]
    for follower in segment.followers {
      live[last.name] = last.values(of: last.inputs.map { live[$0]! }, resources: resources)
      last = follower
    }
    let sources = last.inputs.map { live[$0]! }
    let outputs = last.outputs(of: sources, resources: resources)
    let classes = last.output.count
    let start = part * samples / min(Self.chunksOfSamples, samples)
    for row in 0..<sources[0].samples {
      let logits = outputs[row * classes..<(row + 1) * classes].map { Double($0) * outputScales[index] }
      loss.add(
        RobustnessLoss.term(
          margin: margin(logits, label: labels[start + row]), floatMargin: floatMargins[start + row]))
    }
  }
}

/// A mean in the making, summed in the order of the samples.
private struct LossSum {
  private let samples: Int
  private let bound: Double
  private var sum = 0.0

  init(samples: Int, bound: Double) {
    self.samples = samples
    self.bound = bound
  }

  var mean: Double { sum / Double(samples) }
  /// Terms are not negative: what has reached the bound stays there.
  var reachesBound: Bool { mean >= bound }

  mutating func add(_ term: Double) { sum += term }
}
