import Datasets
import Networks

extension IntegerNetwork {
  /// The raw input words of all samples, `[samples, elements]`, by the network's preprocessing:
  /// `min(⌊pixel · numerator / denominator + 1/2⌋, largest raw value)`.
  /// - Precondition: the network says how pixels become input words.
  public func inputs(from images: ImageSet) -> [Int32] {
    guard let preprocessing else { preconditionFailure("\(name) does not say how pixels become inputs") }
    let most = Int(input.format.maximumRaw)
    let table = (0..<256).map { pixel in
      let scaled = 2 * pixel * preprocessing.numerator + preprocessing.denominator
      return Int32(min(scaled / (2 * preprocessing.denominator), most))
    }
    return images.pixels.map { table[Int($0)] }
  }
}
