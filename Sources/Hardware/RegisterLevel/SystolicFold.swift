import Networks

/// One fold of a layer's product: which positions, filters and products of one group are on the array.
struct SystolicFold {
  /// Group of channels.
  var group = 0
  /// First index that the columns hold: filters of the group, or positions of the band.
  var firstColumn = 0
  /// First index that the rows hold: positions of the band, or products.
  var firstRow = 0
}

/// The product that the array computes for one group: M positions × filters, each a sum of K products.
struct SystolicProduct {
  let layer: WeightedLayer
  let ports: LayerPorts
  /// First output position of the band.
  let firstPosition: Int
  /// M.
  let positions: Int
  /// Filters of a group.
  let filters: Int
  /// K.
  let terms: Int

  init(_ layer: WeightedLayer, ports: LayerPorts, rows: Range<Int>) {
    self.layer = layer
    self.ports = ports
    firstPosition = rows.lowerBound * layer.outputPlane.width
    positions = rows.count * layer.outputPlane.width
    filters = layer.outputs / layer.groups
    terms = layer.window.kernel.height * layer.window.kernel.width * (layer.inputChannels / layer.groups)
  }

  /// Weight of product `term` of filter `filter` of a group.
  func weight(_ term: Int, filter: Int, group: Int) -> Int64 {
    Int64(layer.weights[(group * filters + filter) * terms + term])
  }

  /// Activation that product `term` of position `position` of the band reads; the zero point outside the image.
  func activation(_ term: Int, position: Int, group: Int, in memory: ActivationRegions) -> Int64 {
    let width = layer.inputChannels / layer.groups
    let tap = term / width
    let row = (firstPosition + position) / layer.outputPlane.width
    let column = (firstPosition + position) % layer.outputPlane.width
    let window = layer.window
    let imageRow =
      row * window.stride.height + tap / window.kernel.width * window.dilation.height - window.padding.top
    let imageColumn =
      column * window.stride.width + tap % window.kernel.width * window.dilation.width - window.padding.left
    guard imageRow >= 0, imageRow < layer.inputPlane.height, imageColumn >= 0,
      imageColumn < layer.inputPlane.width
    else { return Int64(layer.inputZeroPoint) }
    let pixel = (imageRow * layer.inputPlane.width + imageColumn) * layer.inputChannels
    return memory[ports.sources[0], pixel + group * width + term % width]
  }

  /// Output channel of a filter.
  func channel(filter: Int, group: Int) -> Int { group * filters + filter }

  /// Element address of an output.
  func address(position: Int, channel: Int) -> Int {
    (firstPosition + position) * layer.outputs + channel
  }
}
