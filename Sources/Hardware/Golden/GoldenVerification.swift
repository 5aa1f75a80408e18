import Foundation
import Interchange
import Reproducibility

/// How somebody's dumps compare with a golden set.
public struct GoldenVerification: Sendable {
  /// The first word that differs.
  public struct Difference: Hashable, Sendable {
    /// Place in the array, outermost first.
    public let index: [Int]
    /// The golden value.
    public let expected: Int64
    /// The dumped value.
    public let found: Int64
  }

  /// How one array came out.
  public enum Outcome: Hashable, Sendable {
    /// Every word is right.
    case matches
    /// Some words differ.
    case differs(count: Int, first: Difference)
    /// The dump cannot be read or has another shape.
    case unreadable(String)
    /// There is no dump of it.
    case missing
  }

  /// One array of the golden set.
  public struct Check: Hashable, Sendable {
    /// The layer.
    public let layer: String
    /// What the array is.
    public let role: GoldenSet.Role
    /// The dump that was read, or the one that was looked for.
    public let file: String
    /// Words of the array.
    public let words: Int
    /// How it came out.
    public let outcome: Outcome
  }

  /// Every accumulator and output array of the set, in order.
  public let checks: [Check]

  /// Compares the dumps in `dumps` with the golden set in `golden`.
  ///
  /// A dump bears the golden file's path: `NN-LAYER/outputs.mem` (as `$writememh` makes it) or `.npy`; where both are there, the `.mem` counts. Only accumulators and outputs are judged,
  /// and whichever of them were dumped.
  /// - Throws: `GoldenError` for a golden set that cannot be read.
  public init(golden: URL, dumps: URL) throws(GoldenError) {
    let manifest = try GoldenManifest(directory: golden)
    var checks: [Check] = []
    for entry in manifest.entries where entry.role == .accumulators || entry.role == .outputs {
      let image = dumps.appendingPathComponent(entry.memoryImage)
      let array = dumps.appendingPathComponent(entry.numpy)
      let manager = FileManager.default
      let file =
        manager.fileExists(atPath: image.path) || !manager.fileExists(atPath: array.path) ? image : array
      var outcome = Outcome.missing
      let expected = try manifest.values(of: entry)
      if manager.fileExists(atPath: file.path) {
        do {
          let found = try Self.read(file, as: entry, isImage: file == image)
          outcome = Self.compare(found, expected, shape: entry.shape)
        } catch {
          outcome = .unreadable("\(error)")
        }
      }
      checks.append(
        Check(
          layer: entry.layer, role: entry.role, file: file.path, words: expected.count, outcome: outcome))
    }
    self.checks = checks
  }

  /// Whether something was dumped and all of it is right.
  public var passes: Bool {
    checks.contains { $0.outcome == .matches }
      && checks.allSatisfy { $0.outcome == .matches || $0.outcome == .missing }
  }

  private static func read(
    _ file: URL, as entry: GoldenManifest.Entry, isImage: Bool
  ) throws -> [Int64] {
    let data = try WholeFile.read(file)
    guard isImage else {
      let array = try NumpyArray(parsing: data, file: file.path)
      guard array.shape == entry.shape else {
        throw GoldenError(description: "\(file.path): has shape \(array.shape), expected \(entry.shape)")
      }
      return try array.integers
    }
    let count = entry.shape.reduce(1, *)
    let image = try MemoryImage(
      parsing: data, wordLength: entry.wordLength, depth: count, file: file.path)
    let unused = Int64(64 - entry.wordLength)
    return (0..<count).map { address in
      let raised = Int64(bitPattern: image.word(at: address)![0]) << unused
      return entry.isSigned
        ? raised >> unused : Int64(bitPattern: UInt64(bitPattern: raised) >> UInt64(unused))
    }
  }

  private static func compare(_ found: [Int64], _ expected: [Int64], shape: [Int]) -> Outcome {
    var count = 0
    var first: Difference?
    for index in expected.indices where found[index] != expected[index] {
      count += 1
      if first == nil {
        var place: [Int] = []
        var rest = index
        for extent in shape.reversed() {
          place.insert(rest % extent, at: 0)
          rest /= extent
        }
        first = Difference(index: place, expected: expected[index], found: found[index])
      }
    }
    return first.map { .differs(count: count, first: $0) } ?? .matches
  }
}
