import Foundation
import Hardware
import Interchange
import Networks
import Reproducibility
import Testing

@Suite("Golden sets")
struct GoldenSetTests {
  private func entry(_ layer: String, _ role: GoldenSet.Role) throws -> GoldenSet.Entry {
    try #require(try GoldenSamples.set().entries.first { $0.layer == layer && $0.role == role })
  }

  @Test("Every array holds what plain loops give")
  func values() throws {
    let image = GoldenSamples.image.map { Int64($0) }
    let weights = GoldenSamples.weights.map { Int64($0) }
    var accumulators: [Int64] = []
    var maxima: [Int64] = []
    var last: [Int64] = []
    for sample in 0..<2 {
      var best: [Int64] = [0, 0]
      for position in 0..<4 {
        for output in 0..<2 {
          var sum = GoldenSamples.biases[output]
          for tap in 0..<4 {
            let row = position / 2 + tap / 2
            let column = position % 2 + tap % 2
            sum +=
              weights[output * 4 + tap]
              * (image[sample * 9 + row * 3 + column] - Int64(GoldenSamples.zeroPoint))
          }
          accumulators.append(sum)
          best[output] = max(best[output], min(max(sum >> 1, 0), 63))
        }
      }
      maxima += best
      last.append(100 - 3 * best[0] + 5 * best[1])
    }
    #expect(Set(maxima).count > 2)
    #expect(try entry("input", .input).values == image)
    let conv = GoldenSamples.names[0]
    #expect(try entry(conv, .weights).values == weights)
    #expect(try entry(conv, .biases).values == GoldenSamples.biases)
    // 10 − 2 · (1 − 2 + 3 − 4) and −20 − 2 · (5 + 6 − 7 + 7).
    #expect(try entry(conv, .starts).values == [14, -42])
    #expect(try entry(conv, .accumulators).values == accumulators)
    #expect(try entry(conv, .outputs).values == accumulators.map { min(max($0 >> 1, 0), 63) })
    #expect(try entry(GoldenSamples.names[1], .outputs).values == maxima)
    #expect(try entry(GoldenSamples.names[2], .accumulators).values == last)
    #expect(try entry(GoldenSamples.names[2], .outputs).values == last)
  }

  @Test("Arrays have their natural shapes and word lengths, input first, layer by layer")
  func shapes() throws {
    let entries = try GoldenSamples.set().entries
    #expect(
      entries.map { "\($0.stem) \($0.shape) \($0.isSigned ? "s" : "u")\($0.wordLength)" } == [
        "input [2, 3, 3, 1] s4", "01-c_v_1/weights [2, 2, 2, 1] s4", "01-c_v_1/biases [2] s64",
        "01-c_v_1/starts [2] s20", "01-c_v_1/accumulators [2, 4, 2] s20", "01-c_v_1/outputs [2, 2, 2, 2] u6",
        "02-../outputs [2, 1, 1, 2] u6", "03-last_layer/weights [1, 2] s4", "03-last_layer/biases [1] s64",
        "03-last_layer/starts [1] s20", "03-last_layer/accumulators [2, 1, 1] s20",
        "03-last_layer/outputs [2, 1] s20",
      ])
  }

  @Test("Array file and memory image say the same, the manifest names both, and no path leaves the directory")
  func files() throws {
    let set = try GoldenSamples.set()
    let files = try set.files()
    let data = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.data) })
    #expect(files.last?.path == GoldenSet.manifestName && files.count == 2 * set.entries.count + 1)
    for path in data.keys {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      #expect(1...2 ~= parts.count && !parts.contains("..") && !parts.contains("") && path.utf8.count < 60)
      #expect(path.allSatisfy { $0.isASCII && $0 != "\\" }, "\(path)")
    }
    let manifest = try JSONValue(parsing: try #require(data[GoldenSet.manifestName]))
    guard case .array(let arrays)? = manifest["arrays"] else {
      Issue.record("no arrays")
      return
    }
    #expect(arrays.count == set.entries.count)
    for (entry, listed) in zip(set.entries, arrays) {
      let array = try NumpyArray(parsing: try #require(data["\(entry.stem).npy"]), file: "a")
      #expect(array.shape == entry.shape, "\(entry.stem)")
      #expect(try array.integers == entry.values, "\(entry.stem)")
      let memory = try #require(data["\(entry.stem).mem"])
      let image = try MemoryImage(
        parsing: memory, wordLength: entry.wordLength, depth: entry.values.count, file: "m")
      for (address, value) in entry.values.enumerated() {
        let word = UInt64(bitPattern: value) & (.max >> UInt64(64 - entry.wordLength))
        #expect(image.word(at: address) == [word], "\(entry.stem), word \(address)")
      }
      #expect(listed["layer"] == .string(entry.layer) && listed["role"] == .string(entry.role.rawValue))
      #expect(listed["shape"] == .array(entry.shape.map { .integer($0) }))
      #expect(
        listed["wordLength"] == .integer(entry.wordLength) && listed["isSigned"] == .bool(entry.isSigned))
      #expect(listed["memoryImage"] == .string("\(entry.stem).mem"))
      #expect(listed["numpy"] == .string("\(entry.stem).npy"))
      #expect(listed["memoryImageSHA256"] == .string(SHA256Digest(of: memory).description))
      #expect(listed["numpySHA256"] == .string(SHA256Digest(of: data["\(entry.stem).npy"]!).description))
    }
    #expect(manifest["network"] == "golden" && manifest["samples"] == 2)
  }

  @Test("Inputs that the network cannot read are refused")
  func badInputs() throws {
    let machine = TestMachine()
    let engine = try MachineEngine(try chain(sizes: [2, 1], weight: 1, bits: 2), on: try machine.hardware())
    for inputs: [Int32] in [[], [1], [0, 256], [-1, 0]] {
      #expect(throws: HardwareError.self) { try GoldenSet(engine, inputs: inputs, resources: .all) }
    }
  }
}
