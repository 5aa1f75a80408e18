// Addresses of activations, weights and outputs, by additions alone: the descriptors hold the steps.
//
// The activation address of a tap is that of its kernel column's pixel plus that of its channel group; a pixel's address may lie outside the
// image, and then is not used. Weights are counted in units (bits, or ternary weights) from the tile's first bank word.
module address_generator #(
  parameter Inputs = 4,
  parameter Lanes = 4,
  parameter DrainGroups = 1,
  parameter ActivationAddressBits = 8,
  parameter WeightAddressBits = 8,
  parameter MultiplierAddressBits = 4,
  parameter IndexBits = 8,
  parameter OffsetBits = 6,
  // Units of a bank word.
  parameter WordUnits = 32,
  parameter CountBits = 16
) (
  input  wire                             clk_i,
  // From the sequencer.
  input  wire                             enter_layer_i,
  input  wire                             next_tile_i,
  input  wire                             issue_i,
  input  wire                             last_tap_i,
  input  wire                             next_kernel_column_i,
  input  wire                             next_kernel_row_i,
  input  wire                             next_column_i,
  input  wire                             next_row_i,
  // Of the layer that runs, or with enter_layer_i of the one that begins.
  input  wire [ActivationAddressBits-1:0] origin_address_i,
  input  wire [ActivationAddressBits-1:0] row_step_i,
  input  wire [ActivationAddressBits-1:0] column_step_i,
  input  wire [ActivationAddressBits-1:0] kernel_row_step_i,
  input  wire [ActivationAddressBits-1:0] kernel_column_step_i,
  // Pixel coordinates: two's complement.
  input  wire [              CountBits:0] origin_row_i,
  input  wire [              CountBits:0] origin_column_i,
  input  wire [            CountBits-1:0] stride_rows_i,
  input  wire [            CountBits-1:0] stride_columns_i,
  input  wire [            CountBits-1:0] dilation_rows_i,
  input  wire [            CountBits-1:0] dilation_columns_i,
  input  wire [            CountBits-1:0] image_rows_i,
  input  wire [            CountBits-1:0] image_columns_i,
  input  wire [           OffsetBits-1:0] weight_step_i,
  input  wire [            IndexBits-1:0] output_address_i,
  input  wire [            IndexBits-1:0] output_step_i,
  input  wire [MultiplierAddressBits-1:0] multiplier_row_i,
  input  wire                             per_channel_i,
  // Of the tile that runs, or with enter_layer_i or next_tile_i of the one that begins.
  input  wire [ActivationAddressBits-1:0] first_channel_i,
  input  wire [    WeightAddressBits-1:0] tile_word_i,
  // Of the tap that is issued.
  output wire [ActivationAddressBits-1:0] activation_address_o,
  output wire                             in_image_o,
  output wire [    WeightAddressBits-1:0] weight_address_o,
  output wire [           OffsetBits-1:0] weight_offset_o,
  output wire                             crosses_o,
  // Of the position: its first output in this tile, and the tile's first multipliers.
  output wire [            IndexBits-1:0] output_index_o,
  output wire [MultiplierAddressBits-1:0] multiplier_row_o
);

  localparam [ActivationAddressBits-1:0] GroupStep = Inputs[ActivationAddressBits-1:0];
  localparam [IndexBits-1:0] TileStep = Lanes[IndexBits-1:0];
  localparam [MultiplierAddressBits-1:0] MultiplierStep =
      DrainGroups[MultiplierAddressBits-1:0];
  localparam [OffsetBits:0] Units = WordUnits[OffsetBits:0];

  reg [ActivationAddressBits-1:0] row_address_q, position_address_q, kernel_row_address_q;
  reg [ActivationAddressBits-1:0] pixel_address_q, group_address_q;
  reg [CountBits:0] position_row_q, position_column_q, row_q, column_q;
  reg [WeightAddressBits-1:0] word_q;
  reg [OffsetBits-1:0] offset_q;
  reg [IndexBits-1:0] tile_index_q, index_q;
  reg [MultiplierAddressBits-1:0] multiplier_row_q;

  // A tile runs over all positions again.
  wire restart = enter_layer_i || next_tile_i;
  wire [ActivationAddressBits-1:0] next_row_address = row_address_q + row_step_i;
  wire [ActivationAddressBits-1:0] next_position_address =
      restart ? origin_address_i : next_row_i ? next_row_address
      : next_column_i ? position_address_q + column_step_i : position_address_q;
  wire [ActivationAddressBits-1:0] next_kernel_row_address =
      kernel_row_address_q + kernel_row_step_i;
  wire [CountBits:0] next_position_row =
      restart ? origin_row_i
      : next_row_i ? position_row_q + {1'b0, stride_rows_i} : position_row_q;
  wire [CountBits:0] next_position_column =
      restart || next_row_i ? origin_column_i
      : next_column_i ? position_column_q + {1'b0, stride_columns_i} : position_column_q;

  always @(posedge clk_i) begin
    if (restart) row_address_q <= origin_address_i;
    else if (next_row_i) row_address_q <= next_row_address;
    position_address_q <= next_position_address;
    position_row_q     <= next_position_row;
    position_column_q  <= next_position_column;

    if (restart || (issue_i && last_tap_i)) begin
      kernel_row_address_q <= next_position_address;
      pixel_address_q      <= next_position_address;
      row_q                <= next_position_row;
      column_q             <= next_position_column;
    end else if (next_kernel_row_i) begin
      kernel_row_address_q <= next_kernel_row_address;
      pixel_address_q      <= next_kernel_row_address;
      row_q                <= row_q + {1'b0, dilation_rows_i};
      column_q             <= position_column_q;
    end else if (next_kernel_column_i) begin
      pixel_address_q <= pixel_address_q + kernel_column_step_i;
      column_q        <= column_q + {1'b0, dilation_columns_i};
    end

    if (restart || next_kernel_column_i || next_kernel_row_i || (issue_i && last_tap_i)) begin
      group_address_q <= first_channel_i;
    end else if (issue_i) begin
      group_address_q <= group_address_q + GroupStep;
    end
  end

  // A coordinate below zero is a large number here.
  assign in_image_o = row_q < {1'b0, image_rows_i} && column_q < {1'b0, image_columns_i};
  assign activation_address_o = pixel_address_q + group_address_q;

  wire [OffsetBits:0] tap_end = {1'b0, offset_q} + {1'b0, weight_step_i};
  wire [OffsetBits:0] rest = tap_end - Units;
  wire fills_word = tap_end >= Units;
  wire [WeightAddressBits-1:0] next_word = word_q + {{(WeightAddressBits - 1) {1'b0}}, 1'b1};
  wire unused_rest = rest[OffsetBits];

  always @(posedge clk_i) begin
    if (restart || (issue_i && last_tap_i)) begin
      word_q   <= tile_word_i;
      offset_q <= {OffsetBits{1'b0}};
    end else if (issue_i) begin
      word_q   <= fills_word ? next_word : word_q;
      offset_q <= fills_word ? rest[OffsetBits-1:0] : tap_end[OffsetBits-1:0];
    end
  end

  assign crosses_o = tap_end > Units;
  assign weight_address_o = crosses_o ? next_word : word_q;
  assign weight_offset_o = offset_q;

  always @(posedge clk_i) begin
    if (enter_layer_i) begin
      tile_index_q     <= output_address_i;
      index_q          <= output_address_i;
      multiplier_row_q <= multiplier_row_i;
    end else if (next_tile_i) begin
      tile_index_q     <= tile_index_q + TileStep;
      index_q          <= tile_index_q + TileStep;
      multiplier_row_q <= per_channel_i ? multiplier_row_q + MultiplierStep : multiplier_row_q;
    end else if (issue_i && last_tap_i) begin
      index_q <= index_q + output_step_i;
    end
  end

  assign output_index_o = index_q;
  assign multiplier_row_o = multiplier_row_q;

endmodule
