import FixedPoint
import Foundation
import Hardware
import Quantization
import Reproducibility
import Testing

@Suite("Hardware descriptions")
struct HardwareDescriptionTests {
  /// Reads `text` and gives the faults it is told of.
  private func faults(of text: String) -> [String] {
    do {
      _ = try HardwareDescription(parsing: Data(text.utf8), file: "test.json")
      return []
    } catch {
      #expect(error.file == "test.json")
      return error.faults.map(\.description)
    }
  }

  private func faults(_ change: (inout String) -> Void) throws -> [String] {
    var text = TestMachine().json.canonicalText
    let before = text
    change(&text)
    #expect(text != before, "the change changes nothing")
    return faults(of: text)
  }

  @Test("What is written is read back the same, for every kind of part")
  func roundTrip() throws {
    var random = RandomNetworks(seed: 31)
    for number in 0..<300 {
      var machine = random.machine()
      if number % 5 == 0 { machine.table = nil }
      machine.pipeline = (0..<4).map { _ in random.source.integer(in: 0...1000) }
      machine.weightMemoryBits = random.source.integer(in: 1...1 << 50)
      let hardware = try machine.hardware()
      #expect(hardware.json == machine.json, "case \(number)")
      let again = try HardwareDescription(
        parsing: Data(hardware.json.canonicalText.utf8), file: "again.json")
      #expect(again == hardware, "case \(number)")
    }
  }

  @Test("Fields stand where their names say")
  func fields() throws {
    var machine = TestMachine()
    machine.lanes = 3
    machine.inputsPerCycle = 5
    machine.outputsDrainedPerCycle = 2
    machine.accumulatorBits = 19
    machine.overflow = .wrap
    machine.pipeline = [11, 13, 17, 19]
    machine.weightMemoryBits = 1000
    machine.activationMemoryBits = 2000
    let hardware = try machine.hardware()
    let array = try #require(hardware.lanes)
    #expect(array.lanes == 3 && array.inputsPerCycle == 5 && array.outputsDrainedPerCycle == 2)
    #expect(array.path.accumulator.bits == 19 && array.path.accumulator.overflow == .wrap)
    #expect(array.path.accumulator.minimum == -262144 && array.path.accumulator.maximum == 262143)
    #expect(
      array.pipeline.descriptor == 11 && array.pipeline.weightRead == 13
        && array.pipeline.adderTree == 17 && array.pipeline.requantizer == 19)
    #expect(array.pipeline.stages == 49)
    #expect(hardware.weightMemoryBits == 1000 && hardware.activationMemory.capacityBits == 2000)
    #expect(
      array.path.activationTable?.addressBits == 8 && array.path.activationTable?.addressFractionBits == 4
        && array.path.activationTable?.outputBits == 16)
    machine.accumulatorBits = 64
    let widest = try machine.hardware().path.accumulator
    #expect(widest.minimum == .min && widest.maximum == .max)
  }

  @Test("What may be left out has its documented default")
  func defaults() throws {
    let text = """
      {"format": "wordlength-hardware", "version": 1, "name": "n", "clockMegahertz": 0.5, "laneArray": {
        "lanes": 1, "inputsPerCycle": 1, "datapath": {"kind": "ternary", "activationBits": 8},
        "accumulator": {"bits": 8, "overflow": "wrap"}, "requantizer": {"kind": "shift"},
        "pipeline": {"descriptorCycles": 0, "weightReadCycles": 0, "adderTreeCycles": 0, "requantizerCycles": 0}},
        "weightMemory": {"capacityBits": 1}, "activationMemory": {"capacityBits": 1}}
      """
    let hardware = try HardwareDescription(parsing: Data(text.utf8), file: "test.json")
    #expect(hardware.lanes?.outputsDrainedPerCycle == 1)
    #expect(hardware.path.datapath == .ternary(activationBits: 8, packing: .twoBits))
    #expect(hardware.path.requantizer == .shift(rounding: .nearestTiesUp))
    #expect(hardware.path.activationTable == nil)
  }

  @Test("Every fault of a file is told at once, each with its path")
  func allFaultsAtOnce() {
    let text = """
      {"format": "wordlength-hardware", "version": 2, "name": 7, "clockMegahertz": 0, "laneArray": {
        "lanes": 0, "inputsPerCycle": 4097, "outputsDrainedPerCycle": 1.5,
        "datapath": {"kind": "paralel", "weightBits": 8, "activationBits": 17},
        "accumulator": {"bits": 65, "overflow": "saturates"},
        "requantizer": {"kind": "multiplier", "multiplierBits": 32, "rounding": "nearestTiesUpp"},
        "activationTable": {"addressBits": 3, "addressFractionBits": 33, "outputBits": 0},
        "pipeline": {"descriptorCycles": -1, "weightReadCycles": 0, "adderTreeCycles": 1001},
        "inputPerCycle": 4},
        "weightMemory": {"capacityBits": 0}, "activationMemory": {"capacityBit": 8}, "weightMemori": {}}
      """
    // Each fault by its path, with what its message must at least say.
    let expected = [
      ("version", "integer 1"),
      ("name", "a string"),
      ("clockMegahertz", "0.001...100000"),
      ("laneArray.lanes", "1...65536"),
      ("laneArray.inputsPerCycle", "1...4096"),
      ("laneArray.outputsDrainedPerCycle", "1...65536"),
      ("laneArray.datapath.kind", "did you mean \"parallel\"?"),
      ("laneArray.datapath.activationBits", "1...16"),
      ("laneArray.accumulator.bits", "8...64"),
      ("laneArray.accumulator.overflow", "did you mean \"saturate\"?"),
      ("laneArray.requantizer.rounding", "did you mean \"nearestTiesUp\"?"),
      ("laneArray.requantizer.multiplierBits", "2...31"),
      ("laneArray.activationTable.addressBits", "4...16"),
      ("laneArray.activationTable.addressFractionBits", "-16...32"),
      ("laneArray.activationTable.outputBits", "1...16"),
      ("laneArray.pipeline.descriptorCycles", "0...1000"),
      ("laneArray.pipeline.adderTreeCycles", "0...1000"),
      ("laneArray.pipeline.requantizerCycles", "missing"),
      ("laneArray.inputPerCycle", "unknown member"),
      ("weightMemory.capacityBits", "1...1125899906842624"),
      ("activationMemory.capacityBits", "missing"),
      ("activationMemory.capacityBit", "did you mean \"capacityBits\"?"),
      ("weightMemori", "unknown member"),
    ]
    let found = faults(of: text)
    #expect(found.count == expected.count, "\(found)")
    for (fault, (path, part)) in zip(found, expected) {
      #expect(fault.hasPrefix(path + ": ") && fault.contains(part), "\(fault)")
    }
  }

  @Test("An unknown key is told with the nearest name that is missing")
  func unknownKeys() throws {
    #expect(
      try faults { $0 = $0.replacingOccurrences(of: "\"lanes\"", with: "\"lane\"") } == [
        "laneArray.lanes: missing; expected an integer in 1...65536",
        "laneArray.lane: unknown member; did you mean \"lanes\"?",
      ])
    #expect(
      try faults { $0 = $0.replacingOccurrences(of: "adderTreeCycles", with: "adderTreeCycle") } == [
        "laneArray.pipeline.adderTreeCycles: missing; expected an integer in 0...1000",
        "laneArray.pipeline.adderTreeCycle: unknown member; did you mean \"adderTreeCycles\"?",
      ])
    // The members of one kind are not those of another.
    let shift = try faults {
      $0 = $0.replacingOccurrences(of: "\"kind\":\"multiplier\"", with: "\"kind\":\"shift\"")
    }
    #expect(shift.count == 1 && shift[0].hasPrefix("laneArray.requantizer.multiplierBits: unknown member"))
    let ternary = try faults {
      $0 = $0.replacingOccurrences(of: "\"kind\":\"parallel\"", with: "\"kind\":\"ternary\"")
    }
    #expect(ternary.count == 1 && ternary[0].hasPrefix("laneArray.datapath.weightBits: unknown member"))
  }

  @Test("A file that is not a description at all is one fault")
  func notADescription() {
    #expect(faults(of: "lanes: 4").count == 1)
    #expect(faults(of: "[]").count == 1)
    #expect(faults(of: "").count == 1)
  }

  @Test("The embedded standard machine is HardwareModels/lane-array.json")
  func standardIsTheFile() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../HardwareModels/lane-array.json")
    let parsed = try HardwareDescription(parsing: Data(contentsOf: file), file: "lane-array.json")
    #expect(parsed == .standard)
    #expect(parsed.name == "lane-array" && parsed.lanes?.lanes == 16)
  }

  @Test("A machine made for other weights, capacity or clock differs in that alone")
  func variants() throws {
    let machine = HardwareDescription.standard
    #expect(machine.withWeights(bits: 5).path.datapath == .parallel(weightBits: 5, activationBits: 8))
    #expect(
      machine.withWeights(bits: 2, packing: .fiveInEightBits).path.datapath
        == .ternary(activationBits: 8, packing: .fiveInEightBits))
    #expect(machine.withWeights(bits: 3).withWeights(bits: 8) == machine)
    #expect(machine.withWeightMemory(bits: 5).weightMemoryBits == 5)
    #expect(machine.withWeightMemory(bits: 5).withWeightMemory(bits: machine.weightMemoryBits) == machine)
    #expect(machine.withClock(megahertz: 5).clockMegahertz == 5)
    #expect(machine.withClock(megahertz: 5).withClock(megahertz: machine.clockMegahertz) == machine)
  }
}
