import Foundation
import Reproducibility
import Tensors

// swift run -c release Benchmarks [--format json] [--threads N] [--only NAME-PART]
var arguments = Array(CommandLine.arguments.dropFirst())
var isJSON = false
var threads = ComputeResources.all.threads
var part = ""
while !arguments.isEmpty {
  let option = arguments.removeFirst()
  switch (option, arguments.first) {
  case ("--format", "json"?): isJSON = true
  case ("--format", "text"?): isJSON = false
  case ("--threads", let value?):
    guard let count = Int(value), count > 0 else { fail("--threads takes a positive number, not \(value)") }
    threads = count
  case ("--only", let value?): part = value
  default:
    fail(
      "usage: Benchmarks [--format text|json] [--threads N] [--only product|training|engine|vgg|fixed-point|widths]"
    )
  }
  arguments.removeFirst()
}

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("Benchmarks: \(message)\n".utf8))
  exit(2)
}

let resources = ComputeResources(threads: threads)
let suites: [(name: String, run: () -> [Benchmark])] = [
  (
    "product",
    {
      [floatPeakBenchmark(resources)] + productBenchmarks(resources.singleThreaded)
        + productBenchmarks(resources)
    }
  ),
  ("training", { trainingBenchmarks(resources) + imageTrainingBenchmarks(resources) }),
  ("fixed-point", { fixedPointBenchmarks() }),
  ("engine", { engineBenchmarks(resources.singleThreaded) + engineBenchmarks(resources) }),
  ("vgg", { vggBenchmarks(resources) }),
  ("widths", { widthSearchBenchmarks(resources) }),
]
let chosen = suites.filter { part.isEmpty || $0.name.contains(part) }
if chosen.isEmpty {
  fail("no suite is named \(part); there are \(suites.map(\.name).joined(separator: ", "))")
}
let results = chosen.flatMap { $0.run() }
if isJSON {
  print(JSONValue.array(results.map(\.json)).indentedText, terminator: "")
} else {
  print("kernels: \(resources.instructionSet.rawValue)")
  for result in results {
    let name = result.name.padding(toLength: 92, withPad: " ", startingAt: 0)
    print(
      String(
        format: "%@ %12.4g %@, plain loop %10.4g, ratio %8.4g", name, result.value, result.unit,
        result.reference, result.ratio))
  }
}
