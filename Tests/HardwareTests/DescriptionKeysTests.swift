import Foundation
import Hardware
import Reproducibility
import Testing

@Suite("The page of description keys")
struct DescriptionKeysTests {
  private func paths(_ value: JSONValue, under prefix: String = "") -> Set<String> {
    guard case .object(let members) = value else { return [prefix] }
    return members.reduce(into: []) { paths, member in
      paths.formUnion(
        self.paths(member.value, under: prefix.isEmpty ? member.key : "\(prefix).\(member.key)"))
    }
  }

  @Test("Every key of every kind of machine has its row, and no row is of a key that machines lack")
  func everyKeyHasItsRow() throws {
    let page = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Hardware/Hardware.docc/DescriptionKeys.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") || $0.hasPrefix("| *array*`") }.map {
      String($0.dropFirst(2).prefix { $0 != "|" }).trimmingCharacters(in: .whitespaces)
    }
    var used: Set<String> = []
    var machines = Array(HardwareDescription.embedded.values).map(\.json)
    // What no embedded machine has: a ternary one packed in pairs of bits is read all the same.
    machines.append(HardwareDescription.standard.withWeights(bits: 2).json)
    for machine in machines {
      for path in paths(machine) {
        let shared = ["laneArray", "systolicArray"].first { path.hasPrefix("\($0).") }
          .map { "*array*`\(path.dropFirst($0.count))`" }
        let row = rows.first { $0 == "`\(path)`" || $0 == shared }
        #expect(row != nil, "\(path) has no row")
        if let row { used.insert(row) }
      }
    }
    let groups = [
      "`laneArray`", "`systolicArray`", "*array*`.activationTable`", "`vectorUnit`", "`externalMemory`",
    ]
    #expect(Set(rows).subtracting(used).subtracting(groups).isEmpty)
  }
}
