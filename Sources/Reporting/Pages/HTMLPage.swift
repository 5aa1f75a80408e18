/// A part of a page under a heading.
public struct PageSection: Hashable, Sendable {
  /// The heading.
  public let heading: String
  /// The content, from the top.
  public let blocks: [PageBlock]

  /// A section with its content.
  public init(_ heading: String, _ blocks: [PageBlock]) {
    self.heading = heading
    self.blocks = blocks
  }
}

/// A report as one HTML file that needs nothing else: no script, no font, no other file.
///
/// Light and dark by the reader's setting, from a narrow phone to a wide screen, and fit for printing. The same
/// bytes for the same value. The text is also well-formed XML.
public struct HTMLPage: Hashable, Sendable {
  /// The title of the page and of the browser's window.
  public let title: String
  /// The paragraph below the title: what the page answers.
  public let introduction: String
  /// The sections, from the top.
  public let sections: [PageSection]
  /// The line at the foot, such as what made the page; none if empty.
  public let footer: String

  /// A page.
  public init(title: String, introduction: String, sections: [PageSection], footer: String = "") {
    self.title = title
    self.introduction = introduction
    self.sections = sections
    self.footer = footer
  }

  /// The file's text.
  public var html: String {
    var writer = PageWriter()
    var main: [Markup] = [
      .node(
        "header", [:],
        [.node("h1", text: title)]
          + (introduction.isEmpty ? [] : [.node("p", ["class": "lead"], text: introduction)]))
    ]
    if sections.count > 3 {
      let items = sections.enumerated().map { index, section in
        Markup.node("li", [:], [.node("a", ["href": "#section-\(index + 1)"], text: section.heading)])
      }
      main.append(.node("nav", ["aria-label": "Sections"], [.node("ul", [:], items)]))
    }
    for (index, section) in sections.enumerated() {
      let blocks = section.blocks.map { writer.markup(of: $0) }
      main.append(
        .node(
          "section", ["id": "section-\(index + 1)"], [.node("h2", text: section.heading)] + blocks))
    }
    if !footer.isEmpty { main.append(.node("footer", [:], [.node("p", text: footer)])) }
    let head: [Markup] = [
      .node("meta", ["charset": "utf-8"]),
      .node("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .node("meta", ["name": "color-scheme", "content": "light dark"]),
      .node("title", text: title.isEmpty ? "Report" : title),
      .element("style", [], [.styleSheet(PageStyle.rules + FigureStyle.rules)]),
    ]
    let page = Markup.node(
      "html", ["lang": "en"], [.node("head", [:], head), .node("body", [:], [.node("main", [:], main)])])
    return "<!DOCTYPE html>\n" + page.rendered + "\n"
  }
}

/// Turns blocks into elements and numbers figures and tables as it goes.
struct PageWriter {
  private var figures = 0
  private var tables = 0

  mutating func markup(of block: PageBlock) -> Markup {
    switch block {
    case .paragraph(let text): return .node("p", text: text)
    case .note(let text): return .node("p", ["class": "note", "role": "note"], text: text)
    case .list(let items): return .node("ul", [:], items.map { .node("li", text: $0) })
    case .definitions(let definitions):
      return .node(
        "dl", [:], definitions.flatMap { [.node("dt", text: $0.term), .node("dd", text: $0.meaning)] })
    case .keyFigures(let figures):
      let boxes = figures.map { figure in
        Markup.node(
          "div", [:],
          [.node("dt", text: figure.name), .node("dd", ["class": "value"], text: figure.value)]
            + (figure.remark.map { [.node("dd", text: $0)] } ?? []))
      }
      return .node("dl", ["class": "key-figures"], boxes)
    case .table(let table, let caption): return markup(of: table, caption: caption)
    case .chart(let chart, let caption):
      return figure(caption: caption) { width, prefix in
        chart.markup(width: width, height: width < 520 ? 340 : 440, prefix: prefix, style: .fromPage)
      }
    case .bars(let chart, let caption):
      return figure(caption: caption) { width, prefix in
        chart.markup(width: width, prefix: prefix, style: .fromPage)
      }
    case .pictures(let grid, let caption):
      let scroll = Markup.node("div", ["class": "scroll"], [grid.markup])
      guard !caption.isEmpty else { return .node("figure", [:], [scroll]) }
      figures += 1
      return .node(
        "figure", ["id": "figure-\(figures)"],
        [
          scroll,
          .element(
            "figcaption", [], [.node("b", text: "Figure \(figures). "), .text(caption)]),
        ])
    case .command(let line): return .node("pre", ["class": "command"], [.node("code", text: line)])
    case .preformatted(let text): return .node("pre", text: text)
    case .links(let links):
      return .node(
        "ul", ["class": "links"],
        links.map { .node("li", [:], [.node("a", ["href": $0.reference], text: $0.text)]) })
    }
  }

  private mutating func figure(caption: String, drawing: (Double, String) -> Markup) -> Markup {
    figures += 1
    let label = "Figure \(figures)." + (caption.isEmpty ? "" : " ")
    return .node(
      "figure", ["id": "figure-\(figures)"],
      [
        .node("div", ["class": "wide"], [drawing(720, "figure-\(figures)-wide")]),
        .node("div", ["class": "narrow"], [drawing(360, "figure-\(figures)-narrow")]),
        .element("figcaption", [], [.node("b", text: label), .text(caption)]),
      ])
  }

  private mutating func markup(of table: ReportTable, caption: String) -> Markup {
    tables += 1
    func alignment(_ column: TableColumn) -> KeyValuePairs<String, String> {
      switch column.alignment {
      case .leading: [:]
      case .trailing: ["class": "number"]
      }
    }
    let headings = table.columns.map { column -> Markup in
      let unit: [Markup] = column.unit.map { [.text(" "), .node("span", ["class": "unit"], text: $0)] } ?? []
      let attributes = alignment(column).map { MarkupAttribute($0.key, $0.value) }
      return .element("th", [MarkupAttribute("scope", "col")] + attributes, [.text(column.name)] + unit)
    }
    // A column of words keeps a width at which it reads, and the table scrolls instead.
    let longest = table.columns.indices.map { index in
      table.rows.map { $0[index].shown.displayWidth }.max() ?? 0
    }
    func cell(_ index: Int, _ cell: TableCell) -> Markup {
      switch table.columns[index].alignment {
      case .trailing: return .node("td", ["class": "number"], text: cell.shown)
      case .leading:
        let kind = longest[index] > 36 ? "sentence" : longest[index] > 8 ? "words" : "word"
        return .node("td", ["class": kind], text: cell.shown)
      }
    }
    let rows = table.rows.map { row in
      Markup.node("tr", [:], row.enumerated().map { cell($0, $1) })
    }
    let label = "Table \(tables)." + (caption.isEmpty ? "" : " ")
    return .node(
      "div", ["class": "table", "id": "table-\(tables)"],
      [
        .element(
          "p", [MarkupAttribute("class", "caption"), MarkupAttribute("id", "table-\(tables)-caption")],
          [.node("b", text: label), .text(caption)]),
        // Focusable, so that the keyboard can scroll it.
        .node(
          "div",
          [
            "class": "scroll", "role": "region", "tabindex": "0",
            "aria-labelledby": "table-\(tables)-caption",
          ],
          [
            .node(
              "table", [:],
              [
                .node("thead", [:], [.node("tr", [:], headings)]), .node("tbody", [:], rows),
              ])
          ]),
      ])
  }
}
