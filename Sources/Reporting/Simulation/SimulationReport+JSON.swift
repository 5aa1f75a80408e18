import Hardware
import Reproducibility

extension SimulationReport {
  /// Everything, with keys that name units. Counts are of one input unless their keys say otherwise.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "network": .string(network), "hardware": mapping.hardware.json, "model": .string(model),
      "samples": .integer(samples), "cycles": .integer(mapping.cycles),
      "cyclesOfAllSamples": .integer(mapping.cycles(batch: samples)),
      "inferencesPerSecond": .number(mapping.inferencesPerSecond),
      "usefulWeightMemoryBits": .integer(mapping.usefulBits),
      "storedWeightMemoryBits": .integer(mapping.storedBits),
      "activationMemoryBits": .integer(mapping.activationBits), "events": mapping.events.json,
      "layers": .array(mapping.layers.enumerated().map { json($1, index: $0) }),
    ]
    if let accuracy {
      object["classificationErrors"] = .integer(accuracy.errors)
      object["labeledSamples"] = .integer(accuracy.samples)
    }
    if let result {
      object["accumulatorOverflowsOfAllSamples"] = .integer(result.overflows.reduce(0, +))
    }
    return .object(object)
  }

  private func json(_ layer: LayerMapping, index: Int) -> JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(layer.name), "outputs": .integer(layer.outputs),
      "inputsPerOutput": .integer(layer.inputs),
      "weightBits": .integer(layer.weightBits), "positions": .integer(layer.positions),
      "tiles": .integer(layer.tiles), "taps": .integer(layer.taps), "bands": .integer(layer.bands),
      "multiplyAccumulates": .integer(layer.usefulMACs), "isResident": .bool(layer.isResident),
      "usefulWeightMemoryBits": .integer(layer.memory.usefulBits),
      "storedWeightMemoryBits": .integer(layer.memory.storedBits),
      "usefulCodebookBits": .integer(layer.memory.usefulCodebookBits), "cycles": layer.cycles.json,
      "utilization": .number(layer.utilization), "events": layer.events.json,
    ]
    if let result { object["accumulatorOverflowsOfAllSamples"] = .integer(result.overflows[index]) }
    return .object(object)
  }
}

extension LayerCycles {
  fileprivate var json: JSONValue {
    [
      "compute": .integer(compute), "drain": .integer(drain), "weightStall": .integer(weightStall),
      "activationStall": .integer(activationStall), "pipeline": .integer(pipeline), "total": .integer(total),
    ]
  }
}

extension LayerEvents {
  fileprivate var json: JSONValue {
    [
      "multiplications": .integer(multiplications), "accumulations": .integer(accumulations),
      "requantizations": .integer(requantizations), "tableLookups": .integer(tableLookups),
      "vectorOperations": .integer(vectorOperations), "decodeTableReads": .integer(decodeTableReads),
      "decodeTableBitsWritten": .integer(decodeTableBitsWritten),
      "weightBitsRead": .integer(weightBitsRead),
      "startBitsRead": .integer(startBitsRead), "activationBitsRead": .integer(activationBitsRead),
      "activationBitsWritten": .integer(activationBitsWritten), "externalBits": .integer(externalBits),
    ]
  }
}
