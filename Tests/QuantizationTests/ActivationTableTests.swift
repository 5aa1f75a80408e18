import FixedPoint
import Foundation
import Quantization
import Testing

@Suite("Activation tables")
struct ActivationTableTests {
  private static let addresses = [
    try! FixedPointFormat(.signed, wordLength: 10, fractionLength: 6),
    try! FixedPointFormat(.signed, wordLength: 4, fractionLength: 0),
    try! FixedPointFormat(.signed, wordLength: 8, fractionLength: -2),
    try! FixedPointFormat(.signed, wordLength: 16, fractionLength: 14),
    try! FixedPointFormat(.signed, wordLength: 12, fractionLength: 8),
  ]

  @Test(
    "Entries are the true sigmoid's nearest words, rising and symmetric but for rounding",
    arguments: addresses, 1...8)
  func entries(_ address: FixedPointFormat, _ bits: Int) {
    let made = ActivationTable.sigmoid(address: address, signalWordLength: bits)
    let entries = made.table.entries
    let count = 1 << address.wordLength
    let levels = Double(1 << bits)
    #expect(entries.count == count && made.slopes.count == count)
    #expect(made.table.addressFormat.description == "sfix\(address.wordLength)")
    for index in 0..<count {
      let argument = scalbn(Double(index - count / 2), -address.fractionLength)
      let truth = 1 / (1 + Foundation.exp(-argument))
      let entry = Double(entries[index])
      // Half a step, but where 1 itself would be needed.
      let isNearest = abs(entry - levels * truth) <= 0.5 + 1e-9
      let isClamped = entry == levels - 1 && levels * truth >= levels - 0.5
      #expect(isNearest || isClamped, "\(entry) at \(argument), bits \(bits)")
      #expect(0 <= entry && entry <= levels - 1)
      if index > 0 {
        #expect(entries[index - 1] <= entries[index], "falls at \(argument)")
        // σ(−x) = 1 − σ(x): the two entries add to 2^b, one more where both are ties, one less where one is clamped.
        let sum = Double(entries[index] + entries[count - index])
        #expect(abs(sum - levels) <= 1, "\(argument): \(sum)")
      }
      let isEnd = index == 0 || index == count - 1
      #expect(
        abs(Double(made.slopes[index]) - (isEnd ? 0 : truth * (1 - truth))) <= 1e-7, "slope at \(argument)")
    }
    #expect(entries[count / 2] == Int32(levels / 2))
    #expect(made.slopes.first == 0 && made.slopes.last == 0)
  }

  @Test("The default table, 1/64 a step, moves by one step of 8 bits at most")
  func defaultTable() {
    let recipe = QuantizationRecipe(weightWordLength: 2)
    let entries = ActivationTable.sigmoid(address: recipe.tableAddress, signalWordLength: 8).table.entries
    #expect(recipe.tableAddress.description == "sfix10_En6")
    #expect(zip(entries, entries.dropFirst()).allSatisfy { $1 - $0 <= 1 })
    // 256·σ(−8) = 0.086, 256·σ(0) = 128, 256·σ(1) = 187.15, 256·σ(7.98) = 255.91.
    #expect(entries[0] == 0 && entries[512] == 128 && entries[576] == 187 && entries[1023] == 255)
  }
}
