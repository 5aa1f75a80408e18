import Foundation
import Reporting
import Testing

@Suite("Pages")
struct HTMLPageTests {
  @Test("A page is well-formed, and every text in it reads back as it was given")
  func textsReadBack() throws {
    let odd = [
      "<script>alert(1)</script>", "a & b", "\"quoted\" 'too'", "]]>", "<!-- -->", "é 幅 👩‍💻", "</pre>", "&amp;",
    ]
    for text in odd {
      let table = try ReportTable(columns: [TableColumn(text, unit: text)], rows: [[.text(text)]])
      let page = HTMLPage(
        title: text, introduction: text,
        sections: [
          PageSection(
            text,
            [
              .paragraph(text), .list([text]), .definitions([PageDefinition(text, text)]),
              .keyFigures([PageKeyFigure(text, value: text, remark: text)]), .table(table, caption: text),
              .command(text), .preformatted(text), .note(text), .links([PageLink(text, path: text)]),
            ])
        ], footer: text)
      let reading = DocumentReading(page.html)
      #expect(reading.failure == nil, "\(text)")
      // Title twice, introduction, heading, 1 + 1 + 2 + 3 in blocks, 4 in the table, 1 each in the last four, footer.
      #expect(reading.text.ranges(of: text).count == 20, "\(text)")
      #expect(!reading.elements.contains { $0.name == "script" })
    }
  }

  @Test("A page needs no other file and no network")
  func selfContained() throws {
    let html = try PageSamples.page().html
    let reading = DocumentReading(html)
    #expect(reading.failure == nil)
    for name in ["script", "link", "img", "iframe"] {
      #expect(!reading.elements.contains { $0.name == name })
    }
    #expect(reading.values(of: "src").isEmpty)
    #expect(!html.contains("url(") && !html.contains("@import"))
    for reference in reading.values(of: "href") {
      #expect(reference.hasPrefix("./") || reference.hasPrefix("#"))
    }
  }

  @Test("The same page gives the same bytes, twice and from a copy")
  func deterministic() throws {
    #expect(try PageSamples.page().html == PageSamples.page().html)
    #expect(try ChartSamples.capacity().svg() == ChartSamples.capacity().svg())
  }

  @Test("A link's path is encoded so that decoding gives it back")
  func referencesDecode() {
    for path in ["results.csv", "a b/ü?.json", "x:y", "//host/z", "100%", "#"] {
      let reference = PageLink("", path: path).reference
      #expect(reference.hasPrefix("./"))
      #expect(String(reference.dropFirst(2)).removingPercentEncoding == path)
      #expect(!reference.contains { "?#: \"<>&".contains($0) })
    }
  }

  @Test("Characters that XML forbids do not reach the page")
  func controlCharacters() {
    let text =
      String(String.UnicodeScalarView((0..<0x20).compactMap(UnicodeScalar.init))) + "\u{FFFE}\u{FFFF}end"
    let page = HTMLPage(title: text, introduction: "", sections: [])
    let reading = DocumentReading(page.html)
    #expect(reading.failure == nil)
    #expect(reading.text.contains("end"))
  }
}
