import Networks

/// Something that the twin did otherwise than the engine.
public struct CosimulationDifference: Hashable, Sendable, CustomStringConvertible {
  /// What differs.
  public enum Subject: Hashable, Sendable {
    /// Output `index`: what the engine gives, and what the twin gave (nil: nothing, or unknown bits; or too often).
    case output(index: Int, expected: Int64, found: Int64?)
    /// An output that the network does not have.
    case surplusOutput(index: Int)
    /// The number of cycles (nil: the twin did not end).
    case cycles(expected: Int, found: Int?)
  }

  /// The input, counted from 0.
  public let sample: Int
  /// What differs.
  public let subject: Subject

  /// One line.
  public var description: String {
    func word(_ value: Int64?) -> String { value.map { "\($0)" } ?? "nothing that is known" }
    return switch subject {
    case .output(let index, let expected, let found):
      "input \(sample), output \(index): expected \(expected), found \(word(found))"
    case .surplusOutput(let index): "input \(sample): an output with index \(index), which the network lacks"
    case .cycles(let expected, let found):
      "input \(sample): expected \(expected) cycles, found \(found.map { "\($0)" } ?? "no end")"
    }
  }
}

/// A network on a machine with inputs, to be run by the twin and by the engine.
public struct CosimulationCase: Sendable {
  /// The network.
  public let network: IntegerNetwork
  /// The machine.
  public let hardware: HardwareDescription
  /// Raw words, `[samples, input elements]`, NHWC.
  public let inputs: [Int32]

  /// A case.
  public init(_ network: IntegerNetwork, on hardware: HardwareDescription, inputs: [Int32]) {
    self.network = network
    self.hardware = hardware
    self.inputs = inputs
  }
}

/// What a co-simulation of one network found.
public struct CosimulationResult: Hashable, Sendable {
  /// The network's name.
  public let network: String
  /// The machine's name.
  public let hardware: String
  /// Inputs run.
  public let samples: Int
  /// Output words compared.
  public let comparedWords: Int
  /// The engine's cycles for one input.
  public let expectedCycles: Int
  /// The twin's cycles for each input; nil where it did not end.
  public let cycles: [Int?]
  /// All differences, by input.
  public let differences: [CosimulationDifference]
  /// Seconds of building and running the simulation in which it took part: a measured time.
  public let seconds: Double
  /// Seconds that the engine took for the same inputs on one thread.
  public let engineSeconds: Double

  /// Whether the twin did what the engine does.
  public var agrees: Bool { differences.isEmpty }
}
