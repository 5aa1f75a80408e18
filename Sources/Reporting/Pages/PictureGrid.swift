import Foundation

/// Small pictures in rows and columns, each a PNG file, shown with square pixels.
public struct PictureGrid: Hashable, Sendable {
  /// A row of pictures.
  public struct Row: Hashable, Sendable {
    /// What it shows.
    public let name: String
    /// One PNG file a column, each with what it shows for those who do not see it.
    public let pictures: [Picture]

    /// A row.
    public init(_ name: String, pictures: [Picture]) {
      self.name = name
      self.pictures = pictures
    }
  }

  /// A picture.
  public struct Picture: Hashable, Sendable {
    /// The PNG file's bytes.
    public let file: Data
    /// What it shows, in words.
    public let summary: String

    /// A picture.
    public init(_ file: Data, summary: String) {
      self.file = file
      self.summary = summary
    }
  }

  /// Headings of the columns.
  public let columns: [String]
  /// The rows, each with a picture a column.
  public let rows: [Row]
  /// Width of a picture on the page in units of the text's size.
  public let width: Int

  /// A grid.
  /// - Precondition: every row has a picture for each column.
  public init(columns: [String], rows: [Row], width: Int) {
    precondition(rows.allSatisfy { $0.pictures.count == columns.count }, "ragged rows of pictures")
    self.columns = columns
    self.rows = rows
    self.width = width
  }

  /// The grid as a table of pictures.
  var markup: Markup {
    let corner = rows.contains { !$0.name.isEmpty }
    let head =
      (corner ? [Markup.node("th", [:], text: "")] : [])
      + columns.map {
        .node("th", ["scope": "col"], text: $0)
      }
    let body = rows.map { row in
      Markup.node(
        "tr", [:],
        (corner ? [.node("th", ["scope": "row"], text: row.name)] : [])
          + row.pictures.map { picture in
            .node(
              "td", [:],
              [
                .node(
                  "img",
                  [
                    "src": "data:image/png;base64,\(picture.file.base64EncodedString())",
                    "alt": picture.summary, "style": "width:\(width)em",
                  ])
              ])
          })
    }
    return .node(
      "table", ["class": "pictures"],
      [.node("thead", [:], [.node("tr", [:], head)]), .node("tbody", [:], body)])
  }
}
