import FixedPoint
import Foundation
import Testing

@Suite("Vector files of other libraries")
struct VectorVerificationTests {
  @Test(
    "Every row of the shared vectors is judged, and none mismatches",
    .enabled(if: SharedVectors.isPresent, "../shared/vectors is absent"),
    arguments: SharedVectors.rows.keys.sorted())
  func sharedVectorsMatch(_ name: String) throws {
    let result = try VectorVerification(path: SharedVectors.path(name))
    #expect(result.faults.isEmpty && result.passes, "\(result.text)")
    #expect(result.rows == SharedVectors.rows[name])
    // Sums of ufix64_En64 with sfix64 need 130 bits: the documented error, counted apart.
    #expect(result.tooWideRows == (name == "add" ? 60 : 0))
  }
}
