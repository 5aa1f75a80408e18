import Hardware
import Testing

@Suite("Engine and register-level model")
struct RegisterLevelAgreementTests {
  @Test(
    "Outputs, overflow counts, cycles, events and stored bits are equal on random machines",
    arguments: [1, 2, 3, 4])
  func agree(seed: UInt64) {
    var agreement = ModelAgreement(seed: seed)
    for number in 0..<1000 { agreement.compare(number) }
    // Only the first few are printed.
    let differences = agreement.differences.prefix(3)
    #expect(differences.isEmpty, "\(agreement.differences.count) cases differ")
    #expect(agreement.ran >= 900)
    for (what, least) in Self.leastDrawn {
      #expect(
        agreement.drawn[what, default: 0] >= least,
        "seed \(seed): only \(agreement.drawn[what, default: 0]) cases of \(what)")
    }
  }

  @Test("Machines drawn for the Verilog twin are in its subset, and the models agree on them")
  func twinSubset() {
    var agreement = ModelAgreement(seed: 5, coverage: .verilogTwin)
    for number in 0..<500 { agreement.compare(number) }
    // Only the first few are printed.
    let differences = agreement.differences.prefix(3)
    #expect(differences.isEmpty, "\(agreement.differences.count) cases differ")
    for what in Self.beyondTheTwin { #expect(agreement.drawn[what] == nil, "\(what)") }
    for what in ["parallel", "ternary, 2 bits", "ternary, 5 in 8 bits", "depthwise", "padding", "table"] {
      #expect(agreement.drawn[what, default: 0] >= 20, "\(what)")
    }
  }

  @Test("The same seed and number draw the same machine, another number another")
  func drawsAreReproducible() {
    let agreement = ModelAgreement(seed: 9)
    let first = agreement.machine(17)
    let again = ModelAgreement(seed: 9).machine(17)
    #expect(
      first.hardware == again.hardware && first.network == again.network && first.inputs == again.inputs)
    #expect(agreement.machine(18).network != first.network)
  }

  private static let beyondTheTwin = [
    "bit-serial", "decomposable", "decode table", "outputStationary", "weightStationary", "inputStationary",
    "streamed",
    "banded", "addition", "maximum pooling", "average pooling",
  ]

  private static let leastDrawn = [
    "wrapped": 60, "saturated": 80, "reject": 60, "parallel": 80, "ternary, 2 bits": 40,
    "ternary, 5 in 8 bits": 40, "bit-serial": 80, "decomposable": 80, "several parts": 40,
    "decode table": 80, "codebook": 80, "codebook without zero": 40, "grouped codebook": 8,
    "outputStationary": 50, "weightStationary": 50, "inputStationary": 50, "single lane": 80,
    "more lanes than outputs": 100, "several tiles": 200, "ragged tile": 200, "ragged taps": 200,
    "several drained a cycle": 100, "no pipeline stages": 60, "streamed": 100, "weight stall": 100,
    "stall before a later input only": 40, "banded": 50, "activation stall": 80, "batch": 400, "dense": 400,
    "convolution": 400, "depthwise": 80, "grouped": 10, "stride": 200, "dilation": 80, "padding": 200,
    "zero point": 300, "signed input": 300, "1-bit weights": 80, "1-bit input": 100, "maximum pooling": 60,
    "average pooling": 60, "addition": 200, "added to itself": 80, "shift": 150, "multiplier": 150,
    "doubling high multiply": 150, "accumulators": 200, "clamp": 400, "table": 200, "refused: bias": 10,
    "refused: accumulator": 3,
  ]
}
