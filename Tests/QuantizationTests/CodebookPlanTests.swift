import FixedPoint
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Weights that share values")
struct CodebookPlanTests {
  private func network(seed: UInt64 = 721) throws -> FloatNetwork {
    try FeedForwardTopology(hiddenLayers: 2, units: 12, activation: .sigmoid)
      .network(inputShape: [4, 2], classes: 5, random: RandomSource(seed: seed))
  }

  private func plan(
    _ network: FloatNetwork, _ codebook: CodebookRecipe, bits: Int = 8,
    holding held: QuantizationPlan? = nil
  ) throws -> QuantizationPlan {
    try QuantizationPlan(
      network: network, recipe: QuantizationRecipe(weightWordLength: bits, codebook: codebook),
      calibration: { _ in [] }, holding: held)
  }

  private func weights(_ network: FloatNetwork) -> [(name: String, weights: [Float])] {
    network.nodes.compactMap { node in
      if case .dense(let dense) = node.operation { (node.name, dense.weights.elements) } else { nil }
    }
  }

  @Test("Pruning takes the smallest magnitudes, of equal ones the first, and as many as the fraction says")
  func pruning() {
    let seed: UInt64 = 722
    var source = RandomSource(seed: seed)
    for number in 0..<300 {
      let weights = (0..<1 + source.below(60)).map { _ in Float(source.below(21) - 10) / 4 }
      let fraction = Double(1 + source.below(98)) / 100
      let bits = 1 + source.below(4)
      let sharing = WeightSharing(clustering: weights, indexBits: bits, prunedFraction: fraction)
      let count = Int(fraction * Double(weights.count))
      let expected = weights.indices.sorted { (abs(weights[$0]), $0) < (abs(weights[$1]), $1) }[..<count]
      let pruned = sharing.indices.indices.filter { sharing.indices[$0] == 0 }
      #expect(pruned == expected.sorted(), "seed \(seed), case \(number): \(weights), \(fraction)")
      #expect(sharing.centroids(of: weights)[0] == 0 && sharing.indices.allSatisfy { $0 < 1 << bits })
    }
  }

  @Test("Entries are the means of their members; what is shared keeps its bits; unborne entries are 0")
  func means() {
    let seed: UInt64 = 723
    var source = RandomSource(seed: seed)
    for number in 0..<100 {
      let weights = (0..<1 + source.below(500)).map { _ in Float(source.normal()) / 3 }
      let bits = 1 + source.below(8)
      let sharing = WeightSharing(
        clustering: weights, indexBits: bits, prunedFraction: number % 2 == 0 ? 0 : 0.4)
      let table = sharing.centroids(of: weights)
      #expect(table.count == 1 << bits)
      for entry in table.indices {
        let members = weights.indices.filter { Int(sharing.indices[$0]) == entry }.map { weights[$0] }
        let mean = members.reduce(0.0) { $0 + Double($1) } / Double(max(members.count, 1))
        let isZero = members.isEmpty || (entry == 0 && number % 2 == 1)
        #expect(
          abs(Double(table[entry]) - (isZero ? 0 : mean)) < 1e-7, "seed \(seed), case \(number), \(entry)")
      }
      let shared = sharing.shared(weights)
      #expect(zip(shared, sharing.indices).allSatisfy { $0 == table[Int($1)] })
      #expect(sharing.shared(shared) == shared, "seed \(seed), case \(number)")
    }
  }

  @Test(
    "The integer network's weights are the quantised means, looked up; the file gives them back",
    arguments: [0, 0.5], [1, 3, 8])
  func integerNetwork(prunedFraction: Double, bits: Int) throws {
    let network = try network()
    let recipe = CodebookRecipe(
      indexBits: bits, indexBitsByLayer: ["logits": 4, "hidden1": 2], prunedFraction: prunedFraction)
    let plan = try plan(network, recipe, bits: 6)
    let integers = try plan.integerNetwork(from: network)
    for ((name, weights), node) in zip(weights(network), integers.nodes) {
      let layer = try #require(integers.weightedLayer(of: node))
      let codebook = try #require(layer.codebook)
      #expect(codebook.indexBits == ["logits": 4, "hidden1": 2][node.name] ?? bits)
      #expect(layer.weightWordLength == 6)
      let step = Double(plan.weights[name]!.quantizers[0].step)
      for entry in codebook.table.indices {
        let members = weights.indices.filter { Int(codebook.indices[$0]) == entry }.map { weights[$0] }
        let isZero = members.isEmpty || (prunedFraction > 0 && entry == 0)
        let mean = isZero ? 0 : members.reduce(0.0) { $0 + Double($1) } / Double(members.count)
        let level = min(max((mean / step).rounded(.toNearestOrAwayFromZero), -31), 31)
        // A mean on the verge of two levels may fall to either, as it is rounded to single precision.
        #expect(abs(Double(codebook.table[entry]) - level) <= (abs(mean / step - level) > 0.4999 ? 1 : 0))
      }
      for (index, weight) in zip(codebook.indices, layer.weights) {
        #expect(weight == codebook.table[Int(index)])
      }
    }
    #expect(try IntegerNetwork(fileData: integers.fileData, file: "f") == integers)
    // A network whose weights are shared already is the same network.
    #expect(try plan.integerNetwork(from: plan.sharingWeights(of: network)) == integers)
  }

  @Test("A held plan keeps which weights share a value, whatever they have become")
  func held() throws {
    let network = try network()
    let other = try self.network(seed: 724)
    let plan = try plan(network, CodebookRecipe(indexBits: 3))
    let refitted = try self.plan(other, CodebookRecipe(indexBits: 3), holding: plan)
    let fresh = try self.plan(other, CodebookRecipe(indexBits: 3))
    for name in plan.weights.keys {
      #expect(refitted.weights[name]!.sharing == plan.weights[name]!.sharing)
      #expect(fresh.weights[name]!.sharing != plan.weights[name]!.sharing)
    }
  }

  @Test("What is out of range or names no layer is told")
  func faults() throws {
    let network = try network()
    func message(_ codebook: CodebookRecipe, _ granularity: StepGranularity = .layer) -> String {
      do {
        _ = try QuantizationPlan(
          network: network,
          recipe: QuantizationRecipe(weightWordLength: 8, granularity: granularity, codebook: codebook),
          calibration: { _ in [] })
        return "accepted"
      } catch { return error.description }
    }
    #expect(message(CodebookRecipe(indexBits: 4)) == "accepted")
    #expect(message(CodebookRecipe(indexBits: 0)).contains("indices of 0 bits; 1 to 8"))
    #expect(message(CodebookRecipe(indexBits: 9)).contains("indices of 9 bits; 1 to 8"))
    #expect(
      message(CodebookRecipe(indexBits: 4, indexBitsByLayer: ["logits": 12])).contains("logits of 12 bits"))
    #expect(
      message(CodebookRecipe(indexBits: 4, indexBitsByLayer: ["logit": 2])).contains("which is no layer"))
    #expect(message(CodebookRecipe(indexBits: 4, prunedFraction: 1)).contains("a pruned share of 1.0"))
    #expect(message(CodebookRecipe(indexBits: 4, prunedFraction: .nan)).contains("a pruned share of nan"))
    #expect(message(CodebookRecipe(indexBits: 4), .outputChannel).contains("output channel of a codebook"))
  }

  @Test("Memory is counted part by part: indices, entries, biases, and the indices' coded size")
  func memory() throws {
    let integers = try plan(try network(), CodebookRecipe(indexBits: 3)).integerNetwork(from: try network())
    let layer = try #require(integers.weightedLayer(of: integers.nodes[0]))
    let memory = try #require(CodebookMemory(layer, accumulatorBits: 24))
    #expect(memory.indexBits == 8 * 12 * 3 && memory.codebookBits == 8 * 8 && memory.biasBits == 12 * 24)
    #expect(memory.usefulBits == 288 + 64 + 288)
    let stream = HuffmanStream(layer.codebook!.indices, indexBits: 3)
    #expect(memory.codedIndexBits == stream.bitCount && memory.codedBits == stream.bitCount + 64 + 288)
    let plain = try QuantizationPlan(
      network: try network(), recipe: QuantizationRecipe(weightWordLength: 8), calibration: { _ in [] }
    ).integerNetwork(from: try network())
    #expect(
      CodebookMemory(try #require(plain.weightedLayer(of: plain.nodes[0])), accumulatorBits: 24) == nil)
  }

  @Test("A recipe's key tells codebooks apart, and is what it was where there are none")
  func keys() {
    let recipes = [
      QuantizationRecipe(weightWordLength: 8),
      QuantizationRecipe(weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3)),
      QuantizationRecipe(weightWordLength: 8, codebook: CodebookRecipe(indexBits: 4)),
      QuantizationRecipe(weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3, prunedFraction: 0.5)),
      QuantizationRecipe(
        weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3, indexBitsByLayer: ["a": 2])),
      QuantizationRecipe(weightWordLength: 8, granularity: .outputChannel),
    ].map(\.key.canonicalText)
    #expect(Set(recipes).count == recipes.count)
    #expect(!recipes[0].contains("codebook") && !recipes[0].contains("granularity"))
  }
}
