import FixedPoint
import Testing

@Suite("Division by an integer")
struct DivisionTests {
  /// `x / divisor` by `rounding`, from the two integers next to the exact quotient and its distances to them.
  private func rational(_ x: Int128, _ divisor: Int128, _ rounding: Rounding) -> Int128 {
    var below = x / divisor
    while below * divisor > x { below -= 1 }
    while (below + 1) * divisor <= x { below += 1 }
    let above = below + 1
    let toBelow = x - below * divisor
    let toAbove = above * divisor - x
    if toBelow == 0 { return below }
    let towardZero = x > 0 ? below : above
    let awayFromZero = x > 0 ? above : below
    let even = below % 2 == 0 ? below : above
    func nearest(tie: Int128) -> Int128 { toBelow == toAbove ? tie : toBelow < toAbove ? below : above }
    return switch rounding {
    case .down: below
    case .up: above
    case .towardZero: towardZero
    case .awayFromZero: awayFromZero
    case .nearestTiesDown: nearest(tie: below)
    case .nearestTiesUp: nearest(tie: above)
    case .nearestTiesTowardZero: nearest(tie: towardZero)
    case .nearestTiesAwayFromZero: nearest(tie: awayFromZero)
    case .nearestTiesToEven: nearest(tie: even)
    case .nearestTiesToOdd: nearest(tie: even == below ? above : below)
    }
  }

  @Test("Every small quotient is the rational one rounded", arguments: Rounding.allCases)
  func smallQuotients(_ rounding: Rounding) {
    for divisor in Int64(1)...24 {
      for x in Int64(-130)...130 {
        let expected = rational(Int128(x), Int128(divisor), rounding)
        #expect(
          Int128(x.divided(by: divisor, rounding: rounding)) == expected, "\(x) / \(divisor), \(rounding)")
      }
    }
  }

  @Test("So is every quotient at the ends of both ranges", arguments: Rounding.allCases)
  func largeQuotients(_ rounding: Rounding) {
    let middles: [Int64] = [.min, -1 << 62, -1 << 61, -1, 0, 1, 1 << 61, 1 << 62, .max]
    let divisors: [Int64] = [1, 2, 3, (1 << 61) - 1, 1 << 61, (1 << 61) + 1, (1 << 62) - 1, 1 << 62]
    for divisor in divisors {
      for x in middles.flatMap({ [$0 &- 1, $0, $0 &+ 1] }) {
        let expected = rational(Int128(x), Int128(divisor), rounding)
        #expect(
          Int128(x.divided(by: divisor, rounding: rounding)) == expected, "\(x) / \(divisor), \(rounding)")
      }
    }
  }

  @Test("By a power of two it is the rounding shift", arguments: Rounding.allCases)
  func agreesWithShift(_ rounding: Rounding) {
    for bits in [0, 1, 2, 5, 31, 61, 62] {
      for x in [Int64.min, -(1 << 62) - 1, -97, -4, -3, -1, 0, 1, 2, 6, 99, (1 << 61) + 1, .max] {
        #expect(
          x.divided(by: 1 << Int64(bits), rounding: rounding) == x.shiftedRight(bits, rounding: rounding),
          "\(x) / 2^\(bits), \(rounding)")
      }
    }
  }
}
