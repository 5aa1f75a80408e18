import Quantization
import Reproducibility
import Testing

/// The least sum of squared distances of `values` to `count` centroids, by dynamic programming over the sorted values: an optimal cluster is a range of them.
private func leastCost(_ values: [Float], count: Int) -> Double {
  let sorted = values.map(Double.init).sorted()
  func cost(_ range: Range<Int>) -> Double {
    let mean = sorted[range].reduce(0, +) / Double(range.count)
    return sorted[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
  var best = sorted.indices.map { cost(0..<$0 + 1) }
  for _ in 1..<max(count, 1) {
    best = sorted.indices.map { last in
      (0..<last).map { best[$0] + cost($0 + 1..<last + 1) }.reduce(min(best[last], cost(0..<last + 1)), min)
    }
  }
  return best[sorted.count - 1]
}

@Suite("k-means of weights")
struct WeightClusteringTests {
  /// Values of every awkward kind: few and many, bunched, equal, of one sign, on a grid.
  private func values(_ source: inout RandomSource) -> [Float] {
    let count = 1 + source.below(40)
    let kind = source.below(5)
    return (0..<count).map { _ in
      switch kind {
      case 0: Float(source.normal())
      case 1: Float(source.below(5)) / 4
      case 2: Float(source.below(3) * 10) + Float(source.normal()) / 8
      case 3: 0.25
      default: Float(source.uniform(in: 1...2))
      }
    }
  }

  @Test("The sum of squares is never below the optimum, often equal to it, and never above the start's")
  func costs() {
    let seed: UInt64 = 701
    var source = RandomSource(seed: seed)
    var optimal = 0
    for number in 0..<600 {
      let values = values(&source)
      let count = 1 + source.below(9)
      let clustering = WeightClustering(values, count: count)
      let cost = values.reduce(0.0) { sum, value in
        let distance = Double(value) - clustering.centroids[clustering.index(of: value)]
        return sum + distance * distance
      }
      let least = leastCost(values, count: count)
      let low = Double(values.min()!)
      let high = Double(values.max()!)
      let starts = (0..<count).map {
        count == 1 ? (low + high) / 2 : low + (high - low) * Double($0) / Double(count - 1)
      }
      let startCost = values.reduce(0.0) { sum, value in
        sum + starts.map { (Double(value) - $0) * (Double(value) - $0) }.min()!
      }
      #expect(
        cost >= least - 1e-9 && cost <= startCost + 1e-9,
        "seed \(seed), case \(number): \(least) <= \(cost) <= \(startCost)")
      if cost <= least + 1e-9 { optimal += 1 }
    }
    #expect(optimal > 250, "only \(optimal) of 600 are optimal")
  }

  @Test(
    "Every value is with its nearest centroid, a tie with the lower, and every centroid is its values' mean")
  func fixedPoint() {
    let seed: UInt64 = 702
    var source = RandomSource(seed: seed)
    var empty = 0
    for number in 0..<600 {
      let values = values(&source)
      let count = 1 + source.below(9)
      let clustering = WeightClustering(values, count: count)
      let centroids = clustering.centroids
      #expect(centroids == centroids.sorted(), "seed \(seed), case \(number): \(centroids)")
      for value in values {
        let index = clustering.index(of: value)
        let distances = centroids.map { abs(Double(value) - $0) }
        let isNearest = distances.allSatisfy { distances[index] <= $0 + 1e-12 }
        let isLowest =
          index == 0 || Double(value) > (centroids[index - 1] + centroids[index]) / 2
        #expect(isNearest && isLowest, "seed \(seed), case \(number): \(value) at \(index) of \(centroids)")
      }
      for index in centroids.indices {
        let members = values.filter { clustering.index(of: $0) == index }
        guard !members.isEmpty else {
          empty += 1
          continue
        }
        let mean = members.reduce(0.0) { $0 + Double($1) } / Double(members.count)
        #expect(abs(mean - centroids[index]) < 1e-12, "seed \(seed), case \(number), centroid \(index)")
      }
    }
    #expect(empty > 100, "only \(empty) centroids without values")
  }

  @Test("Worked by hand: ties go down, empty centroids stay, order does not matter")
  func byHand() {
    // Centroids 0, 1, 2; the tie at 0.5 goes down and draws centroid 0 to 1/6 and centroid 1 nowhere: it has no value.
    let tied = WeightClustering([0, 0.5, 0, 2], count: 3)
    #expect(tied.centroids == [0.5 / 3, 1, 2])
    #expect([0, 0.5, 2].map { tied.index(of: $0) } == [0, 0, 2])
    let shuffled = WeightClustering([2, 0, 0, 0.5], count: 3)
    #expect(shuffled == tied)
    #expect(WeightClustering([3, 3, 3], count: 4).centroids == [3, 3, 3, 3])
    #expect(WeightClustering([1, 3], count: 1).centroids == [2])
    // Starts 0, 3, 6, 9 find 0, {2, 3}, {6, 7}, 9 at once.
    #expect(WeightClustering([0, 2, 3, 6, 7, 9], count: 4).centroids == [0, 2.5, 6.5, 9])
  }

  @Test("As many centroids as values at equal distances leave no error")
  func exactWhereItCanBe() {
    for count in [1, 2, 16, 256] {
      let values = (0..<count).map { Float($0) - 7 }
      let clustering = WeightClustering(values, count: count)
      #expect(values.map { clustering.centroids[clustering.index(of: $0)] } == values.map(Double.init))
    }
  }
}
