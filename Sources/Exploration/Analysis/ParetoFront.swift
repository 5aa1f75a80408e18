/// Which of `points` no other dominates: none is at most as large in every objective and smaller in one. All
/// objectives are minimised; of equal points all are on the front.
public func paretoFront(_ points: [[Double]]) -> [Bool] {
  points.map { point in
    !points.contains { other in
      zip(other, point).allSatisfy { $0 <= $1 } && zip(other, point).contains { $0 < $1 }
    }
  }
}
