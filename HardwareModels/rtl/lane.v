// A lane: its bank of the weight memory, its start values, Inputs multipliers or ternary selectors, adder tree and accumulator.
//
// Inputs named at_read stand `WeightReadCycles` after the tap's issue, the others of the accumulator `AdderTreeCycles` later. The first adder-tree stage
// registers the products, the others follow the tree.
module lane #(
  parameter Inputs = 4,
  parameter WeightBits = 8,
  parameter ActivationBits = 8,
  parameter Packing = 0,
  parameter WordBits = 32,
  parameter OffsetBits = 6,
  parameter AccumulatorBits = 24,
  parameter Saturate = 1,
  parameter WeightAddressBits = 8,
  parameter TileAddressBits = 4,
  parameter WeightReadCycles = 1,
  parameter AdderTreeCycles = 2
) (
  input  wire                                 clk_i,
  // The host's writes.
  input  wire                                 write_weights_i,
  input  wire                                 write_start_i,
  input  wire [        WeightAddressBits-1:0] write_weight_address_i,
  input  wire [          TileAddressBits-1:0] write_start_address_i,
  input  wire [                 WordBits-1:0] write_weights_data_i,
  input  wire [          AccumulatorBits-1:0] write_start_data_i,
  // At the tap's issue.
  input  wire [        WeightAddressBits-1:0] weight_address_i,
  // WeightReadCycles before the accumulation.
  input  wire [          TileAddressBits-1:0] start_address_i,
  input  wire                                 tap_at_read_i,
  input  wire                                 crosses_at_read_i,
  input  wire [               OffsetBits-1:0] offset_at_read_i,
  input  wire [                          4:0] bits_i,
  // Inputs signed words of ActivationBits + 1 bits.
  input  wire [Inputs*(ActivationBits+1)-1:0] activations_at_read_i,
  input  wire                                 accumulate_i,
  input  wire                                 first_i,
  output wire [          AccumulatorBits-1:0] next_o
);

  localparam ProductBits = WeightBits + ActivationBits + 1;
  localparam SumBits = ProductBits + $clog2(Inputs);
  localparam ProductStages = AdderTreeCycles > 0 ? 1 : 0;

  wire [         WordBits-1:0] word;
  wire [Inputs*WeightBits-1:0] weights;
  wire [Inputs*ProductBits-1:0] products, products_at_tree;
  wire [SumBits-1:0] sum, sum_at_accumulator;
  wire [AccumulatorBits-1:0] start;

  memory_bank #(
    .Width      (WordBits),
    .AddressBits(WeightAddressBits),
    .ReadCycles (WeightReadCycles)
  ) u_weights (
    .clk_i          (clk_i),
    .write_i        (write_weights_i),
    .write_address_i(write_weight_address_i),
    .write_data_i   (write_weights_data_i),
    .read_address_i (weight_address_i),
    .read_data_o    (word)
  );

  memory_bank #(
    .Width      (AccumulatorBits),
    .AddressBits(TileAddressBits),
    .ReadCycles (WeightReadCycles)
  ) u_starts (
    .clk_i          (clk_i),
    .write_i        (write_start_i),
    .write_address_i(write_start_address_i),
    .write_data_i   (write_start_data_i),
    .read_address_i (start_address_i),
    .read_data_o    (start)
  );

  unpacker #(
    .Inputs    (Inputs),
    .WeightBits(WeightBits),
    .Packing   (Packing),
    .WordBits  (WordBits),
    .OffsetBits(OffsetBits)
  ) u_unpacker (
    .clk_i    (clk_i),
    .tap_i    (tap_at_read_i),
    .crosses_i(crosses_at_read_i),
    .offset_i (offset_at_read_i),
    .bits_i   (bits_i),
    .word_i   (word),
    .weights_o(weights)
  );

  genvar index;
  generate
    for (index = 0; index < Inputs; index = index + 1) begin : gen_product
      wire [      WeightBits-1:0] weight = weights[index*WeightBits+:WeightBits];
      wire [    ActivationBits:0] x =
          activations_at_read_i[index*(ActivationBits+1)+:ActivationBits+1];
      wire signed [ProductBits-1:0] wide_x = {{WeightBits{x[ActivationBits]}}, x};
      if (Packing == 0) begin : gen_multiplier
        wire signed [ProductBits-1:0] wide_weight =
            {{(ActivationBits + 1) {weight[WeightBits-1]}}, weight};
        assign products[index*ProductBits+:ProductBits] = wide_weight * wide_x;
      end else begin : gen_selector
        // -x cannot leave its word: no activation is -2^ActivationBits.
        assign products[index*ProductBits+:ProductBits] =
            !weight[0] ? {ProductBits{1'b0}} : weight[1] ? -wide_x : wide_x;
      end
    end
  endgenerate

  delay #(
    .Width (Inputs * ProductBits),
    .Stages(ProductStages)
  ) u_product_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i(products),
    .data_o(products_at_tree)
  );

  adder_tree #(
    .Terms   (Inputs),
    .TermBits(ProductBits),
    .SumBits (SumBits)
  ) u_tree (
    .terms_i(products_at_tree),
    .sum_o  (sum)
  );

  delay #(
    .Width (SumBits),
    .Stages(AdderTreeCycles - ProductStages)
  ) u_sum_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i(sum),
    .data_o(sum_at_accumulator)
  );

  accumulator #(
    .AccumulatorBits(AccumulatorBits),
    .SumBits        (SumBits),
    .Saturate       (Saturate)
  ) u_accumulator (
    .clk_i       (clk_i),
    .accumulate_i(accumulate_i),
    .first_i     (first_i),
    .start_i     (start),
    .sum_i       (sum_at_accumulator),
    .next_o      (next_o)
  );

endmodule
