import Datasets
import Exploration
import Foundation
import Hardware
import Networks
import Reproducibility
import Synchronization
import Testing
import Training

@Suite("Explorer")
struct ExplorerTests {
  /// The same exploration done once on one thread, from an empty cache.
  private static let reference: (results: ExplorationResults, files: [String: Data]) = {
    do {
      let directory = try TemporaryDirectory()
      let tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
      try tiny.run()
      return (try tiny.results(), try tiny.files())
    } catch {
      preconditionFailure("the reference exploration failed: \(error)")
    }
  }()

  private func expectReference(_ tiny: TinyExploration, _ label: String) throws {
    let reference = Self.reference
    let files = try tiny.files()
    #expect(files.keys.sorted() == reference.files.keys.sorted(), "\(label)")
    for (name, bytes) in files { #expect(bytes == reference.files[name], "\(label): \(name)") }
    let results = try tiny.results()
    #expect(results.floats == reference.results.floats, "\(label)")
    #expect(results.designs == reference.results.designs, "\(label)")
    #expect(results.mappings == reference.results.mappings, "\(label)")
  }

  @Test("Results and files are the same on three threads")
  func threadsDoNotMatter() throws {
    let directory = try TemporaryDirectory()
    var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    tiny.threads = 3
    try tiny.run()
    try expectReference(tiny, "3 threads")
    // Every design is there for every seed, in the order of the settings.
    let results = Self.reference.results
    #expect(results.designs.map(\.design) == tiny.settings.designs.flatMap { [$0, $0] })
    #expect(results.designs.map(\.seed) == tiny.settings.designs.flatMap { _ in [3, 8] as [UInt64] })
    #expect(results.floats.map(\.seed) == [3, 8, 3, 8])
    // 4 float trainings, 16 quantised networks, 16 evaluations.
    #expect(Self.reference.files.count == 36)
  }

  @Test("Stopped after any number of polls and run again, it gives what an uninterrupted run gives")
  func interruptedRuns() throws {
    for (polls, threads) in [(0, 1), (1, 1), (9, 1), (23, 2), (40, 3)] {
      let directory = try TemporaryDirectory()
      var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
      tiny.threads = threads
      let asked = Mutex(0)
      let error = #expect(throws: ExplorationError.self) {
        try tiny.explorer().run(
          isInterrupted: {
            asked.withLock { count in
              count += 1
              return count > polls
            }
          }, report: { _ in })
      }
      guard case .interrupted(let finished, let total) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(total == 20 && finished < 20)
      #expect(
        error?.description
          == "stopped after \(finished) of 20 steps; what is finished is kept, and the same command goes on from there"
      )
      let kept = try tiny.files()
      #expect(kept.count < 36)
      for (name, bytes) in kept { #expect(bytes == Self.reference.files[name], "\(name)") }
      try tiny.run()
      try expectReference(tiny, "stopped after \(polls) polls")
    }
  }

  @Test("Two shards in two caches, put together, are the whole")
  func shards() throws {
    let merged = try TemporaryDirectory()
    let whole = TinyExploration(directory: merged.url, settings: try tinySettings())
    _ = try whole.explorer()
    var names: Set<String> = []
    for index in 0..<2 {
      let directory = try TemporaryDirectory()
      let tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
      try tiny.run(shard: Shard(index: index, count: 2))
      let files = try tiny.files()
      #expect(!files.isEmpty && names.isDisjoint(with: files.keys), "shard \(index) does another's work")
      names.formUnion(files.keys)
      for (name, bytes) in files { try bytes.write(to: merged.url.appendingPathComponent(name)) }
    }
    try expectReference(whole, "merged")
  }

  @Test("A shard that is none is refused")
  func badShards() throws {
    let directory = try TemporaryDirectory()
    let tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    for (index, count) in [(0, 0), (2, 2), (-1, 2), (0, -1)] {
      #expect(
        throws: ExplorationError.badSetting(
          "shard \(index) of \(count), counted from 0; the number of shards must be positive and above the index"
        )
      ) { try tiny.run(shard: Shard(index: index, count: count)) }
    }
  }

  @Test("Progress tells all steps and ends at its total")
  func progress() throws {
    let directory = try TemporaryDirectory()
    var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    tiny.threads = 2
    let told = Mutex<[SweepProgress]>([])
    try tiny.explorer().run(
      isInterrupted: { false }, report: { progress in told.withLock { $0.append(progress) } })
    let reports = told.withLock { $0 }
    for (before, after) in zip(reports, reports.dropFirst()) {
      #expect(after.finishedCost >= before.finishedCost && after.finished >= before.finished)
    }
    #expect(reports.last?.finished == 20 && reports.last?.total == 20)
    #expect(reports.last.map { $0.finishedCost / $0.totalCost } == 1)
    // The whole again costs less, now that all of it is kept.
    let again = Mutex(0.0)
    try tiny.explorer().run(
      isInterrupted: { false }, report: { progress in again.withLock { $0 = progress.totalCost } })
    #expect(again.withLock { $0 } < 0.5 * reports[0].totalCost)
  }

  @Test("Trainer and hardware class alike, and what is counted on the machine is what the network gives")
  func trainerAndHardwareAgree() throws {
    for result in Self.reference.results.designs {
      #expect(result.evaluation.differences.isEmpty, "\(result.design), seed \(result.seed)")
      #expect(result.evaluation.overflows.allSatisfy { $0 == 0 }, "\(result.design), seed \(result.seed)")
    }
    // The errors, once more by the integer network's plain reference.
    let directory = try TemporaryDirectory()
    let tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    try tiny.run()
    let explorer = try tiny.explorer()
    for result in Self.reference.results.designs {
      let network = try explorer.network(of: result.design, seed: result.seed)
      func errors(_ images: ImageSet) -> Int {
        (0..<images.count).count { sample in
          // 8-bit inputs are the pixels themselves.
          let tensors = network.referenceTensors(of: images.image(sample).map { Int64($0) })
          return indexOfLargest(tensors[network.output.name]!) != Int(images.labels[sample])
        }
      }
      #expect(errors(tiny.dataset.test) == result.evaluation.testErrors, "\(result.design)")
      #expect(errors(tiny.dataset.validation) == result.evaluation.validationErrors, "\(result.design)")
    }
  }

  @Test("An accumulator made too narrow is the one cause of differences", arguments: ["saturate", "wrap"])
  func narrowAccumulators(overflow: String) throws {
    let directory = try TemporaryDirectory()
    var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    tiny.settings.hardware = try standardMachine(accumulatorBits: 10, overflow: overflow)
    try tiny.run()
    let evaluations = try tiny.results().designs.map(\.evaluation)
    let causes = evaluations.reduce(into: [:]) { $0.merge($1.differences, uniquingKeysWith: +) }
    #expect(causes.keys.map(\.rawValue) == ["accumulatorOverflow"], "\(causes)")
    #expect(causes[.accumulatorOverflow, default: 0] > 20)
    for evaluation in evaluations {
      #expect(evaluation.differenceCount == evaluation.differences.values.reduce(0, +))
      if evaluation.differenceCount > 0 { #expect(evaluation.overflows.contains { $0 > 0 }) }
    }
    // Kept and read back, the differences are the same.
    #expect(try tiny.results().designs.map(\.evaluation) == evaluations)
  }

  @Test("Where steps are fitted anew, a network is quantised by the steps that it was trained with")
  func refittedSteps() throws {
    let directory = try TemporaryDirectory()
    let tiny = TinyExploration(directory: directory.url, settings: try tinySettings(refitsSteps: true))
    try tiny.run()
    let results = try tiny.results()
    #expect(results.designs.allSatisfy { $0.evaluation.differences.isEmpty })
    let held = TinyExploration(directory: directory.url, settings: try tinySettings())
    try held.run()
    let explorers = try (tiny.explorer(), held.explorer())
    var refitted = 0
    for design in tiny.settings.designs {
      for seed in tiny.settings.seeds {
        let fitted = try explorers.0.network(of: design, seed: seed)
        let kept = try explorers.1.network(of: design, seed: seed)
        // The best epoch may be the first, whose steps are still those that are held.
        if fitted.scales != kept.scales { refitted += 1 }
        #expect(fitted == kept || design.method == .retrained, "\(design), seed \(seed)")
      }
    }
    #expect(refitted > 0)
  }

  @Test("Where nothing fits, the smallest design and its bits are named")
  func nothingFits() throws {
    let directory = try TemporaryDirectory()
    let mappings = Self.reference.results.mappings
    let smallest = mappings.values.map(\.storedBits).min()!
    let design = try tinySettings().designs.first { mappings[$0]!.storedBits == smallest }!
    var tiny = TinyExploration(
      directory: directory.url, settings: try tinySettings(capacityBits: smallest - 1))
    let error = #expect(throws: ExplorationError.self) { try tiny.explorer() }
    #expect(
      error
        == .nothingFits(
          capacityBits: smallest - 1, smallestBits: smallest, smallest: design.description))
    #expect(
      error?.description
        == "no design fits a weight memory of \(smallest - 1) bits; the smallest of this family,"
        + " ffdnn-1x6, ternary, direct, takes \(smallest) bits (\((smallest + 8191) / 8192)KiB)."
        + " Use a larger --weight-capacity, fewer --units or --word-lengths 2")
    tiny.settings.weightCapacityBits = smallest
    #expect(throws: Never.self) { try tiny.explorer() }
    #expect(try tiny.files().isEmpty)
  }

  @Test("Empty lists and machines that cannot run a design are refused before any training")
  func badSettings() throws {
    let directory = try TemporaryDirectory()
    let changes: [(inout ExplorationSettings) -> Void] = [
      { $0.networks = [] }, { $0.weightWordLengths = [] }, { $0.methods = [] }, { $0.seeds = [] },
    ]
    for change in changes {
      var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
      change(&tiny.settings)
      #expect(
        throws: ExplorationError.badSetting("at least one network, word length, method and seed is needed")
      ) { try tiny.explorer() }
    }
    var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    tiny.settings.weightWordLengths = [9]
    let error = #expect(throws: ExplorationError.self) { try tiny.explorer() }
    guard case .failed(let task, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(task == "ffdnn-1x6, 9 bits, direct" && reason.contains("weights of 9 bits"))
  }

  @Test("A step that fails is named with its design and seed")
  func failingSteps() throws {
    let directory = try TemporaryDirectory()
    var tiny = TinyExploration(directory: directory.url, settings: try tinySettings())
    tiny.settings.training.learningRate = 1e38
    tiny.settings.training.schedule = .constant
    let error = #expect(throws: ExplorationError.self) { try tiny.run() }
    guard case .failed(let task, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      task.hasPrefix("ffdnn-") && task.contains("seed ") && reason.contains("diverged"), "\(task): \(reason)")
  }
}
