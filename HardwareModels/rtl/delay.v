// A word that arrives `Stages` clock cycles later; 0 stages are a wire.
//
// `Reset` 1 clears the stages on reset (valid bits); 0 leaves them as they are (data).
module delay #(
  parameter Width = 1,
  parameter Stages = 1,
  parameter Reset = 0
) (
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire [Width-1:0] data_i,
  output wire [Width-1:0] data_o
);

  generate
    if (Stages == 0) begin : gen_wire
      wire unused_clock = ^{clk_i, rst_ni};
      assign data_o = data_i;
    end else begin : gen_stages
      reg  [Width*Stages-1:0] stages_q;
      wire [Width*Stages-1:0] stages_d;

      if (Stages == 1) begin : gen_one
        assign stages_d = data_i;
      end else begin : gen_several
        assign stages_d = {stages_q[Width*(Stages-1)-1:0], data_i};
      end

      if (Reset == 1) begin : gen_reset
        always @(posedge clk_i or negedge rst_ni) begin
          if (!rst_ni) stages_q <= {Width * Stages{1'b0}};
          else stages_q <= stages_d;
        end
      end else begin : gen_free
        wire unused_reset = rst_ni;
        always @(posedge clk_i) stages_q <= stages_d;
      end

      assign data_o = stages_q[Width*Stages-1-:Width];
    end
  endgenerate

endmodule
