import FixedPoint
import Networks
import Quantization
import Tensors

/// Windows, formats, weights and output stages, drawn.
extension RandomDraw {
  /// A tensor that every datapath of the machine can read.
  mutating func tensor(_ shape: [Int], path: OutputPath, widest: Int = 16) -> IntegerTensor {
    let bits = integer(in: 1...min(path.datapath.activationBits, widest))
    let format = Self.integers(pick([.signed, .unsigned]), bits)
    let zeroPoint = once(in: 2) ? 0 : integer(in: Int(format.minimumRaw)...Int(format.maximumRaw))
    return IntegerTensor(shape: shape, format: format, zeroPoint: format.contains(raw: 0) ? zeroPoint : 0)
  }

  static func integers(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
    do {
      return try FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
    } catch {
      preconditionFailure("integers of \(bits) bits: \(error)")
    }
  }

  /// A window that fits `image`; one that `keepsMeeting` holds an element of it everywhere.
  mutating func window(over image: PlaneExtent, keepsMeeting: Bool) -> SlidingWindow {
    func fitting(_ extent: Int) -> (kernel: Int, stride: Int, dilation: Int, before: Int, after: Int) {
      let dilation = once(in: 4) ? 2 : 1
      let kernel = integer(in: 1...3)
      let most = keepsMeeting ? (kernel - 1) / 2 : kernel
      let reach = dilation * (kernel - 1) + 1
      let before = once(in: 2) ? 0 : integer(in: 0...most)
      let after = once(in: 2) ? 0 : integer(in: 0...most)
      guard reach <= extent + before + after, !keepsMeeting || dilation == 1 else { return (1, 1, 1, 0, 0) }
      return (kernel, integer(in: 1...3), dilation, before, after)
    }
    let rows = fitting(image.height)
    let columns = fitting(image.width)
    return SlidingWindow(
      kernel: PlaneExtent(height: rows.kernel, width: columns.kernel),
      stride: PlaneExtent(height: rows.stride, width: columns.stride),
      dilation: PlaneExtent(height: rows.dilation, width: columns.dilation),
      padding: PlanePadding(
        top: rows.before, left: columns.before, bottom: rows.after, right: columns.after))
  }

  mutating func weights(_ count: Int, _ datapath: Datapath) -> ([Int16], bits: Int) {
    switch datapath {
    case .ternary: return ((0..<count).map { _ in Int16(integer(in: -1...1)) }, 2)
    case .parallel(let widest, _), .bitSerial(let widest, _), .decomposable(let widest, _),
      .codebook(_, let widest, _):
      let bits = once(in: 3) ? widest : integer(in: 1...widest)
      let low = -(1 << (bits - 1))
      let high = (1 << (bits - 1)) - 1
      return (
        (0..<count).map { _ in Int16(once(in: 8) ? pick([low, high]) : integer(in: low...high)) }, bits
      )
    }
  }

  /// Weights of a shape; where the datapath has a decode table, as a rule by a codebook, whose indices cover all of it and of whose entries none need be 0.
  mutating func storedWeights(
    _ shape: [Int], _ datapath: Datapath
  ) throws(NetworkError) -> (StoredWeights, bits: Int) {
    let count = shape.reduce(1, *)
    guard datapath.indexBits > 0, !once(in: 3) else {
      let (weights, bits) = weights(count, datapath)
      return (.integers(Tensor(shape: shape, elements: weights)), bits)
    }
    let indexBits = once(in: 3) ? datapath.indexBits : integer(in: 1...datapath.indexBits)
    let (table, bits) = weights(1 << indexBits, datapath)
    let indices = (0..<count).map { _ in UInt8(integer(in: 0...(1 << indexBits) - 1)) }
    let codebook = try WeightCodebook(indexBits: indexBits, table: table, indices: indices)
    return (.indices(codebook, shape: shape), bits)
  }

  /// Biases such that accumulators start anywhere in their range, its ends often among them; rarely beyond.
  mutating func biases(
    _ outputs: Int, weights: [Int16], zeroPoint: Int, _ path: OutputPath
  ) -> [Int64] {
    let width = weights.count / outputs
    let bits = min(path.accumulator.bits, 40)
    let isSmall = once(in: 2) || path.accumulator.overflow == .reject
    let reach = isSmall ? 1 << min(bits - 2, integer(in: 3...12)) : 1 << (bits - 1)
    let misfits = once(in: 60)
    return (0..<outputs).map { output in
      let sum = weights[output * width..<(output + 1) * width].reduce(0) { $0 + Int($1) }
      let start = once(in: 10) ? pick([-reach, reach - 1]) : integer(in: -reach...reach - 1)
      return Int64((misfits ? 1 << bits : start) + zeroPoint * sum)
    }
  }

  /// An output stage and the tensor that it makes.
  mutating func leaving(
    shape: [Int], channels: Int, _ path: OutputPath, mayBeAccumulators: Bool
  ) -> (IntegerOutputStage, IntegerTensor) {
    if mayBeAccumulators, !once(in: 3) {
      return (
        .accumulators,
        IntegerTensor(shape: shape, format: Self.integers(.signed, path.accumulator.bits))
      )
    }
    let requantization = requantization(
      channels: channels, path, sumBits: min(path.accumulator.bits, 30))
    if let unit = path.activationTable, once(in: 2) {
      let output = tensor(shape, path: path, widest: unit.outputBits)
      let low = Int(output.format.minimumRaw)
      let high = Int(output.format.maximumRaw)
      let entries = (0..<1 << unit.addressBits).map { _ in Int32(integer(in: low...high)) }
      let table = LookUpTable(
        addressFormat: Self.integers(.signed, unit.addressBits), entries: entries)
      return (.table(requantization, table), output)
    }
    let output = tensor(shape, path: path)
    let (low, high) = clamp(output.format)
    return (.clamp(requantization, low: low, high: high), output)
  }

  mutating func clamp(_ format: FixedPointFormat) -> (low: Int64, high: Int64) {
    let low = Int(format.minimumRaw)
    let high = Int(format.maximumRaw)
    guard once(in: 3) else { return (Int64(low), Int64(high)) }
    let a = integer(in: low...high)
    let b = integer(in: low...high)
    return (Int64(min(a, b)), Int64(max(a, b)))
  }

  /// A requantisation of the machine's unit that brings sums of about `sumBits` bits to about a signal's.
  mutating func requantization(
    channels: Int, _ path: OutputPath, sumBits: Int
  ) -> Requantization {
    let pairs = once(in: 2) ? channels : 1
    // Half of all factors are small powers of two: only there ties are common.
    let isPower = once(in: 2)
    switch path.requantizer {
    case .shift(let rounding):
      return .shift(
        bits: isPower ? integer(in: 1...6) : integer(in: -3...max(sumBits - 4, 0)), rounding: rounding)
    case .multiplier(let bits, let rounding):
      return .multiplier(
        (0..<pairs).map { _ in Int64(isPower ? 1 << (bits - 1) : integer(in: 0...(1 << bits) - 1)) },
        shifts: (0..<pairs).map { _ in
          isPower ? bits - 1 + integer(in: 1...6) : integer(in: bits - 3...bits + sumBits - 4)
        }, rounding: rounding)
    case .doublingHighMultiply:
      let least = once(in: 4) ? 0 : 1 << 30
      return .doublingHighMultiply(
        (0..<pairs).map { _ in Int64(isPower ? 1 << 30 : integer(in: least...Int(Int32.max))) },
        shifts: (0..<pairs).map { _ in integer(in: isPower ? -4...1 : -min(sumBits, 28)...3) })
    }
  }
}
