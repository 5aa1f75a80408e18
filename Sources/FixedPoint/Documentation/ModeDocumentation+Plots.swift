extension ModeDocumentation {
  /// A file of the documentation.
  public struct File: Hashable, Sendable {
    /// Its name, without a directory.
    public let name: String
    /// Its whole text.
    public let text: String
  }

  /// The plots of every rounding rule and overflow mode, and the tables, as files of one directory.
  public static var files: [File] {
    var files = Rounding.allCases.map { rounding in
      File(name: "rounding-\(fileStem(rounding.rawValue)).svg", text: roundingPlot(rounding).svg)
    }
    for format in narrow {
      for overflow in overflows {
        files.append(
          File(
            name: "overflow-\(format)-\(fileStem(name(overflow))).svg",
            text: overflowPlot(overflow, format).svg))
      }
    }
    return files + [File(name: "modes.md", text: page(files.map(\.name)))]
  }

  /// The rounded value over the exact one, from −3 to 3 in 64ths.
  private static func roundingPlot(_ rounding: Rounding) -> StepPlot {
    let grid = 64
    let samples = (-3 * grid...3 * grid).map { raw in
      StepPlot.Sample(
        x: Double(raw) / Double(grid), y: Double(whole(number(Int128(raw), fractionLength: 6), rounding)))
    }
    let names = rounding.hlsName.map { "\(rounding.rawValue) (\($0))" } ?? rounding.rawValue
    return StepPlot(
      title: "Rounding: \(names)", horizontal: "exact value", vertical: "rounded", drawing: .steps,
      samples: samples, range: -3...3)
  }

  /// The integer that is stored over the one that was to be stored, from −12 to 12.
  private static func overflowPlot(_ overflow: Overflow, _ format: FixedPointFormat) -> StepPlot {
    let samples = (-12...12).map { raw in
      StepPlot.Sample(x: Double(raw), y: Double(Int64(format.brought(Int128(raw), overflow: overflow))))
    }
    return StepPlot(
      title: "Overflow in \(format): \(name(overflow)) (\(overflow.hlsName))", horizontal: "integer",
      vertical: "stored", drawing: .points, samples: samples, range: -12...12)
  }

  /// `nearestTiesToEven` as `nearest-ties-to-even`, and counts after a hyphen.
  private static func fileStem(_ name: String) -> String {
    var stem = ""
    for character in name where character != ")" {
      if character == "(" {
        stem += "-"
      } else {
        stem += character.isUppercase ? "-" + character.lowercased() : String(character)
      }
    }
    return stem
  }

  private static func page(_ plots: [String]) -> String {
    let images = plots.map { "![\($0.dropLast(4))](\($0))\n" }.joined()
    return "# Every mode of fixed-point arithmetic\n\nMade by `wordlength vectors --document DIR`.\n\n"
      + "## Rounding rules\n\n\(roundingTable)\n## Overflow modes\n\n\(overflowTable)\n"
      + "## Formats of exact results\n\n\(resultFormatTable)\n## Plots\n\n\(images)"
  }
}
