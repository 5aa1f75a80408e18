import Reproducibility

/// What a search came to, and how long it took where it was done.
public struct TimedSearch: Sendable, Hashable {
  /// The result.
  public let result: SearchResult
  /// Seconds from the start to each of its answers.
  public let answerSeconds: [Double]
  /// Seconds from the start to the end.
  public let seconds: Double

  /// A timed result.
  init(result: SearchResult, answerSeconds: [Double], seconds: Double) {
    self.result = result
    self.answerSeconds = answerSeconds
    self.seconds = seconds
  }

  /// The result as it is kept.
  var container: Container {
    Container(
      kind: "",
      content: [
        "method": .string(result.method.rawValue), "ending": .string(result.ending.rawValue),
        "layerEvaluations": .integer(result.layerEvaluations),
        "naiveLayerEvaluations": .integer(result.naiveLayerEvaluations),
        "answers": .array(result.answers.map(\.json)),
        "answerSeconds": .array(answerSeconds.map { .number($0) }), "seconds": .number(seconds),
      ], blobs: [])
  }

  /// A kept result.
  /// - Throws: where the container holds no such result for `layers` layers.
  init(_ container: Container, file: String, layers: Int) throws {
    self = try JSONReader.read(container.content, file: file) { reader -> TimedSearch? in
      let method = reader.string("method").flatMap { WidthMethod(rawValue: $0) }
      let ending = reader.string("ending").flatMap { SearchResult.Ending(rawValue: $0) }
      let evaluations = reader.integer("layerEvaluations", in: 0...Int.max)
      let naive = reader.integer("naiveLayerEvaluations", in: 0...Int.max)
      let answers = reader.objects("answers")?.compactMap { SearchAnswer($0, layers: layers) }
      let answerSeconds = reader.numbers("answerSeconds")
      let seconds = reader.number("seconds")
      reader.finish()
      guard let method, let ending, let evaluations, let naive, let answers, let last = answers.last,
        let answerSeconds, answerSeconds.count == answers.count, let seconds
      else { return nil }
      return TimedSearch(
        result: SearchResult(
          method: method, choice: last.choice, answers: answers, layerEvaluations: evaluations,
          naiveLayerEvaluations: naive, ending: ending), answerSeconds: answerSeconds, seconds: seconds)
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
