import Datasets
import Interchange
import Reporting

/// A page of small pictures: errors down, severities across, for a few images.
struct ContactSheet {
  private let images: ImageSet
  private let dataset: String
  private let kinds: [InputDisturbance.Kind]
  private let severities: [Double]
  private let seed: UInt64

  /// A sheet of the first images of three classes.
  init(
    _ images: ImageSet, dataset: String, kinds: [InputDisturbance.Kind], severities: [Double], seed: UInt64
  ) {
    var shown: [Int] = []
    for index in 0..<images.count where shown.count < 3 {
      if !shown.contains(where: { images.labels[$0] == images.labels[index] }) { shown.append(index) }
    }
    self.images = images.subset(shown)
    self.dataset = dataset
    self.kinds = kinds
    self.severities = severities
    self.seed = seed
  }

  /// The page.
  /// - Throws: `DatasetError` where a severity is out of range.
  func page(command: String) throws(DatasetError) -> HTMLPage {
    var sections: [PageSection] = []
    for image in 0..<images.count {
      var rows: [PictureGrid.Row] = []
      for kind in kinds {
        var pictures = [picture(images, image, "undisturbed")]
        for severity in severities {
          let disturbed = images.disturbed(
            by: try InputDisturbance(kind, severity: severity), draw: 0, seed: seed)
          pictures.append(picture(disturbed, image, "\(kind.rawValue) at severity \(severity)"))
        }
        rows.append(PictureGrid.Row(kind.rawValue, pictures: pictures))
      }
      sections.append(
        PageSection(
          "Image \(image + 1)",
          [
            .pictures(
              PictureGrid(columns: ["0"] + severities.map { "\($0)" }, rows: rows, width: 5), caption: "")
          ]))
    }
    return HTMLPage(
      title: "Errors on the input",
      introduction:
        "Images of \(dataset) under each kind of error (rows) at growing severity (columns), the first draw of seed \(seed).",
      sections: sections, footer: "Made by: \(command)")
  }

  private func picture(_ images: ImageSet, _ index: Int, _ summary: String) -> PictureGrid.Picture {
    PictureGrid.Picture(
      PNGImage.encoded(
        pixels: images.image(index), height: images.height, width: images.width, channels: images.channels),
      summary: summary)
  }
}
