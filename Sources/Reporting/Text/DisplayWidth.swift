extension Character {
  /// Columns that a terminal gives this character: 0, 1 or 2.
  ///
  /// Two for East Asian wide and full-width forms and for emoji, zero for lone combining marks and
  /// zero-width characters (Unicode Standard Annex #11). A terminal may differ on characters newer than it.
  package var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if first.isASCII { return first.value < 0x20 || first.value == 0x7F ? 0 : 1 }
    if unicodeScalars.contains(where: { $0 == "\u{FE0F}" }) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if first.properties.isEmojiPresentation { return 2 }
    return Self.wideRanges.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// The blocks whose width is W or F in UAX #11, whole blocks at a time.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

extension StringProtocol {
  /// Columns that a terminal gives this text, which must hold no line break.
  package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The text with control characters made visible: tabs and line breaks as spaces, others as U+FFFD.
  package var singleLine: String {
    var result = ""
    for character in self {
      if character.isNewline || character == "\t" {
        result += " "
      } else if let scalar = character.unicodeScalars.first, scalar.properties.generalCategory == .control {
        result += "\u{FFFD}"
      } else {
        result.append(character)
      }
    }
    return result
  }

  /// The text in lines of at most `width` columns, broken at spaces, and inside a word only where it is wider than a line.
  ///
  /// Line breaks in the text are kept; runs of spaces within a line become one. Always at least one line.
  /// Joining the lines gives back every character but spaces.
  /// - Precondition: `width` is at least 2, so that any character fits.
  package func wrapped(to width: Int) -> [String] {
    precondition(width >= 2, "a line of \(width) columns")
    return split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).flatMap { paragraph in
      var lines: [String] = []
      var line = ""
      var lineWidth = 0
      for word in String(paragraph).singleLine.split(separator: " ") {
        let wordWidth = word.displayWidth
        if lineWidth > 0 && lineWidth + 1 + wordWidth <= width {
          line += " " + word
          lineWidth += 1 + wordWidth
          continue
        }
        if lineWidth > 0 {
          lines.append(line)
          (line, lineWidth) = ("", 0)
        }
        for character in word {
          if lineWidth + character.displayWidth > width {
            lines.append(line)
            (line, lineWidth) = ("", 0)
          }
          line.append(character)
          lineWidth += character.displayWidth
        }
      }
      return lines + [line]
    }
  }

  /// The text followed, preceded or surrounded by spaces so that it fills `width` columns; longer text as it is.
  package func padded(to width: Int, alignment: ColumnAlignment = .leading) -> String {
    let missing = Swift.max(0, width - displayWidth)
    switch alignment {
    case .leading: return self + String(repeating: " ", count: missing)
    case .trailing: return String(repeating: " ", count: missing) + self
    }
  }
}
