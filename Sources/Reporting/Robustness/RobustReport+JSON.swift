import Exploration
import Reproducibility

extension RobustReport {
  /// All results with stable keys that name their units. Robustness is a fraction, memory is in bits.
  public var json: JSONValue {
    [
      "format": "wordlength-robust", "version": 1, "command": .string(command),
      "dataset": [
        "name": .string(results.datasetName), "sha256": .string(results.datasetDigest),
        "testSamples": .integer(results.testSamples),
      ],
      "network": .string(results.networkName), "hardware": results.hardware.json, "settings": settings.json,
      "answer": .string(answerSentence),
      "layers": .array(
        results.layers.map {
          [
            "name": .string($0.name), "storedBitsByWidth": .array($0.storedBits.map { .integer($0) }),
            "widths": .array(MixedPrecision.widths.map { .integer($0) }),
          ]
        }),
      "networks": .array(results.candidates.map { json($0) }),
      "searches": .array(results.searches.map { json($0) }),
    ]
  }

  private func json(_ interval: MeanInterval?) -> JSONValue {
    guard let interval else { return .null }
    return [
      "mean": .number(interval.mean),
      "intervalHalfWidth": interval.halfWidth.map { .number($0) } ?? .null,
    ]
  }

  private func json(_ candidate: RobustCandidate) -> JSONValue {
    let difference = baseline.flatMap { baseline in
      candidate.name == baseline.name ? nil : candidate.difference(to: baseline, inputErrors)
    }
    return [
      "name": .string(candidate.name),
      "widths": candidate.widths.map { .array($0.map { .integer($0) }) } ?? .null,
      "storedBits": candidate.storedBits.map { .integer($0) } ?? .null,
      "correctSamples": .integer(candidate.correct),
      "inputErrorRobustness": json(inputErrors.isEmpty ? nil : candidate.robustness(inputErrors)),
      "rightUnderInputErrors": json(
        inputErrors.isEmpty ? nil : candidate.rightShare(inputErrors, of: results.testSamples)),
      "differenceToUniversal": json(inputErrors.isEmpty ? nil : difference),
      "errors": .array(
        zip(results.errors, candidate.points).compactMap { error, point in
          point.map {
            [
              "kind": .string(error.kind), "size": .number(error.size),
              "survivingSamplesByDraw": .array($0.survivors.map { .integer($0) }),
              "robustness": json($0.robustness),
            ]
          }
        }),
    ]
  }

  private func json(_ search: SearchResult) -> JSONValue {
    [
      "method": .string(search.method.rawValue), "ending": .string(search.ending.rawValue),
      "layerEvaluations": .integer(search.layerEvaluations),
      "layerEvaluationsWithoutSharing": .integer(search.naiveLayerEvaluations),
      "answers": .array(search.answers.map(\.json)),
    ]
  }
}
