import Foundation
import Networks
import Reproducibility
import Testing

@Suite("Topologies from JSON")
struct TopologyDescriptionTests {
  private func read(_ text: String, inputShape: [Int]? = nil, classes: Int? = nil) throws -> NetworkTopology {
    try NetworkTopology(
      description: Data(text.utf8), file: "net.json", inputShape: inputShape, classes: classes)
  }

  private func message(_ text: String, classes: Int? = nil) -> String {
    do {
      _ = try read(text, classes: classes)
      return "no error"
    } catch { return "\(error)" }
  }

  private static let cnn = """
    {"name": "cnn-4-6-8", "input": [32, 32, 3], "layers": [
      {"name": "conv1", "kind": "convolution", "outputs": 4, "kernel": [5, 5], "padding": "same", "activation": "relu"},
      {"name": "pool1", "kind": "maximumPooling", "kernel": [3, 3], "stride": [2, 2], "padding": "same"},
      {"name": "conv2", "kind": "convolution", "outputs": 6, "kernel": [5, 5], "margins": [2, 2, 2, 2], "activation": "relu"},
      {"name": "pool2", "kind": "averagePooling", "kernel": [3, 3], "stride": [2, 2], "margins": [0, 0, 1, 1]},
      {"name": "conv3", "kind": "convolution", "outputs": 8, "kernel": [5, 5], "padding": "same", "activation": "relu"},
      {"name": "pool3", "kind": "averagePooling", "kernel": [3, 3], "stride": [2, 2], "padding": "same"},
      {"name": "hidden", "kind": "dense", "outputs": 64, "activation": "relu"},
      {"name": "logits", "kind": "dense", "outputs": 10}
    ]}
    """

  @Test("The papers' CNN written out is the one that its name stands for")
  func namedAndWritten() throws {
    #expect(try read(Self.cnn) == NetworkTopology(named: "cnn-4-6-8"))
    let other = try read(Self.cnn, inputShape: [16, 16, 1], classes: 10)
    #expect(try other == NetworkTopology(named: "cnn-4-6-8", inputShape: [16, 16, 1]))
  }

  @Test("Groups, dilation, branches and sums are read")
  func branches() throws {
    let topology = try read(
      """
      {"name": "branches", "input": [9, 9, 4], "layers": [
        {"name": "a", "kind": "convolution", "outputs": 4, "kernel": [3, 3], "padding": "same", "groups": 4},
        {"name": "b", "kind": "convolution", "from": ["input"], "outputs": 4, "kernel": [3, 1], "dilation": [2, 1],
         "stride": [1, 1], "padding": "same", "activation": "relu6"},
        {"name": "sum", "kind": "addition", "from": ["a", "b"], "activation": "tanh"},
        {"name": "logits", "kind": "dense", "outputs": 3}
      ]}
      """)
    #expect(topology.layers.map(\.inputs) == [["input"], ["input"], ["a", "b"], ["sum"]])
    #expect(topology.layers.map(\.activation) == [nil, .relu6, .tanh, nil])
    #expect(topology.layers.map(\.outputShape) == [[9, 9, 4], [9, 9, 4], [9, 9, 4], [3]])
    guard case .convolution(4, let window, groups: 1) = topology.layers[1].operation else {
      Issue.record("not a convolution")
      return
    }
    #expect(window.dilation == PlaneExtent(height: 2, width: 1))
    #expect(window.padding == PlanePadding(top: 2, left: 0, bottom: 2, right: 0))
  }

  @Test("Every fault of a description is named by its path, and at once")
  func faults() {
    let text = message(
      """
      {"name": "x", "input": [4, 4], "depth": 3, "layers": [
        {"name": "a", "kind": "convolutoin"},
        {"name": "b", "kind": "dense", "outputs": 0, "kernel": [1, 1]},
        {"name": "b", "kind": "maximumPooling", "kernel": [2, 2], "padding": "same", "margins": [0, 0, 0, 0], "from": ["z"]},
        {"name": "c", "kind": "addition"}
      ]}
      """)
    for part in [
      "input", "depth", "layers[0].kind", "did you mean \"convolution\"?", "layers[1].outputs",
      "layers[1].kernel", "layers[2].margins", "layers[2].from", "no tensor \"z\"", "layers[3].from",
    ] {
      #expect(text.contains(part), "\(part) is not in: \(text)")
    }
  }

  @Test("Shapes that do not chain name the layer and both shapes")
  func shapes() {
    func layers(_ text: String) -> String {
      "{\"name\": \"x\", \"input\": [4, 4, 3], \"layers\": [\(text)]}"
    }
    let window = message(layers(#"{"name": "a", "kind": "maximumPooling", "kernel": [5, 5]}"#))
    #expect(window.contains("x, layer a") && window.contains("5 x 5") && window.contains("[4, 4, 3]"))
    let sum = message(
      layers(
        #"{"name": "a", "kind": "dense", "outputs": 7}, {"name": "s", "kind": "addition", "from": ["a", "input"]}"#
      ))
    #expect(sum.contains("x, layer s") && sum.contains("[7]") && sum.contains("[4, 4, 3]"))
    let groups = message(
      layers(#"{"name": "a", "kind": "convolution", "outputs": 4, "kernel": [1, 1], "groups": 2}"#))
    #expect(groups.contains("2 groups of 3 channels to 4 outputs"))
    let classes = message(layers(#"{"name": "a", "kind": "dense", "outputs": 7}"#), classes: 10)
    #expect(classes.contains("x, layer a") && classes.contains("[7]") && classes.contains("10 classes"))
    #expect(message(layers("")).contains("layers"))
    #expect(message("{").contains("not JSON"))
  }
}
