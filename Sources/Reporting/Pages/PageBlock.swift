/// One part of a page's section. All text is plain and is escaped by the page.
public enum PageBlock: Hashable, Sendable {
  /// A paragraph.
  case paragraph(String)
  /// A list with bullets.
  case list([String])
  /// Terms and what they mean or amount to.
  case definitions([PageDefinition])
  /// The few figures that answer the reader's question, set large.
  case keyFigures([PageKeyFigure])
  /// A table with its caption; it scrolls sideways in its own box where it is wider than the page.
  case table(ReportTable, caption: String)
  /// An XY chart with its caption, laid out twice: for wide and for narrow screens.
  case chart(Chart, caption: String)
  /// A bar chart with its caption, laid out twice: for wide and for narrow screens.
  case bars(BarChart, caption: String)
  /// Small pictures in rows and columns; they scroll sideways where they are wider than the page. Without a caption they are not numbered.
  case pictures(PictureGrid, caption: String)
  /// A command line, set as code that can be copied whole.
  case command(String)
  /// Text whose spaces and line breaks count.
  case preformatted(String)
  /// A remark set apart, such as a limit of the method.
  case note(String)
  /// Links to files beside the page.
  case links([PageLink])
}

/// A term and its meaning.
public struct PageDefinition: Hashable, Sendable {
  /// The term.
  public let term: String
  /// What it means or amounts to.
  public let meaning: String

  /// A term and its meaning.
  public init(_ term: String, _ meaning: String) {
    self.term = term
    self.meaning = meaning
  }
}

/// A figure that answers part of the reader's question.
public struct PageKeyFigure: Hashable, Sendable {
  /// What it is, such as `Test error`.
  public let name: String
  /// The value with its unit.
  public let value: String
  /// A remark below the value, such as what it is compared with.
  public let remark: String?

  /// A figure with its name.
  public init(_ name: String, value: String, remark: String? = nil) {
    self.name = name
    self.value = value
    self.remark = remark
  }
}

/// A link to a file beside the page.
public struct PageLink: Hashable, Sendable {
  /// The text of the link.
  public let text: String
  /// The file's path relative to the page, with `/` between folders.
  public let path: String

  /// A link named `text` to `path`.
  public init(_ text: String, path: String) {
    self.text = text
    self.path = path
  }

  /// The path as a URL reference (RFC 3986): bytes other than letters, digits and `-._~/` are percent-encoded, and a leading
  /// `./` keeps a colon or slash in the first name from meaning a scheme or a host.
  package var reference: String {
    let hexadecimal = Array("0123456789ABCDEF")
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    return "./"
      + path.utf8.map { byte in
        plain.contains(byte)
          ? String(UnicodeScalar(byte)) : "%\(hexadecimal[Int(byte / 16)])\(hexadecimal[Int(byte % 16)])"
      }.joined()
  }
}
