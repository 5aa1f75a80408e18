import Exploration
import Reproducibility
import Testing

@Suite("Pareto front")
struct ParetoFrontTests {
  @Test("A point is on the front exactly where nothing is as good everywhere and better somewhere")
  func definition() {
    var source = RandomSource(seed: 95)
    var ties = 0
    for number in 0..<400 {
      let objectives = 1 + source.below(3)
      // Few values, so that ties and equal points are common.
      let points = (0..<1 + source.below(12)).map { _ in
        (0..<objectives).map { _ in Double(source.below(4)) }
      }
      let front = paretoFront(points)
      #expect(front.count == points.count)
      for (index, point) in points.enumerated() {
        var isDominated = false
        for other in points {
          var better = 0
          var worse = 0
          for objective in 0..<objectives {
            if other[objective] < point[objective] { better += 1 }
            if other[objective] > point[objective] { worse += 1 }
          }
          if better > 0 && worse == 0 { isDominated = true }
        }
        #expect(front[index] == !isDominated, "case \(number): \(points), point \(index)")
        if front[index], points.filter({ $0 == point }).count > 1 { ties += 1 }
      }
    }
    #expect(ties > 50)
  }

  @Test("By hand: equal points are all on the front, or none")
  func byHand() {
    #expect(paretoFront([[1, 2], [2, 1], [2, 2], [1, 2]]) == [true, true, false, true])
    #expect(paretoFront([[3, 3], [3, 3], [2, 3]]) == [false, false, true])
    #expect(paretoFront([]) == [])
  }
}
