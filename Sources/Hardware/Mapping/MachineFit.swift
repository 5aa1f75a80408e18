import Networks
import Quantization

/// Whether a machine has the units and word lengths that a network's layers need.
struct MachineFit {
  private let network: IntegerNetwork
  private let hardware: HardwareDescription

  init(_ network: IntegerNetwork, _ hardware: HardwareDescription) {
    self.network = network
    self.hardware = hardware
  }

  /// - Throws: `HardwareError` naming the layer, what does not fit and what would.
  func check(_ node: IntegerNetwork.Node) throws(HardwareError) {
    let location = "\(network.name), layer \(node.name)"
    switch node.operation {
    case .dense(let dense):
      try checkCodebook(dense.codebook, at: location)
      try checkWeights(dense.weightWordLength, of: node, at: location)
      try check(dense.outputStage, of: node, at: location)
    case .convolution(let convolution):
      try checkCodebook(convolution.codebook, at: location)
      try checkWeights(convolution.weightWordLength, of: node, at: location)
      try check(convolution.outputStage, of: node, at: location)
    case .pooling:
      try checkVectorUnit(for: node, at: location)
    case .addition(let addition):
      try checkVectorUnit(for: node, at: location)
      try check(addition.first, at: location)
      try check(addition.second, at: location)
      try check(addition.outputStage, of: node, at: location)
    }
  }

  private func checkVectorUnit(
    for node: IntegerNetwork.Node, at location: String
  ) throws(HardwareError) {
    guard hardware.vectorUnit != nil else { throw HardwareError(.vectorUnitMissing, at: location) }
    try checkActivations(of: node, at: location)
  }

  private func checkActivations(of node: IntegerNetwork.Node, at location: String) throws(HardwareError) {
    let widest = hardware.path.datapath.activationBits
    let bits = node.inputs.map { network.tensor($0)!.format.wordLength }.max()!
    guard bits <= widest else {
      throw HardwareError(
        .activationsDoNotFit(activationBits: bits, datapathBits: widest), at: location)
    }
  }

  private func checkCodebook(_ codebook: WeightCodebook?, at location: String) throws(HardwareError) {
    guard let bits = codebook?.indexBits else { return }
    let datapath = hardware.path.datapath
    switch datapath {
    case .codebook(let widest, _, _):
      guard bits <= widest else {
        throw HardwareError(
          .codebookDoesNotFit(
            indexBits: bits, datapath: "decode table of \(1 << widest) entries",
            fitting: "use indices of at most \(widest) bits or a table for \(bits)"), at: location)
      }
    case .parallel, .ternary, .bitSerial, .decomposable:
      throw HardwareError(
        .codebookDoesNotFit(
          indexBits: bits, datapath: "\(datapath.kindName) datapath",
          fitting: "use a datapath of kind \"codebook\", or a network without codebooks"), at: location)
    }
  }

  private func checkWeights(
    _ bits: Int, of node: IntegerNetwork.Node, at location: String
  ) throws(HardwareError) {
    let datapath = hardware.path.datapath
    switch datapath {
    case .parallel(let widest, _), .bitSerial(let widest, _), .decomposable(let widest, _),
      .codebook(_, let widest, _):
      guard bits <= widest else {
        throw HardwareError(
          .weightsDoNotFit(
            weightBits: bits, datapath: "\(widest)-bit \(datapath.kindName)",
            fitting: "use weights of at most \(widest) bits or a datapath of \(bits)"), at: location)
      }
    case .ternary:
      guard bits == 2, network.isTernary(node) else {
        throw HardwareError(
          .weightsDoNotFit(
            weightBits: bits, datapath: "ternary",
            fitting: "use 2-bit weights of -1, 0 and +1, or a parallel datapath"), at: location)
      }
    }
    try checkActivations(of: node, at: location)
  }

  private func check(
    _ stage: IntegerOutputStage, of node: IntegerNetwork.Node, at location: String
  ) throws(HardwareError) {
    switch stage {
    case .accumulators:
      guard node.name == network.output.name else {
        throw HardwareError(
          .requantizationDoesNotFit(
            "its accumulators are read by another layer, and only the network's output may leave"
              + " unrequantized. Give it a clamp or a table"), at: location)
      }
    case .clamp(let requantization, _, _):
      try check(requantization, at: location)
    case .table(let requantization, let table):
      try check(requantization, at: location)
      guard let unit = hardware.path.activationTable else {
        throw HardwareError(
          .tableDoesNotFit("it needs an activation table, and the machine has none; add activationTable"),
          at: location)
      }
      let isSigned = node.output.format.isSigned
      let widest = table.entries.map { Self.bits(of: $0, isSigned: isSigned) }.max() ?? 0
      guard table.addressFormat.wordLength == unit.addressBits, widest <= unit.outputBits else {
        throw HardwareError(
          .tableDoesNotFit(
            "its table has \(table.addressFormat.wordLength) address bits and entries of \(widest) bits,"
              + " the machine's has \(unit.addressBits) and \(unit.outputBits)"), at: location)
      }
    }
  }

  /// Bits of a word that holds `entry`.
  private static func bits(of entry: Int32, isSigned: Bool) -> Int {
    Int32.bitWidth - (entry < 0 ? ~entry : entry).leadingZeroBitCount + (isSigned ? 1 : 0)
  }

  private func check(_ requantization: Requantization, at location: String) throws(HardwareError) {
    func misfit(_ what: String) -> HardwareError {
      HardwareError(.requantizationDoesNotFit(what), at: location)
    }
    switch (requantization, hardware.path.requantizer) {
    case (.shift(_, let needed), .shift(let rounding)):
      if needed != rounding {
        throw misfit("it shifts with rounding \(needed), the machine with \(rounding)")
      }
    case (.multiplier(let multipliers, _, let needed), .multiplier(let bits, let rounding)):
      if needed != rounding {
        throw misfit("it requantizes with rounding \(needed), the machine with \(rounding)")
      }
      if let wide = multipliers.first(where: { $0 >= 1 << bits }) {
        throw misfit("its multiplier \(wide) does not fit the machine's \(bits) bits")
      }
    case (.doublingHighMultiply, .doublingHighMultiply): break
    case (.shift, _), (.multiplier, _), (.doublingHighMultiply, _):
      throw misfit(
        "its requantization is of another kind than the machine's unit; quantize it for this machine")
    }
  }
}

extension Datapath {
  /// The word by which messages name its kind.
  var kindName: String {
    switch self {
    case .parallel: "parallel"
    case .ternary: "ternary"
    case .bitSerial: "bit-serial"
    case .decomposable: "decomposable"
    case .codebook: "codebook"
    }
  }
}
