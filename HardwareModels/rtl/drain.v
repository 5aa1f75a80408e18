// The drain registers: hold a finished position's accumulators while the lanes go on, and give `Drained` of them a cycle, lowest
// lane first.
module drain #(
  parameter Lanes = 4,
  parameter Drained = 1,
  parameter AccumulatorBits = 24,
  parameter IndexBits = 8,
  parameter MultiplierAddressBits = 4,
  parameter CountBits = 16
) (
  input  wire                               clk_i,
  input  wire                               rst_ni,
  // The position's accumulators are finished at the end of this cycle.
  input  wire                               load_i,
  input  wire                               layer_end_i,
  input  wire [Lanes*AccumulatorBits-1:0]   accumulators_i,
  // Lanes that hold outputs, 1 ... Lanes.
  input  wire [              CountBits-1:0] outputs_i,
  input  wire [              IndexBits-1:0] index_i,
  input  wire [  MultiplierAddressBits-1:0] multiplier_row_i,
  input  wire                               per_channel_i,
  // In this cycle.
  output wire [                Drained-1:0] valid_o,
  output wire                               last_o,
  output wire [Drained*AccumulatorBits-1:0] values_o,
  output wire [              IndexBits-1:0] index_o,
  output wire [  MultiplierAddressBits-1:0] multiplier_row_o
);

  localparam [CountBits-1:0] Step = Drained[CountBits-1:0];
  localparam [IndexBits-1:0] IndexStep = Drained[IndexBits-1:0];

  reg  [Lanes*AccumulatorBits-1:0] values_q;
  reg  [            CountBits-1:0] left_q;
  reg                              layer_end_q;
  reg  [            IndexBits-1:0] index_q;
  reg  [MultiplierAddressBits-1:0] multiplier_row_q;
  wire [Lanes*AccumulatorBits-1:0] shifted;
  wire                             is_last_group = left_q <= Step;

  generate
    if (Lanes > Drained) begin : gen_shift
      assign shifted = {
        {Drained * AccumulatorBits{1'b0}}, values_q[Lanes*AccumulatorBits-1:Drained*AccumulatorBits]
      };
    end else begin : gen_all
      assign shifted = values_q;
    end
  endgenerate

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) left_q <= {CountBits{1'b0}};
    else if (load_i) left_q <= outputs_i;
    else left_q <= is_last_group ? {CountBits{1'b0}} : left_q - Step;
  end

  always @(posedge clk_i) begin
    if (load_i) begin
      values_q         <= accumulators_i;
      layer_end_q      <= layer_end_i;
      index_q          <= index_i;
      multiplier_row_q <= multiplier_row_i;
    end else begin
      values_q         <= shifted;
      index_q          <= index_q + IndexStep;
      multiplier_row_q <=
          per_channel_i ? multiplier_row_q + {{(MultiplierAddressBits - 1) {1'b0}}, 1'b1}
          : multiplier_row_q;
    end
  end

  genvar index;
  generate
    for (index = 0; index < Drained; index = index + 1) begin : gen_valid
      localparam [CountBits-1:0] Index = index[CountBits-1:0];
      assign valid_o[index] = left_q > Index;
    end
  endgenerate

  assign last_o = layer_end_q && left_q != {CountBits{1'b0}} && is_last_group;
  assign values_o = values_q[Drained*AccumulatorBits-1:0];
  assign index_o = index_q;
  assign multiplier_row_o = multiplier_row_q;

endmodule
