/// Brings every image to one brightness and contrast, from its own values alone.
///
/// An image's n values x (all rows, columns and channels together) have mean m = Σx / n and standard deviation
/// σ = √(Σ(x − m)² / n). With k = `spannedDeviations` and f = `deviationFloor`,
///
///     y = 128 + 127 / k · (x − m) / max(σ, f)                                        (1)
///
/// rounded to nearest, ties away from 128, then clamped to `0...255`: k standard deviations above and below the
/// mean span 1...255. A constant image becomes 128 throughout. Where σ ≥ f, an image a x + b with a > 0 becomes
/// what x becomes, bit for bit: (1) is rounded exactly, in integers.
///
/// Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 12.3 with λ = 0 and ε = f; Coates,
/// Ng and Lee, "An Analysis of Single-Layer Networks in Unsupervised Feature Learning" (2011), section 3.1.1,
/// who add 10 to the variance in place of a floor.
public struct GlobalContrastNormalization: Hashable, Sendable {
  /// Standard deviations on either side of the mean within the 8-bit range; in `1...127`.
  public let spannedDeviations: Int
  /// The least standard deviation to divide by, in gray levels; in `1...255`.
  public let deviationFloor: Int

  /// The normalization with these settings. The floor of 3 gray levels is near the square root of the 10 that
  /// Coates, Ng and Lee add. With 3 deviations 0.23 % of the values of CIFAR-10's test images come to 0 or 255.
  /// - Precondition: both are in their ranges.
  public init(spannedDeviations: Int = 3, deviationFloor: Int = 3) {
    precondition((1...127).contains(spannedDeviations), "\(spannedDeviations) deviations to span")
    precondition((1...255).contains(deviationFloor), "a floor of \(deviationFloor) gray levels")
    self.spannedDeviations = spannedDeviations
    self.deviationFloor = deviationFloor
  }

  /// Gray levels after normalization that one standard deviation of an image comes to.
  public var levelsPerDeviation: Double { 127 / Double(spannedDeviations) }

  /// `images` with every image normalized. O(values).
  public func applied(to images: ImageSet) -> ImageSet {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(images.pixels.count)
    for index in 0..<images.count {
      let image = images.image(index)
      let table = levels(of: image)
      for value in image { pixels.append(table[Int(value)]) }
    }
    return images.replacingPixels(pixels)
  }

  /// What each of the 256 gray levels of `image` becomes; 128 for those that it has not.
  private func levels(of image: ArraySlice<UInt8>) -> [UInt8] {
    var histogram = [Int](repeating: 0, count: 256)
    for value in image { histogram[Int(value)] += 1 }
    let count = image.count
    var sum = 0
    var squares = 0
    for level in 0..<256 {
      sum += histogram[level] * level
      squares += histogram[level] * level * level
    }
    // In units of 1/n: x − m = (n x − Σx) / n and max(σ, f)² = max(n Σx² − (Σx)², (n f)²) / n².
    let variance = Int128(count) * Int128(squares) - Int128(sum) * Int128(sum)
    let floor = Int128(count * deviationFloor)
    let divisor = max(variance, floor * floor)
    return (0..<256).map { level in
      if histogram[level] == 0 { return 128 }
      let deviation = count * level - sum
      let steps = steps(Int128(deviation.magnitude), divisorSquared: divisor)
      return UInt8(min(255, deviation < 0 ? 128 - steps : 128 + steps))
    }
  }

  /// `min(128, ⌊127 d / (k √divisorSquared) + 1/2⌋)`, exactly.
  private func steps(_ d: Int128, divisorSquared: Int128) -> Int {
    // t is reached where t − 1/2 ≤ 127 d / (k √q), that is where (2t − 1)² k² q ≤ (254 d)². For an image of n
    // values, q ≤ (255 n)² and d ≤ 255 n: both sides stay below 2⁴⁶ n², within 127 bits up to n = 2⁴⁰.
    let right = (254 * d) * (254 * d)
    let left = Int128(spannedDeviations * spannedDeviations) * divisorSquared
    var low = 0
    var high = 128
    while low < high {
      let middle = (low + high + 1) / 2
      let odd = Int128(2 * middle - 1)
      if odd * odd * left <= right { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
