// The exact sum of a tap's products, in a balanced tree: neighbors are added first, then sums of two, of four, ...
module adder_tree #(
  parameter Terms = 4,
  parameter TermBits = 17,
  parameter SumBits = 19
) (
  input  wire [Terms*TermBits-1:0] terms_i,
  output wire [       SumBits-1:0] sum_o
);

  reg [Terms*SumBits-1:0] sums;
  integer term, span;

  always @* begin
    for (term = 0; term < Terms; term = term + 1) begin
      sums[term*SumBits+:SumBits] = {
        {(SumBits - TermBits + 1) {terms_i[term*TermBits+TermBits-1]}},
        terms_i[term*TermBits+:TermBits-1]
      };
    end
    for (span = 1; span < Terms; span = 2 * span) begin
      for (term = 0; term + span < Terms; term = term + 2 * span) begin
        sums[term*SumBits+:SumBits] =
            sums[term*SumBits+:SumBits] + sums[(term+span)*SumBits+:SumBits];
      end
    end
  end

  assign sum_o = sums[SumBits-1:0];

endmodule
