// Adds a tap's exact sum to an accumulator, which wraps or saturates.
module accumulator #(
  parameter AccumulatorBits = 24,
  parameter SumBits = 20,
  parameter Saturate = 1
) (
  input  wire                       clk_i,
  input  wire                       accumulate_i,
  // The position's first tap: the sum is added to the start value.
  input  wire                       first_i,
  input  wire [AccumulatorBits-1:0] start_i,
  input  wire [        SumBits-1:0] sum_i,
  // What the accumulator holds after this cycle's edge.
  output wire [AccumulatorBits-1:0] next_o
);

  localparam WideBits = (AccumulatorBits > SumBits ? AccumulatorBits : SumBits) + 1;

  reg  [AccumulatorBits-1:0] accumulator_q;
  wire [AccumulatorBits-1:0] base = first_i ? start_i : accumulator_q;
  wire [       WideBits-1:0] total =
      {{(WideBits - AccumulatorBits) {base[AccumulatorBits-1]}}, base}
      + {{(WideBits - SumBits) {sum_i[SumBits-1]}}, sum_i};

  generate
    if (Saturate == 1) begin : gen_saturate
      wire sign = total[WideBits-1];
      wire fits = total[WideBits-1:AccumulatorBits-1] == {(WideBits - AccumulatorBits + 1) {sign}};
      assign next_o = fits ? total[AccumulatorBits-1:0] : {sign, {(AccumulatorBits - 1) {!sign}}};
    end else begin : gen_wrap
      wire unused_top = ^total[WideBits-1:AccumulatorBits];
      assign next_o = total[AccumulatorBits-1:0];
    end
  endgenerate

  always @(posedge clk_i) begin
    if (accumulate_i) accumulator_q <= next_o;
  end

endmodule
