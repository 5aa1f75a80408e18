import Datasets
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// An error under which networks are tested, with its size.
public enum TestedError: Sendable, Hashable {
  /// On the input.
  case input(InputDisturbance)
  /// In the weight memory: each stored bit is read inverted with this probability.
  case weightFlips(rate: Double)
  /// In the weight memory: each stored bit is stuck with this probability, as often at 0 as at 1.
  case stuckWeightBits(rate: Double)

  /// The kind's name: that of the disturbance, `weight-flips` or `stuck-weight-bits`.
  public var kind: String {
    switch self {
    case .input(let disturbance): disturbance.kind.rawValue
    case .weightFlips: "weight-flips"
    case .stuckWeightBits: "stuck-weight-bits"
    }
  }

  /// Severity, or rate.
  public var size: Double {
    switch self {
    case .input(let disturbance): disturbance.severity
    case .weightFlips(let rate), .stuckWeightBits(let rate): rate
    }
  }

  /// Whether it is on the input, rather than in the weight memory.
  public var isOnInput: Bool {
    switch self {
    case .input: true
    case .weightFlips, .stuckWeightBits: false
    }
  }

  /// The faults of draw `draw`; nil where the weight memory has none.
  func faults(draw: Int, seed: UInt64) throws(HardwareError) -> WeightMemoryFaults? {
    var source = RandomSource(seed: seed).split("\(kind) \(draw)")
    return switch self {
    case .input: nil
    case .weightFlips(let rate): try WeightMemoryFaults(flipRate: rate, seed: source.next())
    case .stuckWeightBits(let rate):
      // A bit stuck both ways is stuck at 1; the second rate leaves as many at 0.
      try WeightMemoryFaults(
        stuckAtZeroRate: rate / 2 / (1 - rate / 2), stuckAtOneRate: rate / 2, seed: source.next())
    }
  }
}

/// Robustness of a network at one error: the share of the test samples that it classes correctly without the error whose class survives it.
public struct RobustnessPoint: Sendable, Hashable {
  /// The error.
  public let error: TestedError
  /// Correct samples that stay correct, a count for each drawn error.
  public let survivors: [Int]
  /// Samples classed correctly without the error.
  public let correct: Int

  /// A network's robustness at `error`.
  public init(error: TestedError, survivors: [Int], correct: Int) {
    self.error = error
    self.survivors = survivors
    self.correct = correct
  }

  /// Robustness, a value for each drawn error; 1 where no sample is correct to begin with, since none is lost.
  public var draws: [Double] {
    survivors.map { correct > 0 ? Double($0) / Double(correct) : 1 }
  }

  /// The mean over draws and its interval.
  public var robustness: MeanInterval { MeanInterval(draws) }

  /// This robustness less another's under the same draws, draw by draw.
  public func difference(to other: RobustnessPoint) -> MeanInterval {
    MeanInterval(zip(draws, other.draws).map { $0 - $1 })
  }
}

/// A network under test: an integer network on a machine, executed bit for bit, or the float network that it comes from.
public struct TestedNetwork: Sendable {
  private enum Execution: Sendable {
    case integer(IntegerNetwork, HardwareDescription)
    case float(FloatNetwork)
  }

  private let execution: Execution
  /// What its results depend on.
  let key: JSONValue

  /// An integer network, from whatever method, on `hardware`.
  public init(_ network: IntegerNetwork, on hardware: HardwareDescription) {
    execution = .integer(network, hardware)
    key = [
      "network": .string(SHA256Digest(of: network.fileData).description),
      "hardware": hardware.withClock(megahertz: 1).json,
    ]
  }

  /// A float network, by the trainer's forward pass.
  public init(_ network: FloatNetwork) {
    execution = .float(network)
    key = ["floatNetwork": .string(SHA256Digest(of: network.fileData).description)]
  }

  /// Whether it has weight bits that can be faulty.
  var hasWeightBits: Bool {
    switch execution {
    case .integer: true
    case .float: false
    }
  }

  /// The classes of `images`; under `faults` of the weight memory where there are some.
  func classes(
    of images: ImageSet, faults: WeightMemoryFaults? = nil, resources: ComputeResources
  ) throws(HardwareError) -> [Int] {
    switch execution {
    case .integer(let network, let hardware):
      let engine = try MachineEngine(network, on: hardware, weightFaults: faults)
      return try engine.run(network.inputs(from: images), resources: resources).classes
    case .float(let network):
      return Classifier(network, plan: nil, resources: resources).classes(of: images).map { Int($0) }
    }
  }
}

/// Measures the robustness of networks on the same test samples under the same draws, so that differences are paired.
public struct RobustnessMeasurement: Sendable {
  /// The test samples: the first of the test set.
  public let images: ImageSet
  /// Drawn errors of each kind and size.
  public let draws: Int
  /// Seed of the draws.
  public let seed: UInt64
  private let cache: ResultCache
  private let resources: ComputeResources

  /// A measurement on the first `samples` of `test`.
  public init(
    _ test: ImageSet, samples: Int, draws: Int, seed: UInt64, cache: ResultCache, resources: ComputeResources
  ) {
    images = test.subset(0..<min(samples, test.count))
    self.draws = draws
    self.seed = seed
    self.cache = cache
    self.resources = resources
  }

  /// Which samples `network` classes correctly without an error.
  public func correctSamples(_ network: TestedNetwork) throws -> [Bool] {
    zip(try network.classes(of: images, resources: resources), images.labels).map { $0 == Int($1) }
  }

  /// The robustness of each of `networks` at `error`, taken from the cache where it is there; the float network's under faulty weights is left out.
  ///
  /// - Parameter correct: which samples each network classes correctly without the error.
  public func points(
    _ networks: [TestedNetwork], correct: [[Bool]], at error: TestedError
  ) throws -> [RobustnessPoint?] {
    // Images under input errors are made once for all networks, and only where some network's result is missing.
    var drawn: [ImageSet] = []
    var points: [RobustnessPoint?] = []
    for (network, correct) in zip(networks, correct) {
      if !network.hasWeightBits, !error.isOnInput {
        points.append(nil)
        continue
      }
      let survivors = try cache.result(.robustnessPoint, inputs(network, error)) { container, file in
        try Self.survivors(container, file: file, count: draws)
      } make: {
        if drawn.isEmpty, case .input(let disturbance) = error {
          drawn = (0..<draws).map {
            images.disturbed(by: disturbance, draw: $0, seed: seed, resources: resources)
          }
        }
        var survivors: [Int] = []
        for draw in 0..<draws {
          let classes = try network.classes(
            of: drawn.isEmpty ? images : drawn[draw], faults: try error.faults(draw: draw, seed: seed),
            resources: resources)
          survivors.append(
            images.labels.indices.count { correct[$0] && classes[$0] == Int(images.labels[$0]) })
        }
        return (
          survivors,
          Container(kind: "", content: ["survivors": .array(survivors.map { .integer($0) })], blobs: [])
        )
      }
      points.append(
        RobustnessPoint(error: error, survivors: survivors, correct: correct.count { $0 }))
    }
    return points
  }

  private func inputs(_ network: TestedNetwork, _ error: TestedError) -> JSONValue {
    [
      "network": network.key, "images": .string(images.digest.description), "kind": .string(error.kind),
      "size": .number(error.size), "draws": .integer(draws), "seed": .string(String(seed)),
    ]
  }

  private static func survivors(_ container: Container, file: String, count: Int) throws -> [Int] {
    try JSONReader.read(container.content, file: file) { reader -> [Int]? in
      let survivors = reader.integers("survivors")
      reader.finish()
      return survivors.flatMap { $0.count == count ? $0 : nil }
    }
  }
}
