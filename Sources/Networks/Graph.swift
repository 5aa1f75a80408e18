/// The name that every network gives to the tensor it reads.
public let inputTensorName = "input"

/// A step of a network's graph: it reads named tensors and makes the tensor that bears its own name.
protocol GraphNode {
  var name: String { get }
  var inputs: [String] { get }
}

/// Checks that node names are unique, that each node reads only tensors made before it, and that every tensor
/// but the last is read: an unread one is a mistake in the graph.
func checkOrder(of nodes: [some GraphNode], network: String) throws(NetworkError) {
  guard !nodes.isEmpty else { throw NetworkError(at: network, "has no nodes; at least one is needed") }
  var known: Set<String> = [inputTensorName]
  let read = Set(nodes.flatMap(\.inputs))
  for node in nodes {
    for input in node.inputs where !known.contains(input) {
      throw NetworkError(
        at: node.name,
        "reads tensor \"\(input)\", which no earlier node makes; nodes must stand in execution order")
    }
    guard known.insert(node.name).inserted else {
      throw NetworkError(at: node.name, "another tensor bears this name; names must be unique")
    }
  }
  let needed = [inputTensorName] + nodes.dropLast().map(\.name)
  if let name = needed.first(where: { !read.contains($0) }) {
    throw NetworkError(at: name, "no node reads this tensor; only the last node's is the output")
  }
}

/// The largest number of elements that a tensor of a network may have.
let largestTensor = 1 << 24

/// Checks that `shape` has 1 to 4 positive extents and at most 2^24 elements, so that no count of elements overflows.
func checkShape(_ shape: [Int], of tensor: String) throws(NetworkError) {
  var count = 1
  for extent in shape where count > 0 {
    let (product, overflowed) = count.multipliedReportingOverflow(by: extent)
    count = extent < 1 || overflowed || product > largestTensor ? 0 : product
  }
  guard 1...4 ~= shape.count, count > 0 else {
    throw NetworkError(
      at: tensor,
      "shape \(shape) is not possible; a tensor has 1 to 4 positive extents and at most \(largestTensor) elements"
    )
  }
}
