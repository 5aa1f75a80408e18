import Foundation
import Hardware
import Testing

@Suite("Faults planted in the Verilog twin")
struct CosimulationFaultTests {
  /// A change of one line of Verilog.
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let line: String
    let change: String
    /// What a machine needs to show it.
    var machine: @Sendable (inout TestMachine) -> Void = { _ in }
    var testDescription: String { name }
  }

  static let faults = [
    Fault(
      name: "ties to even go to odd", file: "rounding_shift.v", line: "half && (sticky || floor[0])",
      change: "half && (sticky || !floor[0])",
      machine: { $0.requantizer = .shift(rounding: .nearestTiesToEven) }),
    Fault(
      name: "ties up go down", file: "rounding_shift.v", line: "assign increment = half;",
      change: "assign increment = half && sticky;",
      machine: { $0.requantizer = .shift(rounding: .nearestTiesUp) }),
    Fault(
      name: "the drain takes a cycle less", file: "drain.v", line: "left_q <= Step;",
      change: "left_q <= Step + 16'd1;"),
    Fault(
      name: "activation banks are swapped", file: "activation_memory.v", line: ".amount_i(read_turn)",
      change: ".amount_i(read_turn ^ 1'b1)"),
    Fault(
      name: "a ragged tile drains one lane too many", file: "drain.v", line: "left_q <= outputs_i;",
      change: "left_q <= outputs_i == Lanes ? outputs_i : outputs_i + 16'd1;"),
    Fault(
      name: "the accumulator is one bit wider", file: "accumulator.v",
      line: "wire fits = total[WideBits-1:AccumulatorBits-1] == {(WideBits - AccumulatorBits + 1) {sign}};",
      change: "wire fits = total[WideBits-1:AccumulatorBits] == {(WideBits - AccumulatorBits) {sign}};",
      machine: { $0.accumulatorBits = 10 }),
    Fault(
      name: "the unpacker forgets the word before", file: "unpacker.v", line: "kept_q <= span;",
      change: "kept_q <= {SpanBits{1'b0}};"),
    Fault(
      name: "padding is 0 and not the zero point", file: "lane_array.v", line: ": zero_point;",
      change: ": {ActivationBits{1'b0}};"),
    Fault(
      name: "a tile follows a cycle early", file: "sequencer.v", line: "pause_d = last_drain_i;",
      change: "pause_d = last_drain_i == Zero ? Zero : last_drain_i - One;"),
    Fault(
      name: "each tile begins at the first channel", file: "address_generator.v",
      line: "group_address_q <= first_channel_i;",
      change: "group_address_q <= {ActivationAddressBits{1'b0}};"),
    Fault(
      name: "the doubling high multiply rounds down", file: "requantizer.v",
      line: "{{(ProductBits - 31) {1'b0}}, 1'b1, 30'd0}", change: "{ProductBits{1'b0}}",
      machine: { $0.requantizer = .doublingHighMultiply }),
  ]

  @Test(
    "The co-simulation of random networks sees each fault",
    .enabled(
      if: CosimulationTests.hasIcarus, "Icarus Verilog is absent"), arguments: faults)
  func isSeen(_ fault: Fault) throws {
    let sources = TwinSources.files.map { file in
      (file.name, file.name == fault.file ? file.text.replacing(fault.line, with: fault.change) : file.text)
    }
    // A fault whose line is gone from the Verilog would test nothing.
    let original = try #require(TwinSources.files.first { $0.name == fault.file })
    #expect(original.text.contains(fault.line), "\(fault.file) has no \(fault.line)")
    var machine = TestMachine()
    machine.lanes = 3
    machine.outputsDrainedPerCycle = 2
    machine.datapath = ["kind": "parallel", "weightBits": 5, "activationBits": 8]
    machine.table = nil
    fault.machine(&machine)
    let cases = try RandomMachine.cases(30, seed: 31, on: machine.hardware(), samples: 1)
    let results = try CosimulationTests.inDirectory { directory in
      try Cosimulation(simulator: .icarus, directory: directory, sources: sources).run(cases)
    }
    #expect(results.contains { !$0.agrees }, "no difference in \(results.count) cases")
  }
}
