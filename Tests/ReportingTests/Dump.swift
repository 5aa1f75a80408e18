import Foundation
import Reporting
import Testing
@Test func dump() throws {
  for (i, c) in try ChartSamples.all().enumerated() {
    try c.svg().write(toFile: "/tmp/samples/c\(i).svg", atomically: true, encoding: .utf8)
    try c.svg(width: 360, height: 320).write(toFile: "/tmp/samples/n\(i).svg", atomically: true, encoding: .utf8)
  }
}
