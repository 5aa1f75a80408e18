import Exploration
import Networks
import Testing

@Suite("What the papers found")
struct PaperFindingsTests {
  /// Rows of growing networks from the errors of two seeds each: float, direct, retrained.
  private func findings(_ rows: [([Double], [Double], [Double])]) throws -> PaperFindings {
    PaperFindings(
      weightBits: 2,
      rows: try rows.enumerated().map { index, errors in
        PaperFindings.Row(
          network: "ffdnn-1x\(8 << index)",
          floatError: Statistics(errors.0), directError: Statistics(errors.1),
          retrainedError: Statistics(errors.2))
      })
  }

  @Test("Gaps, the share that retraining closes, and the gap's standard error, by hand")
  func handWorked() throws {
    let row = try findings([([0.10, 0.12], [0.50, 0.52], [0.20, 0.22])]).rows[0]
    #expect(abs(row.directGap - 0.4) < 1e-12)
    #expect(abs(row.retrainedGap - 0.1) < 1e-12)
    #expect(abs(row.closedShare! - 0.75) < 1e-12)
    // Two values d apart have a standard error of d / 2; two such means differ with d / √2.
    #expect(abs(row.retrainedGapStandardError - 0.02 / 2.0.squareRoot()) < 1e-12)
    #expect(try findings([([0.5, 0.5], [0.4, 0.4], [0.4, 0.4])]).rows[0].closedShare == nil)
  }

  @Test("Direct quantization is poor only if it doubles the error at every size")
  func directIsPoor() throws {
    #expect(try findings([([0.1, 0.1], [0.2, 0.2], [0.1, 0.1])]).directIsPoor == .confirmed)
    #expect(
      try findings([([0.1, 0.1], [0.3, 0.3], [0.1, 0.1]), ([0.1, 0.1], [0.19, 0.19], [0.1, 0.1])])
        .directIsPoor == .contradicted)
  }

  @Test("Retraining closes most of the gap only if more than half at every size")
  func retraining() throws {
    #expect(try findings([([0.1, 0.1], [0.5, 0.5], [0.29, 0.29])]).retrainingClosesMost == .confirmed)
    #expect(
      try findings([([0.1, 0.1], [0.5, 0.5], [0.2, 0.2]), ([0.1, 0.1], [0.5, 0.5], [0.31, 0.31])])
        .retrainingClosesMost == .contradicted)
  }

  @Test("The gap shrinks or grows only beyond two standard errors, and one seed decides nothing")
  func gapShrinks() throws {
    func verdict(_ small: [Double], _ large: [Double]) throws -> PaperFindings.Verdict {
      try findings([([0.1, 0.1], [0.9, 0.9], small), ([0.1, 0.1], [0.9, 0.9], large)]).gapShrinks
    }
    #expect(try verdict([0.30, 0.32], [0.20, 0.22]) == .confirmed)
    #expect(try verdict([0.20, 0.22], [0.30, 0.32]) == .contradicted)
    // 0.02 apart, with a standard error of 0.0141: within two.
    #expect(try verdict([0.22, 0.24], [0.20, 0.22]) == .undecided)
    let one = try findings([([0.1], [0.9], [0.3]), ([0.1], [0.9], [0.2])])
    #expect(one.gapShrinks == .undecided)
    #expect(try findings([([0.1, 0.1], [0.9, 0.9], [0.3, 0.3])]).gapShrinks == .undecided)
  }
}
