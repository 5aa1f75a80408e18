/// A symmetric positive definite matrix in double precision.
///
/// All sums run in an order that only the size fixes, and nothing is fused: the same bits on every machine.
struct PositiveDefiniteMatrix {
  /// Rows, and columns.
  let size: Int
  /// Shape `[size, size]`, row-major.
  let elements: [Double]

  /// The matrix of `elements`.
  /// - Precondition: they are finite, symmetric and so far from singular that rounding cannot make a pivot of
  ///   their Cholesky factor vanish.
  init(size: Int, elements: [Double]) {
    precondition(elements.count == size * size, "\(elements.count) elements of a matrix of size \(size)")
    self.size = size
    self.elements = elements
  }

  /// The symmetric matrix W with W W = B⁻¹, for this matrix B. Shape `[size, size]`, row-major. O(size³) a sweep.
  ///
  /// With B = L Lᵀ (Cholesky) and G = Lᵀ, B = Gᵀ G, which stays true while plane rotations act on the rows of
  /// G. One-sided Jacobi sweeps (Hestenes 1958) turn rows until any two are orthogonal to 10⁻¹². The rows are then
  /// √λᵢ vᵢᵀ with the eigenvalues λᵢ and eigenvectors vᵢ of B, and W = Σ vᵢ vᵢᵀ / √λᵢ. Rotating the Cholesky
  /// factor rather than B itself works on the square root of B's condition number (Veselić and Hari 1989).
  func inverseSquareRoot() -> [Double] {
    var rows = transposedCholeskyFactor()
    // Cyclic sweeps end after about log₂ of the size; the rotations' rounding errors, some 10⁻¹⁴, are well
    // below the tolerance.
    var sweeps = 0
    while rows.sweep() {
      sweeps += 1
      precondition(sweeps < 100, "Jacobi sweeps over a matrix of size \(size) do not end")
    }
    return rows.weightedGram { 1 / ($0 * $0.squareRoot()) }
  }

  /// Lᵀ for the lower triangle L with B = L Lᵀ.
  private func transposedCholeskyFactor() -> JacobiRows {
    var lower = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        var rest = elements[row * size + column]
        for index in 0..<column {
          rest -= lower[row * size + index] * lower[column * size + index]
        }
        if column < row {
          lower[row * size + column] = rest / lower[column * size + column]
        } else {
          precondition(rest > 0, "pivot \(rest) in row \(row): the matrix is not positive definite")
          lower[row * size + row] = rest.squareRoot()
        }
      }
    }
    var rows = JacobiRows(size: size)
    for row in 0..<size {
      for column in 0...row { rows[column, row] = lower[row * size + column] }
    }
    return rows
  }
}

/// The rows that plane rotations make orthogonal, eight elements a vector, zeros behind the last.
private struct JacobiRows {
  private typealias Vector = SIMD8<Double>

  private static let tolerance = 1e-12

  private let size: Int
  private let vectorsPerRow: Int
  private var vectors: [Vector]

  /// `size` rows of as many zeros.
  init(size: Int) {
    self.size = size
    vectorsPerRow = (size + Vector.scalarCount - 1) / Vector.scalarCount
    vectors = [Vector](repeating: .zero, count: size * vectorsPerRow)
  }

  subscript(row: Int, column: Int) -> Double {
    get { vectors[row * vectorsPerRow + column / Vector.scalarCount][column % Vector.scalarCount] }
    set { vectors[row * vectorsPerRow + column / Vector.scalarCount][column % Vector.scalarCount] = newValue }
  }

  /// Rotates every pair of rows once, in order, those that are orthogonal to the tolerance left alone.
  /// - Returns: whether any pair was rotated.
  mutating func sweep() -> Bool {
    var squares = (0..<size).map { dot($0, $0) }
    var hasRotated = false
    for first in 0..<size {
      for second in first + 1..<max(size, first + 1) {
        let (a, b, product) = (squares[first], squares[second], dot(first, second))
        if product.magnitude <= Self.tolerance * (a * b).squareRoot() { continue }
        hasRotated = true
        // The smaller of the two angles that bring the product to zero (Golub and Van Loan, section 8.5).
        let ratio = (b - a) / (2 * product)
        let tangent = (ratio < 0 ? -1 : 1) / (ratio.magnitude + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        rotate(first, second, cosine: cosine, sine: cosine * tangent)
        squares[first] = a - tangent * product
        squares[second] = b + tangent * product
      }
    }
    return hasRotated
  }

  /// `Σ weight(rᵢ · rᵢ) rᵢ rᵢᵀ` over the rows rᵢ. Shape `[size, size]`, row-major.
  func weightedGram(_ weight: (Double) -> Double) -> [Double] {
    let weights = (0..<size).map { weight(dot($0, $0)) }
    var result: [Double] = []
    result.reserveCapacity(size * size)
    var sums = [Vector](repeating: .zero, count: vectorsPerRow)
    for column in 0..<size {
      for index in sums.indices { sums[index] = .zero }
      for row in 0..<size {
        let factor = weights[row] * self[row, column]
        for index in sums.indices { sums[index] += factor * vectors[row * vectorsPerRow + index] }
      }
      for other in 0..<size {
        result.append(sums[other / Vector.scalarCount][other % Vector.scalarCount])
      }
    }
    return result
  }

  private func dot(_ first: Int, _ second: Int) -> Double {
    vectors.withUnsafeBufferPointer { vectors in
      var sums = Vector.zero
      for index in 0..<vectorsPerRow {
        sums += vectors[first * vectorsPerRow + index] * vectors[second * vectorsPerRow + index]
      }
      let four = sums.lowHalf + sums.highHalf
      let two = four.lowHalf + four.highHalf
      return two.x + two.y
    }
  }

  private mutating func rotate(_ first: Int, _ second: Int, cosine: Double, sine: Double) {
    vectors.withUnsafeMutableBufferPointer { vectors in
      for index in 0..<vectorsPerRow {
        let one = vectors[first * vectorsPerRow + index]
        let other = vectors[second * vectorsPerRow + index]
        vectors[first * vectorsPerRow + index] = cosine * one - sine * other
        vectors[second * vectorsPerRow + index] = sine * one + cosine * other
      }
    }
  }
}
