// The lane array: runs the chain of fully connected layers and convolutions that its descriptor memory describes.
//
// The host loads memories while `idle_o`, one word a cycle, then raises `start_i` for a cycle. Outputs of the last layer leave at
// `output_valid_o`; `done_o` is high in the cycle that ends with the last of them.
//
//   host_select_i  memory        host_lane_i       host_address_i
//   0              layers        field             layer
//   1              tiles         field             tile, counted through all layers
//   2              weights       lane              bank word
//   3              start values  lane              tile
//   4              multipliers   drained output    row; {multiplier, shift (7 bits)}
//   5              tables        -                 {table, address}, lowest address first
//   6              activations   -                 element
//
// Layer fields, element addresses and steps being those of the activation memory and rows and columns those of pixels:
//   0 last tile, 1 last kernel row, 2 last kernel column, 3 last output row, 4 last output column (indices from 0), 5 image rows,
//   6 image columns, 7 first row (- padding), 8 first column, 9 and 10 stride, 11 and 12 dilation, 13 address of the first row
//   and column, 14 to 17 steps of address by output row, output column, kernel row, kernel column, 18 units of a tap's weights,
//   19 bits of a weight, 20 zero point of the input, 21 address of the output, 22 channels of the output, 23 row of multipliers,
//   24 zero point of the output, 25 and 26 ends of the clamp, 27 table, 28 flags: input signed, accumulators leave, table,
//   entries signed, multipliers by channel, last layer (bits 0 to 5).
// Tile fields: 0 last channel group, 1 first channel, 2 bank word, 3 outputs, 4 last cycle of a drain (from 0).
module lane_array #(
  parameter Lanes = 4,
  parameter Inputs = 4,
  parameter Drained = 2,
  // 0: multipliers; 1: ternary, two bits a weight; 2: ternary, five weights in eight bits.
  parameter Packing = 0,
  parameter WeightBits = 8,
  parameter ActivationBits = 8,
  parameter AccumulatorBits = 24,
  parameter Saturate = 1,
  // 0: shift; 1: multiplier; 2: doubling high multiply.
  parameter RequantizerKind = 1,
  parameter MultiplierBits = 16,
  // See rounding_shift.v.
  parameter Rounding = 5,
  // 0: no table.
  parameter TableAddressBits = 10,
  parameter TableBits = 8,
  parameter DescriptorCycles = 2,
  parameter WeightReadCycles = 1,
  parameter AdderTreeCycles = 2,
  parameter RequantizerCycles = 3,
  // A word of the output, and of what the requantizer can make.
  parameter ResultBits = 24,
  parameter LayerAddressBits = 3,
  parameter TileAddressBits = 5,
  parameter WeightAddressBits = 8,
  parameter MultiplierAddressBits = 4,
  parameter TableSelectBits = 1,
  parameter ActivationAddressBits = 8,
  // Of an output's index or address.
  parameter IndexBits = 8,
  parameter HostBits = 32
) (
  input  wire                          clk_i,
  input  wire                          rst_ni,
  input  wire                          host_write_i,
  input  wire [                   2:0] host_select_i,
  input  wire [                  15:0] host_lane_i,
  input  wire [                  31:0] host_address_i,
  input  wire [          HostBits-1:0] host_data_i,
  input  wire                          start_i,
  output wire                          idle_o,
  output wire                          done_o,
  // One bit for each drained output; output e has index output_index_o + e.
  output wire [           Drained-1:0] output_valid_o,
  output wire [         IndexBits-1:0] output_index_o,
  output wire [Drained*ResultBits-1:0] output_data_o
);

  localparam CountBits = 16;
  localparam FieldBits = ResultBits > 32 ? ResultBits : 32;
  localparam LayerFields = 29;
  localparam TileFields = 5;
  localparam WordBits = Packing == 2 ? (Inputs + 4) / 5 * 8 : Inputs * WeightBits;
  localparam WordUnits = Packing == 2 ? (Inputs + 4) / 5 * 5 : WordBits;
  localparam OffsetBits = $clog2(WordUnits + 1);
  localparam PairBits = MultiplierBits + 7;
  localparam Widest = Inputs > Drained ? Inputs : Drained;
  localparam BankBits = Widest > 1 ? $clog2(Widest) : 1;
  localparam DrainGroups = (Lanes + Drained - 1) / Drained;
  localparam TableMemoryBits = TableSelectBits + TableAddressBits;
  localparam ArrayStages = WeightReadCycles + AdderTreeCycles;

  wire [6:0] host_writes = {6'd0, host_write_i} << host_select_i;
  wire unused_host = ^{host_address_i, host_data_i};

  // Descriptors: of the layer and tile that begin with the next cycle, and of those that run.
  wire [LayerAddressBits-1:0] layer_address;
  wire [TileAddressBits-1:0] tile_address, tile_number;
  wire [LayerFields*FieldBits-1:0] next_layer;
  wire [TileFields*FieldBits-1:0] next_tile;
  reg  [LayerFields*FieldBits-1:0] layer_q;
  reg  [TileFields*FieldBits-1:0] tile_q;
  wire enter_layer, begin_tile;
  wire [LayerFields*FieldBits-1:0] layer = enter_layer ? next_layer : layer_q;
  wire [TileFields*FieldBits-1:0] tile = enter_layer || begin_tile ? next_tile : tile_q;
  wire [FieldBits-1:0] flags = layer_q[28*FieldBits+:FieldBits];
  wire input_signed = flags[0];
  wire bypass = flags[1];
  wire use_table = flags[2];
  wire table_signed = flags[3];
  wire per_channel = flags[4];
  wire last_layer = flags[5];
  wire unused_fields = ^{layer, layer_q, tile, tile_q, flags};

  descriptor_reader #(
    .FieldBits  (FieldBits),
    .Fields     (LayerFields),
    .AddressBits(LayerAddressBits)
  ) u_layers (
    .clk_i          (clk_i),
    .write_i        (host_writes[0]),
    .write_field_i  (host_lane_i),
    .write_address_i(host_address_i[LayerAddressBits-1:0]),
    .write_data_i   (host_data_i[FieldBits-1:0]),
    .read_address_i (layer_address),
    .fields_o       (next_layer)
  );

  descriptor_reader #(
    .FieldBits  (FieldBits),
    .Fields     (TileFields),
    .AddressBits(TileAddressBits)
  ) u_tiles (
    .clk_i          (clk_i),
    .write_i        (host_writes[1]),
    .write_field_i  (host_lane_i),
    .write_address_i(host_address_i[TileAddressBits-1:0]),
    .write_data_i   (host_data_i[FieldBits-1:0]),
    .read_address_i (tile_address),
    .fields_o       (next_tile)
  );

  always @(posedge clk_i) begin
    layer_q <= layer;
    tile_q  <= tile;
  end

  // The order of taps and their addresses.
  wire issue, first_tap, last_tap, layer_end, layer_done;
  wire next_kernel_column, next_kernel_row, next_column, next_row;
  wire [ActivationAddressBits-1:0] activation_address;
  wire [WeightAddressBits-1:0] weight_address;
  wire [OffsetBits-1:0] weight_offset;
  wire in_image, crosses;
  wire [IndexBits-1:0] position_index;
  wire [MultiplierAddressBits-1:0] multiplier_row;

  sequencer #(
    .DescriptorCycles(DescriptorCycles),
    .LayerAddressBits(LayerAddressBits),
    .TileAddressBits (TileAddressBits),
    .CountBits       (CountBits)
  ) u_sequencer (
    .clk_i               (clk_i),
    .rst_ni              (rst_ni),
    .start_i             (start_i),
    .layer_done_i        (layer_done),
    .last_layer_i        (last_layer),
    .last_tile_i         (layer_q[0*FieldBits+:CountBits]),
    .last_row_i          (layer_q[3*FieldBits+:CountBits]),
    .last_column_i       (layer_q[4*FieldBits+:CountBits]),
    .last_kernel_row_i   (layer_q[1*FieldBits+:CountBits]),
    .last_kernel_column_i(layer_q[2*FieldBits+:CountBits]),
    .last_group_i        (tile_q[0*FieldBits+:CountBits]),
    .last_drain_i        (tile_q[4*FieldBits+:CountBits]),
    .layer_d_o           (layer_address),
    .tile_d_o            (tile_address),
    .tile_q_o            (tile_number),
    .enter_layer_o       (enter_layer),
    .next_tile_o         (begin_tile),
    .issue_o             (issue),
    .first_tap_o         (first_tap),
    .last_tap_o          (last_tap),
    .next_kernel_column_o(next_kernel_column),
    .next_kernel_row_o   (next_kernel_row),
    .next_column_o       (next_column),
    .next_row_o          (next_row),
    .layer_end_o         (layer_end),
    .idle_o              (idle_o)
  );

  address_generator #(
    .Inputs               (Inputs),
    .Lanes                (Lanes),
    .DrainGroups          (DrainGroups),
    .ActivationAddressBits(ActivationAddressBits),
    .WeightAddressBits    (WeightAddressBits),
    .MultiplierAddressBits(MultiplierAddressBits),
    .IndexBits            (IndexBits),
    .OffsetBits           (OffsetBits),
    .WordUnits            (WordUnits),
    .CountBits            (CountBits)
  ) u_addresses (
    .clk_i               (clk_i),
    .enter_layer_i       (enter_layer),
    .next_tile_i         (begin_tile),
    .issue_i             (issue),
    .last_tap_i          (last_tap),
    .next_kernel_column_i(next_kernel_column),
    .next_kernel_row_i   (next_kernel_row),
    .next_column_i       (next_column),
    .next_row_i          (next_row),
    .origin_address_i    (layer[13*FieldBits+:ActivationAddressBits]),
    .row_step_i          (layer[14*FieldBits+:ActivationAddressBits]),
    .column_step_i       (layer[15*FieldBits+:ActivationAddressBits]),
    .kernel_row_step_i   (layer[16*FieldBits+:ActivationAddressBits]),
    .kernel_column_step_i(layer[17*FieldBits+:ActivationAddressBits]),
    .origin_row_i        (layer[7*FieldBits+:CountBits+1]),
    .origin_column_i     (layer[8*FieldBits+:CountBits+1]),
    .stride_rows_i       (layer[9*FieldBits+:CountBits]),
    .stride_columns_i    (layer[10*FieldBits+:CountBits]),
    .dilation_rows_i     (layer[11*FieldBits+:CountBits]),
    .dilation_columns_i  (layer[12*FieldBits+:CountBits]),
    .image_rows_i        (layer[5*FieldBits+:CountBits]),
    .image_columns_i     (layer[6*FieldBits+:CountBits]),
    .weight_step_i       (layer[18*FieldBits+:OffsetBits]),
    .output_address_i    (layer[21*FieldBits+:IndexBits]),
    .output_step_i       (layer[22*FieldBits+:IndexBits]),
    .multiplier_row_i    (layer[23*FieldBits+:MultiplierAddressBits]),
    .per_channel_i       (per_channel),
    .first_channel_i     (tile[1*FieldBits+:ActivationAddressBits]),
    .tile_word_i         (tile[2*FieldBits+:WeightAddressBits]),
    .activation_address_o(activation_address),
    .in_image_o            (in_image),
    .weight_address_o    (weight_address),
    .weight_offset_o     (weight_offset),
    .crosses_o           (crosses),
    .output_index_o      (position_index),
    .multiplier_row_o    (multiplier_row)
  );

  // What goes with a tap: to where the memories' words stand, and on to where its sum stands.
  wire tap_at_read, crosses_at_read, in_image_at_read;
  wire [OffsetBits-1:0] offset_at_read;
  wire accumulate, first_at_sum, last_at_sum, layer_end_at_sum;
  wire [IndexBits-1:0] index_at_sum;
  wire [MultiplierAddressBits-1:0] multiplier_row_at_sum;
  wire [CountBits-1:0] outputs_at_sum;
  wire [TileAddressBits-1:0] start_address;

  delay #(
    .Width (1),
    .Stages(WeightReadCycles),
    .Reset (1)
  ) u_tap_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i(issue),
    .data_o(tap_at_read)
  );

  delay #(
    .Width (OffsetBits + 2),
    .Stages(WeightReadCycles)
  ) u_read_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i({crosses, in_image, weight_offset}),
    .data_o({crosses_at_read, in_image_at_read, offset_at_read})
  );

  delay #(
    .Width (1),
    .Stages(AdderTreeCycles),
    .Reset (1)
  ) u_accumulate_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i(tap_at_read),
    .data_o(accumulate)
  );

  delay #(
    .Width (3 + IndexBits + MultiplierAddressBits + CountBits),
    .Stages(ArrayStages)
  ) u_position_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i({
      first_tap,
      last_tap,
      layer_end,
      position_index,
      multiplier_row,
      tile_q[3*FieldBits+:CountBits]
    }),
    .data_o({
      first_at_sum,
      last_at_sum,
      layer_end_at_sum,
      index_at_sum,
      multiplier_row_at_sum,
      outputs_at_sum
    })
  );

  delay #(
    .Width (TileAddressBits),
    .Stages(AdderTreeCycles)
  ) u_start_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i(tile_number),
    .data_o(start_address)
  );

  // Activations: broadcast to all lanes; outside the image the zero point.
  wire [Drained-1:0] drain_valid, write_valid;
  wire [IndexBits-1:0] drain_index, write_index;
  wire [Drained*ResultBits-1:0] results;
  wire [Drained*ActivationBits-1:0] written_activations;
  wire [Inputs*ActivationBits-1:0] read_activations;
  wire [Inputs*(ActivationBits+1)-1:0] activations;
  wire [ActivationBits-1:0] zero_point = layer_q[20*FieldBits+:ActivationBits];

  activation_memory #(
    .Width      (ActivationBits),
    .AddressBits(ActivationAddressBits),
    .BankBits   (BankBits),
    .Reads      (Inputs),
    .Writes     (Drained),
    .ReadCycles (WeightReadCycles)
  ) u_activations (
    .clk_i          (clk_i),
    .host_write_i   (host_writes[6]),
    .host_address_i (host_address_i[ActivationAddressBits-1:0]),
    .host_data_i    (host_data_i[ActivationBits-1:0]),
    .write_i        (last_layer ? {Drained{1'b0}} : write_valid),
    .write_address_i(write_index[ActivationAddressBits-1:0]),
    .write_data_i   (written_activations),
    .read_address_i (activation_address),
    .read_data_o    (read_activations)
  );

  genvar index;
  generate
    for (index = 0; index < Inputs; index = index + 1) begin : gen_activation
      wire [ActivationBits-1:0] word =
          in_image_at_read ? read_activations[index*ActivationBits+:ActivationBits] : zero_point;
      assign activations[index*(ActivationBits+1)+:ActivationBits+1] =
          {input_signed && word[ActivationBits-1], word};
    end
  endgenerate

  // Lanes.
  wire [Lanes*AccumulatorBits-1:0] accumulators;

  generate
    for (index = 0; index < Lanes; index = index + 1) begin : gen_lane
      localparam [15:0] Lane = index[15:0];
      lane #(
        .Inputs           (Inputs),
        .WeightBits       (WeightBits),
        .ActivationBits   (ActivationBits),
        .Packing          (Packing),
        .WordBits         (WordBits),
        .OffsetBits       (OffsetBits),
        .AccumulatorBits  (AccumulatorBits),
        .Saturate         (Saturate),
        .WeightAddressBits(WeightAddressBits),
        .TileAddressBits  (TileAddressBits),
        .WeightReadCycles (WeightReadCycles),
        .AdderTreeCycles  (AdderTreeCycles)
      ) u_lane (
        .clk_i                 (clk_i),
        .write_weights_i       (host_writes[2] && host_lane_i == Lane),
        .write_start_i         (host_writes[3] && host_lane_i == Lane),
        .write_weight_address_i(host_address_i[WeightAddressBits-1:0]),
        .write_start_address_i (host_address_i[TileAddressBits-1:0]),
        .write_weights_data_i  (host_data_i[WordBits-1:0]),
        .write_start_data_i    (host_data_i[AccumulatorBits-1:0]),
        .weight_address_i      (weight_address),
        .start_address_i       (start_address),
        .tap_at_read_i         (tap_at_read),
        .crosses_at_read_i     (crosses_at_read),
        .offset_at_read_i      (offset_at_read),
        .bits_i                (layer_q[19*FieldBits+:5]),
        .activations_at_read_i (activations),
        .accumulate_i          (accumulate),
        .first_i               (first_at_sum),
        .next_o                (accumulators[index*AccumulatorBits+:AccumulatorBits])
      );
    end
  endgenerate

  // Outputs.
  wire drain_last;
  wire [Drained*AccumulatorBits-1:0] drain_values;
  wire [MultiplierAddressBits-1:0] pair_row;

  drain #(
    .Lanes                (Lanes),
    .Drained              (Drained),
    .AccumulatorBits      (AccumulatorBits),
    .IndexBits            (IndexBits),
    .MultiplierAddressBits(MultiplierAddressBits),
    .CountBits            (CountBits)
  ) u_drain (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .load_i          (accumulate && last_at_sum),
    .layer_end_i     (layer_end_at_sum),
    .accumulators_i  (accumulators),
    .outputs_i       (outputs_at_sum),
    .index_i         (index_at_sum),
    .multiplier_row_i(multiplier_row_at_sum),
    .per_channel_i   (per_channel),
    .valid_o         (drain_valid),
    .last_o          (drain_last),
    .values_o        (drain_values),
    .index_o         (drain_index),
    .multiplier_row_o(pair_row)
  );

  generate
    for (index = 0; index < Drained; index = index + 1) begin : gen_output
      localparam [15:0] Output = index[15:0];
      wire [PairBits-1:0] pair;

      memory_bank #(
        .Width      (PairBits),
        .AddressBits(MultiplierAddressBits),
        .ReadCycles (0)
      ) u_pairs (
        .clk_i          (clk_i),
        .write_i        (host_writes[4] && host_lane_i == Output),
        .write_address_i(host_address_i[MultiplierAddressBits-1:0]),
        .write_data_i   (host_data_i[PairBits-1:0]),
        .read_address_i (pair_row),
        .read_data_o    (pair)
      );

      requantizer #(
        .AccumulatorBits  (AccumulatorBits),
        .Kind             (RequantizerKind),
        .MultiplierBits   (MultiplierBits),
        .Rounding         (Rounding),
        .ResultBits       (ResultBits),
        .TableAddressBits (TableAddressBits),
        .TableSelectBits  (TableSelectBits),
        .TableBits        (TableBits),
        .TableMemoryBits  (TableMemoryBits),
        .RequantizerCycles(RequantizerCycles)
      ) u_requantizer (
        .clk_i          (clk_i),
        .write_table_i  (host_writes[5]),
        .write_address_i(host_address_i[TableMemoryBits-1:0]),
        .write_data_i   (host_data_i[TableBits-1:0]),
        .value_i        (drain_values[index*AccumulatorBits+:AccumulatorBits]),
        .multiplier_i   (pair[PairBits-1:7]),
        .shift_i        (pair[6:0]),
        .bypass_i       (bypass),
        .use_table_i    (use_table),
        .table_signed_i (table_signed),
        .table_select_i (layer_q[27*FieldBits+:TableSelectBits]),
        .zero_point_i   (layer_q[24*FieldBits+:ResultBits]),
        .low_i          (layer_q[25*FieldBits+:ResultBits]),
        .high_i         (layer_q[26*FieldBits+:ResultBits]),
        .result_o       (results[index*ResultBits+:ResultBits])
      );

      assign written_activations[index*ActivationBits+:ActivationBits] =
          results[index*ResultBits+:ActivationBits];
    end
  endgenerate

  delay #(
    .Width (Drained + 1),
    .Stages(RequantizerCycles),
    .Reset (1)
  ) u_valid_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i({drain_last, drain_valid}),
    .data_o({layer_done, write_valid})
  );

  delay #(
    .Width (IndexBits),
    .Stages(RequantizerCycles)
  ) u_index_delay (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .data_i(drain_index),
    .data_o(write_index)
  );

  assign done_o = layer_done && last_layer;
  assign output_valid_o = last_layer ? write_valid : {Drained{1'b0}};
  assign output_index_o = write_index;
  assign output_data_o = results;

endmodule
