import Hardware

/// How often a layer goes to the memories for one input. Memories are read by the word, so that bits alone do not tell: narrow
/// weights and signals take the same words of a wide machine.
struct LayerAccesses {
  /// Words of weight banks read: every tap reads one of each lane's; a systolic array's neighbors share one.
  let weightWords: Double
  /// Start values read.
  let startValues: Double
  /// Elements of tensors read.
  let activationReads: Double
  /// Elements of tensors written.
  let activationWrites: Double
  /// Bits of an element read, and of one written: at least 1.
  let readBits: Double
  let writtenBits: Double

  init(_ layer: LayerMapping, on hardware: HardwareDescription) {
    let events = layer.events
    startValues = Double(events.startBitsRead) / Double(hardware.path.accumulator.bits)
    activationWrites = Double(layer.outputs * layer.positions)
    switch (layer.work, hardware.array) {
    case (.lanes(let tiling), .lanes(let array)):
      // Bit-serial lanes read a plane a cycle, and each tap's activations once.
      let reads = events.multiplications / (array.lanes * array.inputsPerCycle * tiling.parts)
      weightWords = Double(reads * array.lanes)
      activationReads = Double(reads / tiling.cyclesPerTap * array.inputsPerCycle)
    case (.systolic(let folds), .systolic):
      let groups = layer.tiles / folds.reduce(0) { $0 + $1.rowFolds * $1.columnFolds }
      let (_, wordBits) = MemoryPlan.weightBanks(hardware)
      let together = wordBits / hardware.path.datapath.weightBits
      weightWords = Double(groups * folds.reduce(0) { $0 + $1.weightReads }) / Double(together)
      activationReads = Double(groups * folds.reduce(0) { $0 + $1.activationReads })
    case (.vector, .lanes), (.vector, .systolic):
      weightWords = 0
      activationReads = Double(
        layer.positions * layer.tiles * layer.taps * (hardware.vectorUnit?.elementsPerCycle ?? 0))
    case (.lanes, .systolic), (.systolic, .lanes):
      preconditionFailure("\(layer.name) is mapped onto another family of machines")
    }
    readBits = max(1, Double(events.activationBitsRead) / max(1, activationReads))
    writtenBits = max(1, Double(events.activationBitsWritten) / max(1, activationWrites))
  }
}
