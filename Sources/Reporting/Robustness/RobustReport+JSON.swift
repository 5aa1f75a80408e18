import Exploration
import Reproducibility

extension RobustReport {
  /// All results with stable keys that name their units. Robustness is a fraction, memory is in bits.
  public var json: JSONValue {
    [
      "format": "wordlength-robust", "version": 2, "command": .string(command),
      "dataset": [
        "name": .string(results.datasetName), "sha256": .string(results.datasetDigest),
        "testSamples": .integer(results.testSamples),
      ],
      "topology": .string(results.networkName),
      "networks": .array(
        results.networks.map { ["file": .string($0.file), "sha256": .string($0.digest)] }),
      "hardware": results.hardware.json, "settings": settings.json,
      "layers": .array(
        results.layers.map {
          [
            "name": .string($0.name), "storedBitsByWidth": .array($0.storedBits.map { .integer($0) }),
            "widths": .array(MixedPrecision.widths.map { .integer($0) }),
          ]
        }), "float": json(results.float, in: nil),
      "budgets": .array(
        results.budgets.map { budget in
          [
            "budgetBits": .integer(budget.bits), "answer": .string(answerSentence(budget)),
            "candidates": .array(budget.candidates.map { json($0, in: budget) }),
            "searches": .array(budget.searches.map { .array($0.map { json($0) }) }),
          ]
        }),
    ]
  }

  private func json(_ interval: MeanInterval?) -> JSONValue {
    guard let interval else { return .null }
    return [
      "mean": .number(interval.mean),
      "intervalHalfWidth": interval.halfWidth.map { .number($0) } ?? .null,
    ]
  }

  private func json(_ candidate: RobustCandidate, in budget: RobustBudget?) -> JSONValue {
    func score(_ score: RobustScore, _ errors: [Int]) -> JSONValue {
      json(errors.isEmpty ? nil : candidate.interval(score, errors))
    }
    func difference(_ score: RobustScore) -> JSONValue {
      json(budget.flatMap { self.difference(score, of: candidate, in: $0, inputErrors) })
    }
    return [
      "name": .string(candidate.name), "testError": json(candidate.testError),
      "inputErrorRobustness": score(.robustness, inputErrors),
      "robustnessDifferenceToUniversal": difference(.robustness),
      "rightUnderInputErrors": score(.rightShare, inputErrors),
      "rightDifferenceToUniversal": difference(.rightShare),
      "errors": .array(
        results.errors.enumerated().compactMap { index, error in
          candidate.interval(.robustness, [index]).map {
            [
              "kind": .string(error.kind), "size": .number(error.size), "robustness": json($0),
              "right": score(.rightShare, [index]),
            ]
          }
        }),
      "networks": .array(
        candidate.runs.map { run in
          [
            "layerBits": run.layerBits.map { .array($0.map { .integer($0) }) } ?? .null,
            "storedBits": run.storedBits.map { .integer($0) } ?? .null,
            "huffmanCodedBits": run.codedBits.map { .integer($0) } ?? .null,
            "correctSamples": .integer(run.correct),
            "survivingSamplesByErrorAndDraw": .array(
              run.points.map { point in
                point.map { .array($0.survivors.map { .integer($0) }) } ?? .null
              }),
          ]
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
