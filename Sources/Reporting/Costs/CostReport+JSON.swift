import Costs
import Hardware
import Reproducibility

extension CostReport {
  /// Everything, with keys that name units.
  public var json: JSONValue {
    [
      "format": "wordlength-cost", "version": 1, "command": .string(command),
      "technology": .string(technology.name), "memoryCell": .string(memoryCell.rawValue),
      "machines": .array(machines.map(json)), "remarks": .array(remarks.map { .string($0) }),
      "modelErrors": calibration.json,
    ]
  }

  private func json(_ machine: MachineCost) -> JSONValue {
    let area = machine.area
    var object: [String: JSONValue] = [
      "hardware": machine.hardware.json, "name": .string(machine.hardware.name),
      "areaSquareMicrometers": .number(area.areaSquareMicrometers),
      "gateEquivalents": .number(area.gateEquivalents), "leakageNanowatts": .number(area.leakageNanowatts),
      "blocks": .array(area.blocks.map(json)),
    ]
    if let network = machine.network {
      object["network"] = json(network)
      object["inferencesPerSecondPerSquareMillimeter"] = .number(
        machine.inferencesPerSecondPerSquareMillimeter ?? 0)
    }
    return .object(object)
  }

  private func json(_ block: BlockArea) -> JSONValue {
    var object: [String: JSONValue] = [
      "block": .string(block.block.rawValue), "areaSquareMicrometers": .number(block.areaSquareMicrometers),
      "gateEquivalents": .number(block.gateEquivalents),
    ]
    if let memory = block.memory {
      object["memory"] = [
        "banks": .integer(memory.count), "bankBits": .integer(memory.bank.bits),
        "wordBits": .integer(memory.bank.wordBits), "macrosOfABank": .integer(memory.bank.macros),
        "coverage": .string(memory.bank.coverage.rawValue),
        "isExtrapolated": .bool(memory.bank.coverage > .severalMacros),
        "leakageNanowatts": .number(memory.leakageNanowatts),
        "readPicojoulesPerWord": .number(memory.bank.readPicojoules),
        "writePicojoulesPerWord": .number(memory.bank.writePicojoules),
        "accessNanoseconds": .number(memory.bank.accessNanoseconds),
      ]
    }
    if block.bill != .none {
      object["cells"] = .object(
        Dictionary(
          uniqueKeysWithValues: LogicCell.allCases.filter { block.bill[$0] > 0 }.map {
            ($0.rawValue, JSONValue.integer(block.bill[$0]))
          }))
    }
    return .object(object)
  }

  private func json(_ network: NetworkCost) -> JSONValue {
    let memory = network.memory
    let energy = network.energy
    return [
      "name": .string(network.network), "cycles": .integer(network.mapping.cycles),
      "inferencesPerSecond": .number(network.mapping.inferencesPerSecond),
      "seconds": .number(energy.seconds), "chipPicojoules": .number(energy.chipPicojoules),
      "externalPicojoules": .number(energy[.externalMemory]), "chipWatts": .number(energy.chipWatts),
      "externalWatts": .number(energy.externalWatts), "components": json { energy[$0] },
      "weightMemory": [
        "capacityBits": .integer(memory.capacityBits), "residentBits": .integer(memory.residentBits),
        "streamedBits": .integer(memory.streamedBits), "streamingSlotBits": .integer(memory.streamingBits),
        "freeBits": .integer(memory.freeBits), "usefulBits": .integer(memory.usefulBits),
        "storedBits": .integer(memory.storedBits),
      ],
      "activationMemory": [
        "capacityBits": .integer(memory.activationCapacityBits),
        "peakBits": .integer(memory.activationPeakBits),
      ],
      "regions": .array(memory.regions.map(json)),
      "layers": .array(
        energy.layers.map { layer in
          [
            "name": .string(layer.layer), "picojoules": .number(layer.total),
            "components": json { layer[$0] },
          ]
        }),
    ]
  }

  private func json(_ picojoules: (EnergyComponent) -> Double) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: EnergyComponent.allCases.filter { picojoules($0) > 0 }.map {
          ("\($0.rawValue)Picojoules", JSONValue.number(picojoules($0)))
        }))
  }

  private func json(_ region: MemoryUse.Region) -> JSONValue {
    var object: [String: JSONValue] = [
      "layer": .string(region.layer), "weightBits": .integer(region.weightBits),
      "usefulBits": .integer(region.usefulBits), "storedBits": .integer(region.storedBits),
      "isResident": .bool(region.isResident),
    ]
    object["firstBit"] = region.firstBit.map { .integer($0) }
    return .object(object)
  }
}
