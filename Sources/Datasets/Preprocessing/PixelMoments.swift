import Tensors

/// The mean and the covariance of a set's images as vectors.
struct PixelMoments {
  /// In gray levels. Shape `[d]`.
  let mean: [Double]
  /// In squared gray levels, over the number of images. Shape `[d, d]`, row-major.
  let covariance: [Double]

  /// The moments of `images`, from exact integer sums. O(images d²).
  /// - Precondition: there are images.
  init(of images: ImageSet) {
    let size = images.valuesPerImage
    let count = images.count
    var sums = [Int](repeating: 0, count: size)
    var products = [Int](repeating: 0, count: size * size)
    // 256 products of two bytes stay below 2²⁴: single precision sums them exactly.
    let chunk = 256
    var values = [Float](repeating: 0, count: chunk * size)
    var partial = [Float](repeating: 0, count: size * size)
    let workspace = ProductWorkspace()
    for start in stride(from: 0, to: count, by: chunk) {
      let rows = min(chunk, count - start)
      for row in 0..<rows {
        for column in 0..<size {
          let value = images.pixels[(start + row) * size + column]
          sums[column] += Int(value)
          values[row * size + column] = Float(value)
        }
      }
      values.withUnsafeBufferPointer { values in
        let matrix = MatrixView(values.baseAddress!, rows: rows, columns: size)
        ComputeResources.all.multiply(matrix.transposed, matrix, into: &partial, workspace: workspace)
      }
      for index in products.indices { products[index] += Int(partial[index]) }
    }
    mean = sums.map { Double($0) / Double(count) }
    var covariance: [Double] = []
    covariance.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        let scaled =
          Int128(count) * Int128(products[row * size + column]) - Int128(sums[row]) * Int128(sums[column])
        covariance.append(Double(scaled) / (Double(count) * Double(count)))
      }
    }
    self.covariance = covariance
  }
}
