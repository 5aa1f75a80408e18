import Exploration
import Hardware
import Networks
import Reproducibility

extension ExplorationReport {
  /// All results with stable keys that name their units. Errors are fractions, memory is in bits.
  public var json: JSONValue {
    [
      "format": "wordlength-exploration", "version": 1, "command": .string(command),
      "dataset": datasetJSON, "settings": settingsJSON, "answer": answerJSON,
      "floatNetworks": .array(analysis.floats.map(json)), "floatCurve": curveJSON,
      "designs": .array(analysis.designs.map(json)), "findings": .array(findings.map { .string($0) }),
    ]
  }

  private var datasetJSON: JSONValue {
    let data = analysis.results.dataset
    return [
      "name": .string(data.name), "sha256": .string(data.digest),
      "imageShape": .array(data.imageShape.map { .integer($0) }), "classes": .integer(data.classCount),
      "trainingSamples": .integer(data.trainingCount), "validationSamples": .integer(data.validationCount),
      "testSamples": .integer(data.testCount),
    ]
  }

  private var settingsJSON: JSONValue {
    [
      "networks": .array(settings.networks.map { .string($0.description) }),
      "weightBits": .array(settings.weightWordLengths.map { .integer($0) }),
      "methods": .array(settings.methods.map { .string($0.rawValue) }),
      "signalBits": .integer(settings.signalBits), "inputBits": .integer(settings.inputBits),
      "seeds": .array(settings.seeds.map { .string(String($0)) }), "training": settings.training.key,
      "hardware": settings.hardware.json, "ternaryPacking": .string(settings.ternaryPacking.rawValue),
      "weightCapacityBits": .integer(settings.weightCapacityBits),
    ]
  }

  private var answerJSON: JSONValue {
    var object: [String: JSONValue] = ["sentence": .string(answerSentence)]
    object["design"] = json(analysis.answer)
    object["bestSeed"] = .string(String(analysis.answer.bestSeed))
    return .object(object)
  }

  private func json(_ float: FloatSummary) -> JSONValue {
    [
      "network": .string(float.network), "parameters": .integer(float.parameterCount),
      "usefulBits": .integer(float.usefulBits), "validationError": json(float.validationError),
      "testError": json(float.testError),
      "seeds": .array(
        analysis.results.floats.filter { $0.network == float.network }.map {
          [
            "seed": .string(String($0.seed)), "validationErrorCount": .integer($0.validationErrors),
            "testErrorCount": .integer($0.testErrors),
          ]
        }),
    ]
  }

  private var curveJSON: JSONValue {
    [
      "points": .array(
        analysis.curve.points.map {
          [
            "usefulBits": .number($0.bits), "meanTestError": .number($0.meanError),
            "fittedTestError": .number($0.fittedError),
          ]
        }),
      "finalStandardError": .number(analysis.curve.finalStandardError),
    ]
  }

  private func json(_ statistics: Statistics) -> JSONValue {
    [
      "mean": .number(statistics.mean), "standardError": .number(statistics.standardError),
      "count": .integer(statistics.count),
    ]
  }

  private func json(_ size: EffectiveSize) -> JSONValue {
    ["kind": .string(size.kind), "value": .number(size.value)]
  }

  private func json(_ design: DesignSummary) -> JSONValue {
    let mapping = design.mapping
    var compression: [String: JSONValue] = ["ratio": json(design.compression.ratio)]
    if let interval = design.compression.interval {
      compression["low"] = json(interval.low)
      compression["high"] = json(interval.high)
    }
    return [
      "network": .string(design.design.network),
      "weightBits": .integer(design.design.weightBits), "method": .string(design.design.method.rawValue),
      "validationError": json(design.validationError), "testError": json(design.testError),
      "gapToFloat": .number(design.gapToFloat), "usefulBits": .integer(mapping.usefulBits),
      "storedBits": .integer(mapping.storedBits), "activationBits": .integer(mapping.activationBits),
      "cycles": .integer(mapping.cycles), "inferencesPerSecond": .number(mapping.inferencesPerSecond),
      "effectiveCompressionRatio": .object(compression), "fitsCapacity": .bool(design.fits),
      "isOnParetoFront": .bool(design.isOnFront),
      "differingSamples": .object(
        Dictionary(
          uniqueKeysWithValues: design.differences.map { ($0.key.rawValue, JSONValue.integer($0.value)) })),
      "accumulatorOverflows": .integer(design.overflows),
      "layers": .array(mapping.layers.map { json($0) }),
      "seeds": .array(
        analysis.results.designs.filter { $0.design == design.design }.map {
          [
            "seed": .string(String($0.seed)),
            "validationErrorCount": .integer($0.evaluation.validationErrors),
            "testErrorCount": .integer($0.evaluation.testErrors),
            "differingSamples": .integer($0.evaluation.differenceCount),
          ]
        }),
    ]
  }

  private func json(_ layer: LayerMapping) -> JSONValue {
    [
      "name": .string(layer.name), "inputs": .integer(layer.inputs), "outputs": .integer(layer.outputs),
      "weightBits": .integer(layer.weightBits), "tiles": .integer(layer.tiles), "taps": .integer(layer.taps),
      "usefulWeightBits": .integer(layer.memory.usefulWeightBits),
      "usefulBiasBits": .integer(layer.memory.usefulBiasBits),
      "storedWeightBits": .integer(layer.memory.storedWeightBits),
      "storedBiasBits": .integer(layer.memory.storedBiasBits),
      "computeCycles": .integer(layer.cycles.compute), "drainCycles": .integer(layer.cycles.drain),
      "pipelineCycles": .integer(layer.cycles.pipeline), "cycles": .integer(layer.cycles.total),
      "utilization": .number(layer.utilization),
    ]
  }
}
