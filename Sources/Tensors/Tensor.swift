/// A dense array of numbers: a shape and contiguous storage, the last dimension fastest.
public struct Tensor<Element: Sendable & Hashable>: Sendable, Hashable {
  /// Extents, outermost first. An empty shape is a scalar with one element.
  public let shape: [Int]
  /// The elements in row-major order; `shape`'s product of them.
  public var elements: [Element] {
    didSet { precondition(elements.count == oldValue.count, "a tensor keeps its number of elements") }
  }

  /// A tensor of the given shape and elements.
  /// - Precondition: `elements.count` is the product of `shape`, and no extent is negative.
  public init(shape: [Int], elements: [Element]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in shape \(shape)")
    precondition(
      elements.count == shape.reduce(1, *), "\(elements.count) elements do not fill shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor filled with one value.
  public init(shape: [Int], repeating value: Element) {
    self.init(shape: shape, elements: Array(repeating: value, count: shape.reduce(1, *)))
  }

  /// The number of elements.
  public var count: Int { elements.count }

  /// The element at row `i`, column `j` of a two-dimensional tensor.
  public subscript(_ i: Int, _ j: Int) -> Element {
    get { elements[i * shape[1] + j] }
    set { elements[i * shape[1] + j] = newValue }
  }
}
