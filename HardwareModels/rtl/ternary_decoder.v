// Five ternary weights from eight bits: the code is the sum of (w_i + 1) * 3^i; weight i stands in bits 2i+1 .. 2i as -1 (11),
// 0 (00) or +1 (01).
module ternary_decoder (
  input  wire [7:0] code_i,
  output wire [9:0] weights_o
);

  // What is left of the code below the place of each digit, highest place first.
  wire [7:0] rest_4 = code_i - (code_i >= 8'd162 ? 8'd162 : code_i >= 8'd81 ? 8'd81 : 8'd0);
  wire [7:0] rest_3 = rest_4 - (rest_4 >= 8'd54 ? 8'd54 : rest_4 >= 8'd27 ? 8'd27 : 8'd0);
  wire [7:0] rest_2 = rest_3 - (rest_3 >= 8'd18 ? 8'd18 : rest_3 >= 8'd9 ? 8'd9 : 8'd0);
  wire [7:0] rest_1 = rest_2 - (rest_2 >= 8'd6 ? 8'd6 : rest_2 >= 8'd3 ? 8'd3 : 8'd0);

  assign weights_o[9:8] = code_i >= 8'd162 ? 2'b01 : code_i >= 8'd81 ? 2'b00 : 2'b11;
  assign weights_o[7:6] = rest_4 >= 8'd54 ? 2'b01 : rest_4 >= 8'd27 ? 2'b00 : 2'b11;
  assign weights_o[5:4] = rest_3 >= 8'd18 ? 2'b01 : rest_3 >= 8'd9 ? 2'b00 : 2'b11;
  assign weights_o[3:2] = rest_2 >= 8'd6 ? 2'b01 : rest_2 >= 8'd3 ? 2'b00 : 2'b11;
  assign weights_o[1:0] = rest_1 >= 8'd2 ? 2'b01 : rest_1 >= 8'd1 ? 2'b00 : 2'b11;

endmodule
