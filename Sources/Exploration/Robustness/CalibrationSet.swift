import Datasets
import Networks
import Quantization
import Tensors
import Training

/// Labeled images with errors on which choices of widths are compared, and what the float network makes of them.
public struct CalibrationSet: Sendable {
  /// The images, disturbed.
  public let images: ImageSet
  /// The float network's margin of each image: the logit of its label less the largest other.
  public let floatMargins: [Double]

  /// How many images.
  public var count: Int { images.count }

  /// The first `count` of `images`, in turn without an error and with each of `disturbances`, every image with a draw of its own.
  /// - Throws: `ExplorationError.badSetting` where there is no image.
  public init(
    _ images: ImageSet, count: Int, disturbances: [InputDisturbance], seed: UInt64, network: FloatNetwork,
    resources: ComputeResources
  ) throws(ExplorationError) {
    let count = min(count, images.count)
    guard count > 0 else {
      throw .badSetting(
        "there is no calibration data: \(images.count) validation images; hold out at least one")
    }
    let turns = disturbances.count + 1
    var pixels: [UInt8] = []
    for index in 0..<count {
      if index % turns == 0 {
        pixels += images.image(index)
      } else {
        pixels +=
          images.disturbed(
            by: disturbances[index % turns - 1], draw: index / turns, seed: seed,
            indices: CollectionOfOne(index)
          ).pixels
      }
    }
    let disturbed = ImageSet(
      height: images.height, width: images.width, channels: images.channels, classCount: images.classCount,
      pixels: pixels, labels: Array(images.labels.prefix(count)))
    let logits = Classifier(network, plan: nil, resources: resources)
      .values(of: network.output.name, over: disturbed, count: count)
    let classes = logits.count / count
    self.images = disturbed
    floatMargins = (0..<count).map { sample in
      margin(
        logits[sample * classes..<(sample + 1) * classes].map { Double($0) },
        label: Int(disturbed.labels[sample]))
    }
  }
}

/// The logit of `label` less the largest other; 0 where there is no other.
func margin(_ logits: [Double], label: Int) -> Double {
  var largest = -Double.infinity
  for (index, logit) in logits.enumerated() where index != label { largest = max(largest, logit) }
  return largest == -.infinity ? 0 : logits[label] - largest
}
