import CKernels
import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors

/// Classifies images with the trainer's forward pass, in float or, given a plan, in the hardware's integers.
public struct Classifier: Sendable {
  private let pass: NetworkPass
  private let pixelTable: [Float]

  /// A classifier for `network`; its memory is reused from call to call, so one serves one thread at a time.
  public init(_ network: FloatNetwork, plan: QuantizationPlan?, resources: ComputeResources) {
    self.init(
      pass: NetworkPass(network, plan: plan, batchCapacity: 256, resources: resources),
      pixelTable: Self.pixelTable(network, plan: plan))
  }

  init(pass: NetworkPass, pixelTable: [Float]) {
    self.pass = pass
    self.pixelTable = pixelTable
  }

  /// What a pixel of each value becomes: (pixel − zero pixel) / 256 in float; in a quantised pass with w-bit inputs the raw
  /// word `min(⌊pixel · 2^w / 256 + 1/2⌋, 2^w − 1)`, of which it is the nearest multiple, less the input's zero point.
  static func pixelTable(_ network: FloatNetwork, plan: QuantizationPlan?) -> [Float] {
    (0..<256).map { pixel in
      guard let plan else { return Float(pixel - network.zeroPixel) / 256 }
      return Float(plan.inputLevel(ofPixel: UInt8(pixel)) - plan.inputZeroPoint)
    }
  }

  /// Copies the given samples of `images` into the pass's input, each changed as `augmentation` says by draws from `random`.
  func load(
    _ samples: some Collection<Int>, of images: ImageSet,
    augmentation: ImageAugmentation = ImageAugmentation(), random: RandomSource? = nil
  ) {
    let size = images.height * images.width * images.channels
    let version = pass.resources.instructionSet.kernelVersion
    var draws = augmentation == ImageAugmentation() ? nil : random?.split("augmentation")
    images.pixels.withUnsafeBufferPointer { pixels in
      for (row, sample) in samples.enumerated() {
        let source = pixels.baseAddress! + sample * size
        let target = pass.input.base + row * size
        guard draws != nil else {
          wl_map_bytes(version, size, pixelTable, source, target)
          continue
        }
        let span = 2 * augmentation.shift + 1
        let shift = (
          rows: draws!.below(span) - augmentation.shift, columns: draws!.below(span) - augmentation.shift
        )
        let isMirrored = augmentation.mirrors && draws!.below(2) == 1
        for y in 0..<images.height {
          for x in 0..<images.width {
            let from = (row: y + shift.rows, column: (isMirrored ? images.width - 1 - x : x) + shift.columns)
            let isInside = 0..<images.height ~= from.row && 0..<images.width ~= from.column
            for channel in 0..<images.channels {
              let pixel =
                isInside ? source[(from.row * images.width + from.column) * images.channels + channel] : 0
              target[(y * images.width + x) * images.channels + channel] = pixelTable[Int(pixel)]
            }
          }
        }
      }
    }
  }

  /// The class of every image: the index of its largest logit, ties to the lowest.
  public func classes(of images: ImageSet) -> [UInt8] {
    let output = pass.network.output.name
    let classCount = pass.network.shapes[output]!.reduce(1, *)
    var classes: [UInt8] = []
    classes.reserveCapacity(images.count)
    forEachBatch(of: images) { batch in
      let logits = pass.tensor(output)
      for row in 0..<batch {
        let start = logits.base + row * classCount
        classes.append(UInt8(indexOfLargest(UnsafeBufferPointer(start: start, count: classCount))))
      }
    }
    return classes
  }

  /// The values of tensor `name` for the first `count` images, in order.
  public func values(of name: String, over images: ImageSet, count: Int) -> [Float] {
    let size = pass.network.shapes[name]!.reduce(1, *)
    var values: [Float] = []
    forEachBatch(of: images, limit: count) { batch in
      values += UnsafeBufferPointer(start: pass.tensor(name).base, count: batch * size)
    }
    return values
  }

  private func forEachBatch(of images: ImageSet, limit: Int = .max, _ body: (Int) -> Void) {
    var first = 0
    let count = min(images.count, limit)
    while first < count {
      let batch = min(pass.batchCapacity, count - first)
      load(first..<first + batch, of: images)
      pass.forward(batch: batch)
      body(batch)
      first += batch
    }
  }
}

/// How many of `classes` differ from `labels`.
/// - Precondition: as many of one as of the other.
public func errorCount(_ classes: [some BinaryInteger], _ labels: [UInt8]) -> Int {
  precondition(classes.count == labels.count, "\(classes.count) classes for \(labels.count) labels")
  return zip(classes, labels).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
}
