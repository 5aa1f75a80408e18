import Networks
import Reproducibility

extension RandomMachine {
  /// `count` networks with inputs, `networksPerMachine` on each of as many machines as that takes, or all on `hardware`.
  ///
  /// What a machine cannot run (a start value beyond its accumulator, a sum that could leave one that rejects it) is drawn again; a
  /// machine on which nothing runs is left out.
  /// - Parameter samples: inputs of each case.
  /// - Throws: the reason why nothing can run on `hardware`.
  package static func cases(
    _ count: Int, seed: UInt64, on hardware: HardwareDescription? = nil, networksPerMachine: Int = 5,
    samples: Int = 2
  ) throws -> [CosimulationCase] {
    var draws = RandomDraw(RandomSource(seed: seed).split("cosimulation"))
    var cases: [CosimulationCase] = []
    var machines = 0
    while cases.count < count {
      let machine = hardware ?? draws.machine(.verilogTwin)
      machines += 1
      _ = try TwinCoverage.lanes(of: machine)
      let wanted = min(networksPerMachine, count - cases.count)
      let first = cases.count
      var refusal: (any Error)?
      for _ in 0..<20 * wanted where cases.count < first + wanted {
        // A drawn network is not always possible; see `RandomMachine`.
        guard let network = try? draws.network(for: machine, .verilogTwin) else { continue }
        let item = CosimulationCase(
          network, on: machine, inputs: draws.inputs(network.input, count: samples))
        do {
          _ = try ExpectedRuns(item, machine: 0)
          cases.append(item)
        } catch {
          refusal = error
        }
      }
      if hardware != nil, cases.count == first, let refusal { throw refusal }
    }
    return cases
  }
}
