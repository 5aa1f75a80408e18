import Reproducibility

/// What a choice of widths costs in robustness, from the margins of samples with and without errors: the logit of the label less the largest other.
///
/// Robustness counts samples that are right and stay right. The loss of a sample that the float network classes correctly is what its widths add to the logistic loss ln(1 + e^−margin),
/// at least 0, in nats; of other samples it is 0. A margin that falls from large to less
/// large costs almost nothing, as it changes no class.
public enum RobustnessLoss {
  /// ln(1 + e^−m), within 10⁻¹⁵ of it where m is at least −1, and to within two roundings below.
  static func logistic(_ margin: Double) -> Double {
    max(0, -margin) + ElementaryFunctions.log(1 + ElementaryFunctions.exp(-margin.magnitude))
  }

  /// The loss of a sample whose margin is `margin`, and in the float network `floatMargin`; both finite, in logits.
  public static func term(margin: Double, floatMargin: Double) -> Double {
    floatMargin > 0 ? max(0, logistic(margin) - logistic(floatMargin)) : 0
  }
}
