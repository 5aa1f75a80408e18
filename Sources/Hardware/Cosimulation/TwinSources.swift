import Foundation

/// The twin's Verilog, embedded in the product.
package enum TwinSources {
  /// File name and text of every module, in the order of the names.
  package static let files: [(name: String, text: String)] = [
    ("accumulator.v", PackageResources.accumulator_v),
    ("activation_memory.v", PackageResources.activation_memory_v),
    ("adder_tree.v", PackageResources.adder_tree_v),
    ("address_generator.v", PackageResources.address_generator_v), ("delay.v", PackageResources.delay_v),
    ("descriptor_reader.v", PackageResources.descriptor_reader_v), ("drain.v", PackageResources.drain_v),
    ("lane.v", PackageResources.lane_v), ("lane_array.v", PackageResources.lane_array_v),
    ("memory_bank.v", PackageResources.memory_bank_v), ("requantizer.v", PackageResources.requantizer_v),
    ("rotator.v", PackageResources.rotator_v), ("rounding_shift.v", PackageResources.rounding_shift_v),
    ("sequencer.v", PackageResources.sequencer_v),
    ("ternary_decoder.v", PackageResources.ternary_decoder_v), ("unpacker.v", PackageResources.unpacker_v),
  ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
}
