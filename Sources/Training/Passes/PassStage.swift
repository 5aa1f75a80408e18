import Tensors

/// Consecutive nodes of a network whose samples go through them apart from each other, or one node that takes the mini-batch as
/// a whole.
enum PassStage {
  /// Nodes in order, and how many samples a thread takes through all of them at once.
  case samples([any SamplePass], chunk: SampleChunk, ComputeResources)
  case batch(any BatchPass)

  /// Cuts `passes`, in the order of the network, into stages as long as they can be.
  static func stages(of passes: [any NodePass], resources: ComputeResources) -> [PassStage] {
    var stages: [PassStage] = []
    var run: [any SamplePass] = []
    func endRun() {
      guard !run.isEmpty else { return }
      stages.append(.samples(run, chunk: SampleChunk(run), resources))
      run = []
    }
    for pass in passes {
      if let pass = pass as? any SamplePass {
        run.append(pass)
      } else if let pass = pass as? any BatchPass {
        endRun()
        stages.append(.batch(pass))
      } else {
        preconditionFailure("\(type(of: pass)) is neither a pass of samples nor of batches")
      }
    }
    endRun()
    return stages
  }

  func forward(batch: Int, purpose: PassPurpose) {
    switch self {
    case .batch(let pass): pass.forward(batch: batch, purpose: purpose)
    case .samples(let passes, let chunk, let resources):
      resources.forEach(passes.count) { passes[$0].prepareForward() }
      chunk.forEach(of: batch, resources) { samples in
        for pass in passes { pass.forward(samples) }
      }
    }
  }

  func backward(batch: Int) {
    switch self {
    case .batch(let pass): pass.backward(batch: batch)
    case .samples(let passes, let chunk, let resources):
      for pass in passes { pass.prepareBackward() }
      chunk.forEach(of: batch, resources) { samples in
        for pass in passes.reversed() { pass.backward(samples) }
      }
      let tasks = passes.reversed().flatMap { $0.gradientTasks(batch: batch) }
      resources.forEach(tasks.count) { tasks[$0]() }
    }
  }
}

/// How many samples a thread takes through a stage at once. No result depends on it.
struct SampleChunk {
  /// Floats that one sample's tensors take.
  private let floats: Int
  /// Floats of the filters that each chunk reads anew.
  private let filters: Int

  init(_ passes: [any SamplePass]) {
    floats = max(1, passes.reduce(0) { $0 + $1.floatsOfSample })
    filters = passes.reduce(0) { sum, pass in sum + pass.trained.reduce(0) { $0 + $1.values.count } }
  }

  /// Samples of a chunk of `batch`: as many as fit a megabyte, or as many as have four times the floats of the
  /// filters, up to 16; and no more than leave every thread as many.
  func size(batch: Int, threads: Int) -> Int {
    let near = max((1 << 18) / floats, min(16, 4 * filters / floats))
    return max(1, min(near, (batch + threads - 1) / threads))
  }

  /// Calls `body` on ranges that share out `0..<batch`.
  func forEach(of batch: Int, _ resources: ComputeResources, _ body: @Sendable (Range<Int>) -> Void) {
    // What is over before a second thread has woken stays on one.
    let isWorthSharing = floats * batch >= 1 << 15
    let size = isWorthSharing ? size(batch: batch, threads: resources.threads) : batch
    let count = (batch + size - 1) / size
    resources.forEach(count) { body($0 * size..<min(batch, ($0 + 1) * size)) }
  }
}
