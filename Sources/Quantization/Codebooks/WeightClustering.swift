/// k-means of numbers on a line: the step of Deep Compression that finds which weights share a value (Han, Mao and Dally 2016, section 3.1).
///
/// Centroids start at equal distances from the lowest value to the highest (the paper's linear initialization, which it found best), and Lloyd's
/// two steps follow one another until no value changes its cluster: each value goes to the nearest centroid, a tie to the lower one; each centroid goes to the
/// mean of its values. A centroid without values stays where it is. The result is a fixed point of both steps, not always the least sum of squares.
public struct WeightClustering: Sendable, Hashable {
  /// The centroids, none above the next.
  public let centroids: [Double]
  /// `boundaries[k]`: values above it, and no others, belong to clusters above k. The middle between two centroids.
  private let boundaries: [Double]

  /// The rounds after which the search ends whatever happens: a round that moves a value lowers the exact sum of squares, so that only the rounding of means
  /// could go round in circles.
  private static let mostRounds = 100_000

  /// `count` clusters of `values`. Sums are double, over the sorted values from the lowest up.
  /// - Precondition: 1 to 256 clusters of at least one value, all of them finite.
  public init(_ values: [Float], count: Int) {
    precondition(1...256 ~= count, "\(count) clusters")
    precondition(!values.isEmpty && values.allSatisfy(\.isFinite), "finite values are needed")
    let sorted = values.sorted()
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    for value in sorted { sums.append(sums[sums.count - 1] + Double(value)) }
    let low = Double(sorted[0])
    let high = Double(sorted[sorted.count - 1])
    var centroids = (0..<count).map { index in
      count == 1 ? (low + high) / 2 : low + (high - low) * Double(index) / Double(count - 1)
    }
    var boundaries: [Double] = []
    /// Where the clusters end among the sorted values.
    var ends: [Int] = []
    for _ in 0..<Self.mostRounds {
      boundaries = zip(centroids, centroids.dropFirst()).map { ($0 + $1) / 2 }
      let newEnds =
        boundaries.map { boundary in
          Self.firstIndex(in: sorted.count) { Double(sorted[$0]) > boundary }
        } + [sorted.count]
      if newEnds == ends { break }
      ends = newEnds
      for index in 0..<count {
        let first = index == 0 ? 0 : ends[index - 1]
        guard ends[index] > first else { continue }
        centroids[index] = (sums[ends[index]] - sums[first]) / Double(ends[index] - first)
      }
    }
    self.centroids = centroids
    self.boundaries = boundaries
  }

  /// The cluster of a value: that of the nearest centroid, a tie to the lower one.
  public func index(of value: Float) -> Int {
    Self.firstIndex(in: boundaries.count) { boundaries[$0] >= Double(value) }
  }

  /// The first index for which `holds` is true, or `count`; it is true from there on.
  private static func firstIndex(in count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
