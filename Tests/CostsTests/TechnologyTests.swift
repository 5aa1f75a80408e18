import Costs
import Foundation
import Reproducibility
import Testing

@Suite("Technology files")
struct TechnologyTests {
  private func read(_ value: JSONValue) throws -> Technology {
    try Technology(parsing: Data(value.canonicalText.utf8), file: "test.json")
  }

  private func faults(_ value: JSONValue) -> [String] {
    do {
      _ = try read(value)
      return []
    } catch let error as DescriptionError {
      return error.faults.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  /// `value` with the member at `path` replaced, or removed where `member` is nil.
  private func changing(_ value: JSONValue, _ path: [String], to member: JSONValue?) -> JSONValue {
    guard case .object(var members) = value else { return value }
    members[path[0]] =
      path.count == 1
      ? member : changing(members[path[0]] ?? [:], Array(path.dropFirst()), to: member)
    return .object(members)
  }

  @Test("Every embedded node comes back from its JSON")
  func roundTrip() throws {
    #expect(Technology.embedded.keys.sorted() == ["22nm", "32nm", "45nm", "65nm", "90nm"])
    for (name, technology) in Technology.embedded {
      let again = try read(technology.json)
      #expect(technology.name == name && again == technology)
    }
  }

  @Test("Every constant has a source that says more than a word")
  func sourcesAreThere() {
    func check(_ value: JSONValue, _ path: String) {
      guard case .object(let members) = value else { return }
      if case .string(let source)? = members["source"] {
        #expect(source == "definition" || source.split(separator: " ").count > 3, "\(path): \(source)")
      }
      for (key, member) in members { check(member, "\(path).\(key)") }
    }
    for technology in Technology.embedded.values { check(technology.json, technology.name) }
  }

  @Test("All faults of a file are told at once, by their paths")
  func allFaults() {
    var value = Technology.standard.json
    value = changing(value, ["placementDensity"], to: nil)
    value = changing(value, ["cellAreas", "fullAdder", "unit"], to: "mm2")
    value = changing(value, ["cellAreas", "fulAdder"], to: 3)
    value = changing(value, ["memories", "highPerformance", "area", "bit", "value"], to: -1)
    value = changing(value, ["memories", "lowStandbyPower", "readEnergy"], to: nil)
    value = changing(value, ["energyPerGateEquivalent", "source"], to: "")
    let text = faults(value).joined(separator: "\n")
    for path in [
      "placementDensity: missing", "cellAreas.fullAdder.unit: found", "cellAreas.fulAdder: unknown",
      "memories.highPerformance.area.bit.value: found", "memories.lowStandbyPower.readEnergy: missing",
      "energyPerGateEquivalent.source: is empty",
    ] {
      #expect(text.contains(path), "no \(path) in\n\(text)")
    }
    #expect(faults(value).count == 6)
  }

  @Test("No member can be left out")
  func everyMemberIsNeeded() {
    func check(_ value: JSONValue, _ path: [String]) {
      guard case .object(let members) = value else { return }
      for (key, member) in members {
        let all = path + [key]
        let shown = faults(changing(Technology.standard.json, all, to: nil))
        #expect(shown.contains { $0.hasPrefix(all.joined(separator: ".") + ":") }, "\(all): \(shown)")
        check(member, all)
      }
    }
    check(Technology.standard.json, [])
  }

  @Test("Smaller nodes are smaller, and operations cost less in them")
  func nodesAreOrdered() {
    let nodes = Technology.embedded.values.sorted { $0.featureSize.value > $1.featureSize.value }
    for (larger, smaller) in zip(nodes, nodes.dropFirst()) {
      for cell in LogicCell.allCases { #expect(larger.areaPrices[cell] > smaller.areaPrices[cell]) }
      #expect(larger.energyPerGateEquivalent.value > smaller.energyPerGateEquivalent.value)
      #expect(larger.gatePrices == smaller.gatePrices)
    }
  }
}
