// An accumulator brought to the next tensor's integers: requantisation, zero point, clamp, and where the layer says so a table.
//
// Kind 0: value / 2^shift. 1: value * multiplier / 2^shift. 2: the doubling high multiply of the embedded runtimes: value * 2^shift (shift
// positive) * multiplier / 2^31, rounded with ties up and saturated to 32 bits, then / 2^-shift (shift negative) with ties away from zero.
//
// The result is written `RequantizerCycles` clock edges after the input stands. The first three stages follow the product, the
// rounding shift and the table, further ones come last.
module requantizer #(
  parameter AccumulatorBits = 24,
  parameter Kind = 1,
  parameter MultiplierBits = 16,
  parameter Rounding = 5,
  parameter ResultBits = 24,
  // 0: no table.
  parameter TableAddressBits = 10,
  parameter TableSelectBits = 1,
  parameter TableBits = 8,
  parameter TableMemoryBits = 11,
  parameter RequantizerCycles = 3
) (
  input  wire                       clk_i,
  input  wire                       write_table_i,
  input  wire [TableMemoryBits-1:0] write_address_i,
  input  wire [      TableBits-1:0] write_data_i,
  input  wire [AccumulatorBits-1:0] value_i,
  input  wire [ MultiplierBits-1:0] multiplier_i,
  input  wire [                6:0] shift_i,
  // The layer's: accumulators leave as they are; results address a table; entries are signed.
  input  wire                       bypass_i,
  input  wire                       use_table_i,
  input  wire                       table_signed_i,
  input  wire [TableSelectBits-1:0] table_select_i,
  input  wire [     ResultBits-1:0] zero_point_i,
  input  wire [     ResultBits-1:0] low_i,
  input  wire [     ResultBits-1:0] high_i,
  output wire [     ResultBits-1:0] result_o
);

  // Two bits more than a result, so that saturating here and adding the zero point cannot change what the clamp gives.
  localparam ScaledBits = ResultBits + 2;
  localparam RaisedBits = AccumulatorBits + 30;
  localparam ProductBits = Kind == 0 ? AccumulatorBits
      : Kind == 1 ? AccumulatorBits + MultiplierBits : RaisedBits + 32;
  localparam ShiftedBits = Kind == 2 ? 32 : ProductBits;
  localparam ProductStages = RequantizerCycles > 0 ? 1 : 0;
  localparam ShiftStages = RequantizerCycles > 1 ? 1 : 0;
  localparam LastStages = RequantizerCycles - ProductStages - ShiftStages;

  wire [    ProductBits-1:0] product, product_at_shift;
  wire [AccumulatorBits-1:0] value_at_shift, value_at_clamp;
  wire [                6:0] shift_at_shift, amount;
  wire [    ShiftedBits-1:0] shifted;
  wire [     ScaledBits-1:0] scaled, scaled_at_clamp;

  generate
    if (Kind == 0) begin : gen_no_product
      wire unused_multiplier = ^multiplier_i;
      assign product = value_i;
    end else if (Kind == 1) begin : gen_product
      wire signed [ProductBits-1:0] wide_value =
          {{MultiplierBits{value_i[AccumulatorBits-1]}}, value_i};
      wire signed [ProductBits-1:0] wide_multiplier = {{AccumulatorBits{1'b0}}, multiplier_i};
      assign product = wide_value * wide_multiplier;
    end else begin : gen_raised_product
      wire [RaisedBits-1:0] raised =
          {{30{value_i[AccumulatorBits-1]}}, value_i} << (shift_i[6] ? 5'd0 : shift_i[4:0]);
      wire signed [ProductBits-1:0] wide_value = {{32{raised[RaisedBits-1]}}, raised};
      wire signed [ProductBits-1:0] wide_multiplier =
          {{(ProductBits - MultiplierBits) {1'b0}}, multiplier_i};
      assign product = wide_value * wide_multiplier;
    end
  endgenerate

  delay #(
    .Width (ProductBits + 7 + AccumulatorBits),
    .Stages(ProductStages)
  ) u_product_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i({product, shift_i, value_i}),
    .data_o({product_at_shift, shift_at_shift, value_at_shift})
  );

  generate
    if (Kind == 2) begin : gen_high
      wire [ProductBits-1:0] half = {{(ProductBits - 31) {1'b0}}, 1'b1, 30'd0};
      wire [ProductBits-1:0] sum = product_at_shift + half;
      wire [ProductBits-32:0] high = sum[ProductBits-1:31];
      wire sign = high[ProductBits-32];
      wire fits = high[ProductBits-32:31] == {(ProductBits - 62) {sign}};
      wire unused_low = ^sum[30:0];
      assign shifted = fits ? high[31:0] : {sign, {31{!sign}}};
      assign amount = shift_at_shift[6] ? -shift_at_shift : 7'd0;
    end else begin : gen_plain
      assign shifted = product_at_shift;
      assign amount = shift_at_shift;
    end
  endgenerate

  rounding_shift #(
    .ValueBits (ShiftedBits),
    .ResultBits(ScaledBits),
    .Rounding  (Kind == 2 ? 7 : Rounding)
  ) u_shift (
    .value_i (shifted),
    .shift_i (amount),
    .result_o(scaled)
  );

  delay #(
    .Width (ScaledBits + AccumulatorBits),
    .Stages(ShiftStages)
  ) u_shift_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i({scaled, value_at_shift}),
    .data_o({scaled_at_clamp, value_at_clamp})
  );

  wire signed [ScaledBits:0] low = {{3{low_i[ResultBits-1]}}, low_i};
  wire signed [ScaledBits:0] high = {{3{high_i[ResultBits-1]}}, high_i};
  wire signed [ScaledBits:0] centered =
      {scaled_at_clamp[ScaledBits-1], scaled_at_clamp}
      + {{3{zero_point_i[ResultBits-1]}}, zero_point_i};
  wire signed [ScaledBits:0] limited = centered < low ? low : centered > high ? high : centered;
  wire [ResultBits-1:0] clamped = limited[ResultBits-1:0];
  wire [ResultBits-1:0] accumulated, made, result;
  wire unused_top = ^limited[ScaledBits:ResultBits];

  generate
    if (ResultBits == AccumulatorBits) begin : gen_equal
      assign accumulated = value_at_clamp;
    end else begin : gen_extended
      assign accumulated =
          {{(ResultBits - AccumulatorBits) {value_at_clamp[AccumulatorBits-1]}}, value_at_clamp};
    end

    if (TableAddressBits == 0) begin : gen_no_table
      wire unused_table = ^{
        write_table_i, write_address_i, write_data_i, use_table_i, table_signed_i, table_select_i
      };
      assign made = clamped;
    end else begin : gen_table
      wire [TableBits-1:0] entry;
      memory_bank #(
        .Width      (TableBits),
        .AddressBits(TableMemoryBits),
        .ReadCycles (0)
      ) u_table (
        .clk_i          (clk_i),
        .write_i        (write_table_i),
        .write_address_i(write_address_i),
        .write_data_i   (write_data_i),
        // The lowest address, -2^(TableAddressBits - 1), is entry 0.
        .read_address_i ({
          table_select_i, !clamped[TableAddressBits-1], clamped[TableAddressBits-2:0]
        }),
        .read_data_o    (entry)
      );
      assign made = use_table_i
          ? {{(ResultBits - TableBits) {table_signed_i && entry[TableBits-1]}}, entry} : clamped;
    end
  endgenerate

  assign result = bypass_i ? accumulated : made;

  delay #(
    .Width (ResultBits),
    .Stages(LastStages)
  ) u_last_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i(result),
    .data_o(result_o)
  );

endmodule
