/// What is done to a data set's pixels before anything learns from them. The result has 8 bits a value again, so
/// the hardware's input quantizer needs to know nothing of it.
///
/// The raw value is the key under which JSON knows the choice.
public enum ImagePreprocessing: String, Hashable, Sendable, CaseIterable {
  /// Nothing: the pixels are those of the files.
  case none
  /// `GlobalContrastNormalization` with its standard settings.
  case globalContrast
  /// `GlobalContrastNormalization`, then `ZCAWhitening` fitted to the training part, both with their standard
  /// settings, in the order of Coates, Ng and Lee 2011 and of Goodfellow et al. 2013 ("Maxout Networks").
  case zca
}

extension Dataset {
  /// This data set with the pixels of all three parts preprocessed. Only training images are learned from.
  ///
  /// Names and labels stay; the digest is that of the new pixels.
  /// - Throws: where images have too many values to be whitened.
  public func preprocessed(by preprocessing: ImagePreprocessing) throws(DatasetError) -> Dataset {
    switch preprocessing {
    case .none: return self
    case .globalContrast:
      let normalization = GlobalContrastNormalization()
      return transformed { normalization.applied(to: $0) }
    case .zca:
      if training.valuesPerImage > ZCAWhitening.largestImage {
        throw DatasetError(
          .tooLargeToWhiten(values: training.valuesPerImage, limit: ZCAWhitening.largestImage), at: name)
      }
      let normalized = try preprocessed(by: .globalContrast)
      let whitening = ZCAWhitening(fittedTo: normalized.training)
      return normalized.transformed { whitening.applied(to: $0) }
    }
  }

  private func transformed(_ transform: (ImageSet) -> ImageSet) -> Dataset {
    Dataset(
      name: name, classNames: classNames, training: transform(training), validation: transform(validation),
      test: transform(test))
  }
}

extension ImageSet {
  /// The set with other pixels of the same shape.
  func replacingPixels(_ pixels: [UInt8]) -> ImageSet {
    ImageSet(
      height: height, width: width, channels: channels, classCount: classCount, pixels: pixels, labels: labels
    )
  }
}
