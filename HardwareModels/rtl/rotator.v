// Elements rotated downward: output element e is input element (e + amount_i) mod 2^IndexBits.
module rotator #(
  parameter Width = 8,
  parameter IndexBits = 1
) (
  input  wire [               IndexBits-1:0] amount_i,
  input  wire [(Width << IndexBits) - 1 : 0] data_i,
  output wire [(Width << IndexBits) - 1 : 0] data_o
);

  localparam TotalBits = Width << IndexBits;

  reg [TotalBits-1:0] turned;
  integer stage;

  always @* begin
    turned = data_i;
    for (stage = 0; stage < IndexBits; stage = stage + 1) begin
      if (amount_i[stage]) begin
        turned = turned >> (Width << stage) | turned << (TotalBits - (Width << stage));
      end
    end
  end

  assign data_o = turned;

endmodule
