/// Which weights of a layer share a value: each weight's index into a table of centroids. Found once, and held while the centroids are retrained.
public struct WeightSharing: Sendable, Hashable {
  /// Bits of an index, 1...8.
  public let indexBits: Int
  /// The index of each weight, in the layer's order.
  public let indices: [UInt8]
  /// Whether index 0 stands for pruned weights, which are exactly 0 and stay so.
  public let reservesZero: Bool

  /// Entries of the table: 2^b.
  public var entries: Int { 1 << indexBits }

  /// Shares the values of `weights` by k-means with 2^b centroids, in ascending order; or, if some are to be pruned, the ⌊fraction · count⌋
  /// smallest magnitudes (of equal ones, the first) go to index 0 and the others to 2^b − 1 centroids from index 1 on.
  /// - Precondition: `indexBits` is in 1...8, `prunedFraction` at least 0 and below 1, and the weights are finite.
  public init(clustering weights: [Float], indexBits: Int, prunedFraction: Double = 0) {
    precondition(1...8 ~= indexBits && 0 <= prunedFraction && prunedFraction < 1)
    self.indexBits = indexBits
    reservesZero = prunedFraction > 0
    let isPruned = Self.smallest(Int((prunedFraction * Double(weights.count)).rounded(.down)), of: weights)
    let kept = zip(weights, isPruned).filter { !$1 }.map(\.0)
    let reserved = reservesZero ? 1 : 0
    guard !kept.isEmpty else {
      indices = Array(repeating: 0, count: weights.count)
      return
    }
    let clustering = WeightClustering(kept, count: 1 << indexBits - reserved)
    indices = zip(weights, isPruned).map { weight, isPruned in
      isPruned ? 0 : UInt8(clustering.index(of: weight) + reserved)
    }
  }

  /// Marks the `count` weights of smallest magnitude; of equal ones, the first.
  private static func smallest(_ count: Int, of weights: [Float]) -> [Bool] {
    guard count > 0 else { return weights.map { _ in false } }
    let threshold = weights.map(\.magnitude).sorted()[count - 1]
    var atThreshold = count - weights.reduce(0) { $0 + ($1.magnitude < threshold ? 1 : 0) }
    return weights.map { weight in
      if weight.magnitude == threshold, atThreshold > 0 {
        atThreshold -= 1
        return true
      }
      return weight.magnitude < threshold
    }
  }

  /// The table's entries: the mean of the weights that bear each index, summed in double in the layer's order; 0 for an index that no weight bears, and
  /// for that of pruned weights.
  ///
  /// Weights that are shared already keep their bits: up to 2^29 equal floats are summed without rounding.
  /// - Precondition: as many weights as indices.
  public func centroids(of weights: [Float]) -> [Float] {
    precondition(weights.count == indices.count, "\(weights.count) weights for \(indices.count) indices")
    var sums = Array(repeating: 0.0, count: entries)
    var counts = Array(repeating: 0, count: entries)
    for (weight, index) in zip(weights, indices) {
      sums[Int(index)] += Double(weight)
      counts[Int(index)] += 1
    }
    return zip(sums, counts).enumerated().map { index, member in
      (index == 0 && reservesZero) || member.1 == 0 ? 0 : Float(member.0 / Double(member.1))
    }
  }

  /// The weights with each in its centroid's place.
  /// - Precondition: as many weights as indices.
  public func shared(_ weights: [Float]) -> [Float] {
    let table = centroids(of: weights)
    return indices.map { table[Int($0)] }
  }
}
