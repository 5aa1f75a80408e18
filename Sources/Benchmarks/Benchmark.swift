import Foundation
import Reproducibility
import Tensors

/// A throughput and that of a plain reference loop for the same work, measured in the same run.
struct Benchmark {
  /// What is measured.
  let name: String
  /// Unit of both throughputs.
  let unit: String
  /// Throughput of the path under test, median over repetitions.
  let value: Double
  /// Throughput of the reference, median over repetitions.
  let reference: Double

  /// How many times faster the path under test is.
  var ratio: Double { value / reference }

  var json: JSONValue {
    [
      "name": .string(name), "unit": .string(unit), "value": .number(value), "reference": .number(reference),
      "ratio": .number(ratio),
    ]
  }

  /// Figures derived from another benchmark's.
  init(_ name: String, unit: String, value: Double, reference: Double) {
    self.name = name
    self.unit = unit
    self.value = value
    self.reference = reference
  }

  /// Measures both, alternating so that a busy machine slows both alike.
  ///
  /// - Parameters:
  ///   - work: units of work (10^9 operations, samples, …) in one call of `body`.
  ///   - referenceWork: the same for one call of `reference`, which may do a smaller share.
  init(
    _ name: String, unit: String, work: Double, referenceWork: Double? = nil, repetitions: Int = 7,
    body: () -> Void, reference: () -> Void
  ) {
    body()
    reference()
    var times: [Double] = []
    var referenceTimes: [Double] = []
    for _ in 0..<repetitions {
      times.append(Self.seconds(body))
      referenceTimes.append(Self.seconds(reference))
    }
    self.name = name
    self.unit = unit
    value = work / Self.median(times)
    self.reference = (referenceWork ?? work) / Self.median(referenceTimes)
  }

  /// Seconds a call, over as many calls as take at least a twentieth of a second.
  private static func seconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    var calls = 0
    let start = clock.now
    var elapsed = Duration.zero
    repeat {
      body()
      calls += 1
      elapsed = clock.now - start
    } while elapsed < .milliseconds(50)
    return Double(elapsed.components.seconds) / Double(calls)
      + Double(elapsed.components.attoseconds) * 1e-18 / Double(calls)
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

extension ComputeResources {
  /// `1 thread`, `2 threads`.
  var threadWords: String { threads == 1 ? "1 thread" : "\(threads) threads" }
}
