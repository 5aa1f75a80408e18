// swift-tools-version: 6.2
import PackageDescription

// The floors of the house: each target may import only targets named above it.
let floors: [(name: String, uses: [String])] = [
  ("Reproducibility", ["CKernels"]),
  ("FixedPoint", ["CKernels", "Reproducibility"]),
  ("Tensors", ["CKernels", "Reproducibility", "FixedPoint"]),
  ("Networks", ["Reproducibility", "FixedPoint", "Tensors"]),
  ("Datasets", ["Reproducibility", "Tensors"]),
  ("Quantization", ["CKernels", "Reproducibility", "FixedPoint", "Tensors", "Networks", "Datasets"]),
  (
    "Training",
    ["CKernels", "Reproducibility", "FixedPoint", "Tensors", "Networks", "Datasets", "Quantization"]
  ),
  ("Interchange", ["Reproducibility", "FixedPoint", "Tensors", "Networks", "Datasets", "Quantization"]),
  (
    "Hardware",
    ["CKernels", "Reproducibility", "FixedPoint", "Tensors", "Networks", "Quantization", "Interchange"]
  ),
  ("Costs", ["Reproducibility", "FixedPoint", "Networks", "Quantization", "Hardware"]),
  (
    "Exploration",
    [
      "Reproducibility", "FixedPoint", "Tensors", "Networks", "Datasets", "Quantization", "Training",
      "Interchange", "Hardware", "Costs",
    ]
  ),
  (
    "Reporting",
    [
      "Reproducibility", "FixedPoint", "Networks", "Interchange", "Hardware", "Costs", "Exploration",
    ]
  ),
]

/// Files of `HardwareModels/` that are part of the product, so that the command works from any directory.
let embedded = [
  "Hardware": [
    "lane-array.json", "ternary-small.json", "lane-array-large.json", "bit-serial.json", "decomposable.json",
    "codebook.json", "weights-8-bit.json", "weights-4-bit.json", "weights-ternary.json",
    "systolic-output-stationary.json", "systolic-weight-stationary.json", "systolic-input-stationary.json",
    "rtl/accumulator.v", "rtl/activation_memory.v", "rtl/adder_tree.v", "rtl/address_generator.v",
    "rtl/delay.v", "rtl/descriptor_reader.v", "rtl/drain.v", "rtl/lane.v", "rtl/lane_array.v",
    "rtl/memory_bank.v", "rtl/requantizer.v", "rtl/rotator.v", "rtl/rounding_shift.v", "rtl/sequencer.v",
    "rtl/ternary_decoder.v", "rtl/unpacker.v",
  ],
  "Costs": [
    "technology/node-90nm.json", "technology/node-65nm.json", "technology/node-45nm.json",
    "technology/node-32nm.json",
    "technology/node-22nm.json", "technology/reference/logic.csv", "technology/reference/sram.csv",
    "technology/reference/published.csv", "rtl/cells.csv",
  ],
]

/// Figures that tests read from beside themselves.
let fixtures = ["FixedPoint": ["Fixtures"], "Hardware": ["Fixtures"]]

let libraries = floors.map(\.name)

let package = Package(
  name: "wordlength",
  // Value generics (`Fixed<...>`) need the runtime of macOS 26.
  platforms: [.macOS("26.0")],
  products: libraries.dropFirst().map { .library(name: $0, targets: [$0]) } + [
    .executable(name: "wordlength", targets: ["WordlengthCommand"])
  ],
  targets: [.target(name: "CKernels")]
    + floors.map { floor in
      .target(
        name: floor.name,
        dependencies: floor.uses.map { .byName(name: $0) },
        resources: embedded[floor.name, default: []].map { .embedInCode("../../HardwareModels/\($0)") }
      )
    }
    + [
      .executableTarget(name: "WordlengthCommand", dependencies: libraries.map { .byName(name: $0) }),
      .executableTarget(
        name: "Benchmarks", dependencies: ["CKernels"] + libraries.map { .byName(name: $0) }),
    ]
    + libraries.map { name in
      .testTarget(
        name: "\(name)Tests", dependencies: libraries.map { .byName(name: $0) } + ["CKernels"],
        exclude: fixtures[name, default: []])
    }
    + [
      .testTarget(
        name: "CKernelsTests", dependencies: ["CKernels", "Reproducibility", "Tensors", "Quantization"]),
      .testTarget(
        name: "WordlengthCommandTests",
        dependencies: ["WordlengthCommand"] + libraries.map { .byName(name: $0) }),
    ]
)
