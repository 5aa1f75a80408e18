import Networks
import Synchronization

/// Images with zeros around them, as convolutions read them. Without padding they are copied all the same.
final class PaddedImages: @unchecked Sendable {
  private let shape: [Int]
  private let padding: PlanePadding
  private let buffer: FloatBuffer
  /// Columns of a padded image.
  let width: Int
  /// Floats of a padded image.
  let count: Int

  init(_ shape: [Int], padding: PlanePadding, batchCapacity: Int) {
    self.shape = shape
    self.padding = padding
    width = shape[1] + padding.left + padding.right
    count = (shape[0] + padding.top + padding.bottom) * width * shape[2]
    buffer = FloatBuffer(batchCapacity * count)
  }

  /// The padded image at `index`.
  func base(_ index: Int) -> UnsafeMutablePointer<Float> { buffer.base + index * count }

  private func row(_ row: Int) -> Int { ((row + padding.top) * width + padding.left) * shape[2] }

  /// Puts the image at `source` into place `index`; its border was zero from the start.
  func fill(_ index: Int, from source: UnsafePointer<Float>) {
    let length = shape[1] * shape[2]
    let target = base(index)
    for row in 0..<shape[0] { (target + self.row(row)).update(from: source + row * length, count: length) }
  }

  /// Copies the inside of a padded image to `target`.
  func copyInterior(of source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let length = shape[1] * shape[2]
    for row in 0..<shape[0] { (target + row * length).update(from: source + self.row(row), count: length) }
  }
}

/// Padded images that threads borrow while they work: as many as threads work at once.
final class PaddedImagePool: Sendable {
  private let free = Mutex<[PaddedImages]>([])
  private let make: @Sendable () -> PaddedImages

  init(_ shape: [Int], padding: PlanePadding, count: Int) {
    make = { PaddedImages(shape, padding: padding, batchCapacity: count) }
  }

  /// Calls `body` with images that nobody else has meanwhile. Their borders are zero, unless `body` writes to them.
  func withImages(_ body: (PaddedImages) -> Void) {
    let images = free.withLock { $0.popLast() } ?? make()
    body(images)
    free.withLock { $0.append(images) }
  }
}
