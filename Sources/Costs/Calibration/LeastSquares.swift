/// Fits of coefficients by their relative errors, robust against outliers, the same bits on every machine.
package enum LeastSquares {
  /// Rounds of reweighting; the coefficients have long settled.
  private static let rounds = 40
  /// Below this relative error all rows weigh the same.
  private static let floor = 0.01

  /// The coefficients x ≥ 0 that make Σ |a·x / y − 1| over the rows nearly least.
  ///
  /// Least squares with weights 1 / |error|, each solved by cyclic projected descent: every step is exact in one coefficient.
  /// - Parameter rows: for each row the terms a. All as many.
  /// - Parameter values: for each row y, above 0.
  package static func nonNegative(_ rows: [[Double]], values: [Double]) -> [Double] {
    let count = rows[0].count
    var relative = zip(rows, values).map { row, value in row.map { $0 / value } }
    // Columns of one size, or the descent would crawl.
    let scales = (0..<count).map { column in
      max(relative.reduce(0) { max($0, $1[column]) }, Double.leastNormalMagnitude)
    }
    relative = relative.map { row in zip(row, scales).map { $0 / $1 } }
    var weights = values.map { _ in 1.0 }
    var x = [Double](repeating: 0, count: count)
    for _ in 0..<rounds {
      var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
      var right = [Double](repeating: 0, count: count)
      for (row, weight) in zip(relative, weights) {
        for i in 0..<count {
          right[i] += weight * row[i]
          for j in 0..<count { matrix[i][j] += weight * row[i] * row[j] }
        }
      }
      for _ in 0..<5000 {
        for i in 0..<count where matrix[i][i] > 0 {
          var gradient = right[i]
          for j in 0..<count { gradient -= matrix[i][j] * x[j] }
          x[i] = max(0, x[i] + gradient / matrix[i][i])
        }
      }
      weights = relative.map { row in
        1 / max(Self.floor, (zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } - 1).magnitude)
      }
    }
    return zip(x, scales).map { $0 / $1 }
  }

  /// The coefficients x that make Σ |a·x − y| over the rows nearly least, of any sign.
  package static func unconstrained(_ rows: [[Double]], values: [Double]) -> [Double] {
    let count = rows[0].count
    var weights = values.map { _ in 1.0 }
    var x = [Double](repeating: 0, count: count)
    for _ in 0..<rounds {
      var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
      for ((row, value), weight) in zip(zip(rows, values), weights) {
        for i in 0..<count {
          matrix[i][count] += weight * row[i] * value
          for j in 0..<count { matrix[i][j] += weight * row[i] * row[j] }
        }
      }
      x = solve(matrix)
      weights = zip(rows, values).map { row, value in
        1 / max(Self.floor, (zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } - value).magnitude)
      }
    }
    return x
  }

  /// Gauss's elimination with the largest pivots on a square matrix with its right side as last column.
  private static func solve(_ matrix: [[Double]]) -> [Double] {
    var matrix = matrix
    let count = matrix.count
    for column in 0..<count {
      let pivot = (column..<count).max { matrix[$0][column].magnitude < matrix[$1][column].magnitude }!
      matrix.swapAt(column, pivot)
      for row in column + 1..<max(count, column + 1) {
        let factor = matrix[row][column] / matrix[column][column]
        for place in column...count { matrix[row][place] -= factor * matrix[column][place] }
      }
    }
    var x = [Double](repeating: 0, count: count)
    for row in stride(from: count - 1, through: 0, by: -1) {
      let known = (row + 1..<max(count, row + 1)).reduce(0.0) { $0 + matrix[row][$1] * x[$1] }
      x[row] = (matrix[row][count] - known) / matrix[row][row]
    }
    return x
  }
}
