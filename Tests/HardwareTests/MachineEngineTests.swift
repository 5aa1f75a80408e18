import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Machine engine")
struct MachineEngineTests {
  /// What was drawn, so that a test can say that nothing was left out.
  private struct Drawn {
    var wrapped = 0
    var saturated = 0
    var bytes = 0
    var wide = 0
    var rejected = 0
    var misfits = 0
    var singleLane = 0
    var idleLanes = 0
    var raggedTaps = 0
    var signedInputs = 0
    var zeroPoints = 0
    var units: [String: Int] = [:]
  }

  @Test("Outputs and overflow counts are those of adding one tap at a time", arguments: [1, 2, 3, 4])
  func tapByTap(seed: UInt64) throws {
    var random = RandomNetworks(seed: seed)
    var drawn = Drawn()
    for number in 0..<800 {
      let machine = random.machine()
      let network = try random.network(for: machine)
      let hardware = try machine.hardware()
      let oracle = TapByTap(
        network: network, inputsPerCycle: machine.inputsPerCycle,
        accumulatorBits: machine.accumulatorBits, overflow: machine.overflow)
      let label = "seed \(seed), case \(number), machine \(machine)"
      let canOverflow = oracle.canOverflow
      let engines: [MachineEngine]
      do {
        engines = try [OverflowCounting.everywhere, .whereSumsCanOverflow].map {
          try MachineEngine(network, on: hardware, counting: $0)
        }
      } catch let error as HardwareError {
        switch error.reason {
        case .biasDoesNotFit:
          #expect(oracle.hasMisfittingStart, "\(label): \(error)")
          drawn.misfits += 1
        case .accumulatorMayOverflow:
          #expect(machine.overflow == .reject && canOverflow.contains(true), "\(label): \(error)")
          drawn.rejected += 1
        default: Issue.record("\(label): \(error)")
        }
        continue
      }
      #expect(!oracle.hasMisfittingStart, "\(label)")
      #expect(machine.overflow != .reject || !canOverflow.contains(true), "\(label)")

      // Now and then enough samples for several threads.
      let samples = number % 50 == 0 ? 150 : 3
      let inputs = random.inputs(network.input, samples: samples)
      var expected: [Int64] = []
      var overflows = [Int](repeating: 0, count: network.nodes.count)
      for sample in 0..<samples {
        let size = network.input.count
        let outcome = oracle.run(Array(inputs[sample * size..<(sample + 1) * size]))
        expected += outcome.outputs
        for (layer, count) in outcome.overflows.enumerated() { overflows[layer] += count }
      }
      let instructionSet = random.source.pick(InstructionSet.allCases.filter(\.isAvailable))
      let resources = ComputeResources(
        threads: random.source.integer(in: 1...3), instructionSet: instructionSet)
      for engine in engines {
        let result = try engine.run(inputs, resources: resources)
        #expect(result.outputs == expected, "\(label), \(instructionSet)")
        #expect(result.overflows == overflows, "\(label), \(instructionSet)")
      }
      note(machine, network, overflows: overflows, canOverflow: canOverflow, in: &drawn)
    }
    for (what, count) in [
      ("wrapping", drawn.wrapped), ("saturating", drawn.saturated), ("byte kernel", drawn.bytes),
      ("64-bit kernel", drawn.wide), ("rejected", drawn.rejected), ("bias too wide", drawn.misfits),
      ("single lane", drawn.singleLane), ("more lanes than outputs", drawn.idleLanes),
      ("ragged taps", drawn.raggedTaps), ("signed inputs", drawn.signedInputs),
      ("zero points", drawn.zeroPoints), ("shift", drawn.units["shift", default: 0]),
      ("multiplier", drawn.units["multiplier", default: 0]),
      ("doubling", drawn.units["doubling", default: 0]),
      ("table", drawn.units["table", default: 0]), ("clamp", drawn.units["clamp", default: 0]),
      ("accumulators", drawn.units["accumulators", default: 0]),
    ] {
      #expect(count >= 10, "seed \(seed): only \(count) cases of \(what) were drawn")
    }
  }

  private func note(
    _ machine: TestMachine, _ network: IntegerNetwork, overflows: [Int], canOverflow: [Bool],
    in drawn: inout Drawn
  ) {
    if overflows.contains(where: { $0 > 0 }) {
      if machine.overflow == .wrap { drawn.wrapped += 1 } else { drawn.saturated += 1 }
    }
    drawn.singleLane += machine.lanes == 1 ? 1 : 0
    drawn.signedInputs += network.input.format.isSigned ? 1 : 0
    drawn.zeroPoints += network.input.zeroPoint != 0 ? 1 : 0
    for (node, mayOverflow) in zip(network.nodes, canOverflow) {
      guard case .dense(let dense) = node.operation else { continue }
      drawn.idleLanes += machine.lanes > dense.outputs ? 1 : 0
      drawn.raggedTaps += dense.inputs % machine.inputsPerCycle != 0 ? 1 : 0
      let format = network.tensor(node.inputs[0])!.format
      let isBytes = !format.isSigned && format.wordLength <= 8 && dense.weightWordLength <= 8
      if !mayOverflow && isBytes { drawn.bytes += 1 }
      if !mayOverflow && !isBytes { drawn.wide += 1 }
      let unit: Requantization
      switch dense.outputStage {
      case .accumulators:
        drawn.units["accumulators", default: 0] += 1
        continue
      case .clamp(let requantization, _, _):
        drawn.units["clamp", default: 0] += 1
        unit = requantization
      case .table(let requantization, _):
        drawn.units["table", default: 0] += 1
        unit = requantization
      }
      switch unit {
      case .shift: drawn.units["shift", default: 0] += 1
      case .multiplier: drawn.units["multiplier", default: 0] += 1
      case .doublingHighMultiply: drawn.units["doubling", default: 0] += 1
      }
    }
  }

  @Test("Threads and instruction sets change no output and no count")
  func resourcesDoNotMatter() throws {
    var random = RandomNetworks(seed: 5)
    for number in 0..<60 {
      let machine = random.machine()
      let network = try random.network(for: machine)
      guard let engine = try? MachineEngine(network, on: try machine.hardware()) else { continue }
      let inputs = random.inputs(network.input, samples: 200)
      let expected = try engine.run(
        inputs, resources: ComputeResources(threads: 1, instructionSet: .portable))
      for instructionSet in InstructionSet.allCases where instructionSet.isAvailable {
        for threads in 1...4 {
          let resources = ComputeResources(threads: threads, instructionSet: instructionSet)
          #expect(
            try engine.run(inputs, resources: resources) == expected,
            "case \(number), \(threads) threads, \(instructionSet)")
        }
      }
    }
  }

  @Test("Where no sum overflows the engine gives what the network means")
  func agreesWithTheReference() throws {
    var random = RandomNetworks(seed: 6)
    var cases = 0
    for number in 0..<400 {
      let machine = random.machine()
      let network = try random.network(for: machine)
      guard let engine = try? MachineEngine(network, on: try machine.hardware()) else { continue }
      let inputs = random.inputs(network.input, samples: 4)
      let result = try engine.run(inputs, resources: .all)
      guard result.overflows.allSatisfy({ $0 == 0 }) else { continue }
      let size = network.input.count
      let expected = (0..<4).flatMap { sample in
        network.referenceTensors(of: inputs[sample * size..<(sample + 1) * size].map { Int64($0) })[
          network.output.name]!
      }
      #expect(result.outputs == expected, "case \(number)")
      cases += 1
    }
    #expect(cases > 100)
  }

  @Test("Equal logits are classed as the lowest index")
  func tiesGoToTheLowestIndex() throws {
    let network = try IntegerNetwork(
      name: "ties", input: IntegerTensor(shape: [1], format: integers(.unsigned, 4)),
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [4, 1], elements: [0, 1, 1, -1]), weightWordLength: 2,
              biases: [0, 0, 0, 0], outputStage: .accumulators)),
          output: IntegerTensor(shape: [4], format: integers(.signed, 32)))
      ])
    let engine = try MachineEngine(network, on: try TestMachine().hardware())
    // At 0 all four are equal; at 3 the second and third are.
    #expect(try engine.run([0, 3], resources: .all).classes == [0, 1])
  }
}
