/// What streaming each layer would cost: waits of tiles depend only on when the tile before starts computing, so that each layer's cost is
/// its own, whatever the others do.
struct WeightStreaming {
  /// One tile of one band in execution order.
  private struct Run {
    let layer: Int
    let bits: Int
    /// Cycle of its first tap in a machine that never waits for weights.
    let start: Int
  }

  /// For each mapped layer, stall cycles of its tiles if streamed: of the first input, and of later ones.
  private let stalls: [(first: Int, later: Int)]
  private let fetchedBits: [Int]
  private let weighted: [Int]
  /// What the layers with weights ask for, in order.
  let demands: [WeightResidency.Demand]

  init(_ layers: [LayerMapping], schedule: ActivationSchedule, from memory: ExternalMemory) {
    var runs: [Run] = []
    var clock = 0
    for (index, layer) in layers.enumerated() {
      guard case .lanes(let tiling) = layer.work else {
        clock += layer.cycles.total
        continue
      }
      let bands = schedule.layers[index]
      let end = clock + layer.cycles.total
      // Descriptor and decode table are read once; what else the pipeline costs, every band pays.
      let stages = layer.stageCycles
      clock += layer.cycles.pipeline - bands.bands.count * stages
      for band in bands.bands.indices {
        let positions = layer.positions(ofBand: bands.bands[band])
        if bands.loadedBits[band] > 0 { clock += memory.activationCycles(bits: bands.loadedBits[band]) }
        for tile in tiling.tiles {
          runs.append(Run(layer: index, bits: tiling.storedBits(tile), start: clock))
          clock +=
            tiling.computeCycles(tile, positions: positions) + tiling.drainCycles(tile, positions: positions)
        }
        clock += stages
        if bands.storedBits[band] > 0 { clock += memory.activationCycles(bits: bands.storedBits[band]) }
      }
      assert(clock == end, "the tiles of \(layer.name) do not fill its cycles")
    }
    var stalls = layers.map { _ in (first: 0, later: 0) }
    var fetched = layers.map { _ in 0 }
    for (index, run) in runs.enumerated() {
      let fetch = memory.weightCycles(bits: run.bits)
      // The tile before the very first one is the last of the input before, in a batch.
      let previous = index > 0 ? runs[index - 1].start : 0
      let previousLater = index > 0 ? previous : runs[runs.count - 1].start - clock
      stalls[run.layer].first += max(0, fetch - (run.start - previous))
      stalls[run.layer].later += max(0, fetch - (run.start - previousLater))
      fetched[run.layer] += run.bits
    }
    self.stalls = stalls
    fetchedBits = fetched
    weighted = layers.indices.filter { layers[$0].weightBits > 0 }
    demands = weighted.map { index in
      guard case .lanes(let tiling) = layers[index].work else {
        preconditionFailure("weights outside the lane array")
      }
      return WeightResidency.Demand(
        storedBits: layers[index].memory.streamableBits,
        largestTileBits: tiling.tiles.map { tiling.storedBits($0) }.max()!, stall: stalls[index].first,
        externalBits: fetched[index])
    }
  }

  /// Marks the layers that are streamed, and adds what it costs.
  func apply(_ residency: WeightResidency, to layers: inout [LayerMapping]) {
    for (index, stays) in zip(weighted, residency.isResident) where !stays {
      layers[index].isResident = false
      layers[index].cycles.weightStall = stalls[index].first
      layers[index].laterCycles.weightStall = stalls[index].later
      layers[index].events.externalBits += fetchedBits[index]
    }
  }
}
