import Interchange
import Networks

/// What the test bench of one machine does: writes memories, runs, and so on through the networks and their inputs.
///
/// The program is a `$readmemh` image. From the top, a word is a command (4 bits), a lane (16), an address (32) and data (the
/// twin's `HostBits`). Commands 0 to 6 write a word of that memory; 8 runs the twin, the address being the most cycles it may take.
package struct TwinProgram: Sendable {
  /// A run of a network on one input.
  private enum Step: Sendable {
    case write(TwinWord)
    case run(limit: Int)
  }

  private static let runCommand: UInt64 = 8

  /// The twin's parameters, large enough for all networks.
  package let parameters: TwinParameters
  private var steps: [Step] = []

  /// The program that runs each of `cases`, a network with its inputs, on a machine of `lanes`.
  ///
  /// - Parameter cases: networks that the twin covers; inputs in NHWC order, one after another; the cycles expected of an input.
  package init(
    _ cases: [(network: IntegerNetwork, inputs: [Int32], cycles: Int)], on lanes: LaneArray
  ) {
    let layouts = cases.map { TwinLayout($0.network, on: lanes) }
    var needs = TwinNeeds(lanes)
    for (item, layout) in zip(cases, layouts) { needs.add(item.network, layout) }
    parameters = TwinParameters(lanes, needs: needs)
    // Channels beyond an image's last one are read and multiplied by 0: the words must be known ones.
    let words = 1 << needs.activationAddressBits
    steps = TwinImage.activations(repeatElement(0, count: words), at: 0, on: lanes).map { .write($0) }
    for (item, layout) in zip(cases, layouts) {
      steps += TwinImage(layout, on: lanes, parameters: parameters).words.map { .write($0) }
      let size = item.network.input.count
      for first in stride(from: 0, to: item.inputs.count, by: size) {
        steps += TwinImage.activations(
          item.inputs[first..<first + size], at: layout.layers[0].sourceAddress, on: lanes
        ).map { .write($0) }
        steps.append(.run(limit: 2 * item.cycles + 1000))
      }
    }
  }

  /// Commands of the program.
  package var count: Int { steps.count }
  /// Bits of a command.
  package var wordLength: Int { parameters.hostBits + 52 }

  /// The program as an image.
  package func image() throws(InterchangeError) -> MemoryImage {
    try MemoryImage(
      words: steps.map { step in
        switch step {
        case .write(let word):
          self.word(UInt64(word.memory.rawValue), lane: word.lane, address: word.address, data: word.limbs)
        case .run(let limit): self.word(Self.runCommand, lane: 0, address: limit, data: [])
        }
      }, wordLength: wordLength)
  }

  private func word(_ command: UInt64, lane: Int, address: Int, data: [UInt64]) -> [UInt64] {
    var bits = PackedBits()
    for start in stride(from: 0, to: parameters.hostBits, by: 64) {
      bits.append(start / 64 < data.count ? data[start / 64] : 0, count: min(64, parameters.hostBits - start))
    }
    bits.append(UInt64(address), count: 32)
    bits.append(UInt64(lane), count: 16)
    bits.append(command, count: 4)
    return bits.limbs
  }
}
