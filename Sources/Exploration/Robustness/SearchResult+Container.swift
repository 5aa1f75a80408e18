import Reproducibility

extension SearchResult {
  /// The result as it is kept.
  var container: Container {
    Container(
      kind: "",
      content: [
        "method": .string(method.rawValue), "ending": .string(ending.rawValue),
        "layerEvaluations": .integer(layerEvaluations),
        "naiveLayerEvaluations": .integer(naiveLayerEvaluations), "answers": .array(answers.map(\.json)),
      ], blobs: [])
  }

  /// A kept result.
  /// - Throws: where the container holds no such result for `layers` layers.
  init(_ container: Container, file: String, layers: Int) throws {
    self = try JSONReader.read(container.content, file: file) { reader -> SearchResult? in
      let method = reader.string("method").flatMap { WidthMethod(rawValue: $0) }
      let ending = reader.string("ending").flatMap { Ending(rawValue: $0) }
      let evaluations = reader.integer("layerEvaluations", in: 0...Int.max)
      let naive = reader.integer("naiveLayerEvaluations", in: 0...Int.max)
      let answers = reader.objects("answers")?.compactMap { SearchAnswer($0, layers: layers) }
      reader.finish()
      guard let method, let ending, let evaluations, let naive, let answers, let last = answers.last else {
        return nil
      }
      return SearchResult(
        method: method, choice: last.choice, answers: answers, layerEvaluations: evaluations,
        naiveLayerEvaluations: naive, ending: ending)
    }
  }
}

extension SearchAnswer {
  /// The answer as it is kept and reported.
  package var json: JSONValue {
    [
      "stage": .string(stage), "layerEvaluations": .integer(layerEvaluations),
      "widths": .array(choice.widths.map { .integer($0) }), "storedBits": .integer(choice.storedBits),
      "robustnessLoss": .number(choice.loss),
    ]
  }

  fileprivate init?(_ reader: JSONReader, layers: Int) {
    let stage = reader.string("stage")
    let evaluations = reader.integer("layerEvaluations", in: 0...Int.max)
    let widths = reader.integers("widths")
    let bits = reader.integer("storedBits", in: 0...Int.max)
    let loss = reader.number("robustnessLoss")
    reader.finish()
    guard let stage, let evaluations, let widths, widths.count == layers, let bits, let loss,
      widths.allSatisfy({ MixedPrecision.widths.contains($0) })
    else { return nil }
    self.init(
      stage: stage, layerEvaluations: evaluations,
      choice: WidthChoice(widths: widths, storedBits: bits, loss: loss))
  }
}
