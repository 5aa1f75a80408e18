/// Where the style sheet of a figure stands.
public enum FigureStyle: Hashable, Sendable {
  /// In the figure itself, which then is a complete SVG file.
  case embedded
  /// In the page around the figure, once for all its figures.
  case fromPage

  /// The rules for figures, light and dark. All are scoped by the class `wordlength-figure`, so they touch nothing
  /// else on a page. Colors stand in the rules themselves because some SVG renderers know no CSS variables.
  public static let rules: String = {
    let light = Ground(
      surface: "#ffffff", ink: "#1b1e23", soft: "#565c66", grid: "#e3e6ea", accent: "#b3261e")
    let dark = Ground(surface: "#15181d", ink: "#e8eaed", soft: "#a4abb6", grid: "#2c3138", accent: "#ff8a80")
    let constant = """
      .wordlength-figure{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;\
      font-variant-numeric:tabular-nums}
      .wordlength-figure .w-title{font-weight:600}
      .wordlength-figure .w-highlight{font-weight:600;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
      .wordlength-figure .w-reference{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
      .wordlength-figure .w-line{fill:none;stroke-width:2px;stroke-linejoin:round}
      .wordlength-figure .w-bar{fill:none;stroke-width:1.4px}
      .wordlength-figure .w-marker{stroke-width:1px}
      .wordlength-figure .w-grid,.wordlength-figure .w-axis{fill:none;stroke-width:1px;shape-rendering:crispEdges}
      .wordlength-figure .w-rule{fill:none;stroke-width:1.5px;stroke-dasharray:5 3}
      .wordlength-figure .w-pale{fill-opacity:0.45}
      .wordlength-figure .w-ring{fill:none;stroke-width:2.2px}

      """
    return constant + light.rules(inks: SeriesLook.palette.map(\.light))
      + "@media screen and (prefers-color-scheme:dark){\n" + dark.rules(inks: SeriesLook.palette.map(\.dark))
      + "}\n"
  }()

  /// The colors that depend on the ground.
  private struct Ground {
    let surface, ink, soft, grid, accent: String

    func rules(inks: [String]) -> String {
      func rule(_ selectors: [String], _ declarations: String) -> String {
        selectors.map { ".wordlength-figure .w-\($0)" }.joined(separator: ",") + "{\(declarations)}\n"
      }
      var text = rule(["surface"], "fill:\(surface)")
      text += rule(["title", "legend", "value"], "fill:\(ink)")
      text += rule(["subtitle", "tick", "heading", "notice"], "fill:\(soft)")
      text += rule(["reference"], "fill:\(ink);stroke:\(surface)")
      text += rule(["highlight"], "fill:\(accent);stroke:\(surface)")
      text += rule(["grid"], "stroke:\(grid)")
      text += rule(["axis"], "stroke:\(soft)")
      text += rule(["rule", "arrow"], "stroke:\(ink)")
      text += rule(["ring"], "stroke:\(accent)")
      for (index, ink) in inks.enumerated() {
        text += rule(["stroke\(index)"], "stroke:\(ink)")
        text += rule(["fill\(index)"], "fill:\(ink);stroke:\(surface)")
      }
      return text
    }
  }
}

/// The frame of a figure: the `svg` element with title, description, style and ground.
struct FigureFrame {
  let title: String
  let summary: String
  let width: Double
  let height: Double

  /// The complete element around `content`. Identifiers start with `prefix`, which must differ among the figures of a page.
  func markup(prefix: String, style: FigureStyle, content: [Markup]) -> Markup {
    var children: [Markup] = [
      .node("title", ["id": "\(prefix)-title"], text: title),
      .node("desc", ["id": "\(prefix)-summary"], text: summary),
    ]
    switch style {
    case .embedded: children.append(.element("style", [], [.styleSheet(FigureStyle.rules)]))
    case .fromPage: break
    }
    children.append(
      .node(
        "rect",
        ["class": "w-surface", "x": "0", "y": "0", "width": width.coordinate, "height": height.coordinate]))
    return .node(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "wordlength-figure", "role": "img",
        "aria-labelledby": "\(prefix)-title \(prefix)-summary",
        "viewBox": "0 0 \(width.coordinate) \(height.coordinate)", "width": width.coordinate,
        "height": height.coordinate,
      ], children + content)
  }
}
