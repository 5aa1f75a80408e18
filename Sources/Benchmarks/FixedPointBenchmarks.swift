import FixedPoint
import Reproducibility

/// Quantization, the bounded product and `Fixed`, on one thread, beside the loops one would write first.
func fixedPointBenchmarks() -> [Benchmark] {
  var random = RandomSource(seed: 5)
  return [quantization(&random), boundedProduct(&random), fixedProducts(&random)]
}

/// 10 million floats to `sfix8_En4`, ties to even, saturating.
private func quantization(_ random: inout RandomSource) -> Benchmark {
  let count = 10_000_000
  // Up to a quarter beyond the range, so that saturation takes part.
  let values = (0..<count).map { _ in Float(random.uniform(in: -10...10)) }
  var results = [Int8](repeating: 0, count: count)
  var expected = [Int8](repeating: 0, count: count)
  let format = try! FixedPointFormat(.signed, wordLength: 8, fractionLength: 4)
  let result = Benchmark(
    "quantize 10 M floats to sfix8_En4, ties to even, saturating, 1 thread", unit: "M/s",
    work: Double(count) / 1e6
  ) {
    values.withUnsafeBufferPointer { source in
      results.withUnsafeMutableBufferPointer { target in
        // The values are finite.
        try! format.quantize(source, into: target, rounding: .nearestTiesToEven, overflow: .saturate)
      }
    }
  } reference: {
    for index in 0..<count {
      let rounded = (values[index] * 16).rounded(.toNearestOrEven)
      expected[index] = Int8(Swift.min(Swift.max(rounded, -128), 127))
    }
  }
  precondition(results == expected, "the benchmark's two paths disagree")
  return result
}

/// 512 × 512 × 512 products of 8 bits in 20-bit saturating accumulators, in order.
private func boundedProduct(_ random: inout RandomSource) -> Benchmark {
  let size = 512
  func matrix() -> [Int8] { (0..<size * size).map { _ in Int8(truncatingIfNeeded: random.next()) } }
  let (a, b) = (matrix(), matrix())
  let byte = try! FixedPointFormat(.signed, wordLength: 8, fractionLength: 0)
  let register = MultiplyAccumulator(
    try! FixedPointFormat(.signed, wordLength: 20, fractionLength: 0), overflow: .saturate)
  let product = try! BoundedMatrixProduct(left: byte, right: byte, accumulator: register)
  var sums: [Int32] = []
  var expected = [Int32](repeating: 0, count: size * size)
  let result = Benchmark(
    "512 x 512 x 512 product of 8 bits, 20-bit saturating accumulators, 1 thread", unit: "G MAC/s",
    work: Double(size * size * size) / 1e9, repetitions: 5
  ) {
    // Every byte is a raw of its format.
    sums = try! product(a, b, rows: size, depth: size, columns: size, as: Int32.self)
  } reference: {
    for i in 0..<size {
      for j in 0..<size {
        var sum: Int32 = 0
        for k in 0..<size {
          sum = Swift.min(Swift.max(sum + Int32(a[i * size + k]) * Int32(b[k * size + j]), -524_288), 524_287)
        }
        expected[i * size + j] = sum
      }
    }
  }
  precondition(sums == expected, "the benchmark's two paths disagree")
  return result
}

/// Products of a million `Fixed` numbers of 8 bits, beside exact products converted one by one.
private func fixedProducts(_ random: inout RandomSource) -> Benchmark {
  typealias Weight = Fixed<Int8, 8, 7>
  let count = 1_000_000
  func numbers() -> [Weight] { (0..<count).map { _ in Weight(raw: Int8(truncatingIfNeeded: random.next())) } }
  let (a, b) = (numbers(), numbers())
  var products = [Weight](repeating: 0, count: count)
  var expected = products
  let share = 20
  let result = Benchmark(
    "products of 1 M Fixed<Int8, 8, 7>, ties to even, saturating, 1 thread", unit: "M/s",
    work: Double(count) / 1e6, referenceWork: Double(count / share) / 1e6
  ) {
    for index in 0..<count {
      products[index] = Weight.product(
        a[index], b[index], rounding: .nearestTiesToEven, overflow: .saturate)
    }
  } reference: {
    for index in 0..<count / share {
      expected[index] = Weight(a[index] * b[index], rounding: .nearestTiesToEven, overflow: .saturate)
    }
  }
  precondition(products.prefix(count / share) == expected.prefix(count / share), "the paths disagree")
  return result
}
