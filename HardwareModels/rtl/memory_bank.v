// A memory of 2^AddressBits words with one write port and one read port.
//
// A word is read `ReadCycles` clock edges after its address stands at the port: 0 is an asynchronous read (a register file),
// 1 the plain synchronous read of an SRAM macro, more add output registers. A read in the cycle of a write to the same address
// gives the old word.
module memory_bank #(
  parameter Width = 8,
  parameter AddressBits = 4,
  parameter ReadCycles = 1
) (
  input  wire                   clk_i,
  input  wire                   write_i,
  input  wire [AddressBits-1:0] write_address_i,
  input  wire [      Width-1:0] write_data_i,
  input  wire [AddressBits-1:0] read_address_i,
  output wire [      Width-1:0] read_data_o
);

  reg [Width-1:0] words_q[0:(1<<AddressBits)-1];

  always @(posedge clk_i) begin
    if (write_i) words_q[write_address_i] <= write_data_i;
  end

  generate
    if (ReadCycles == 0) begin : gen_asynchronous
      assign read_data_o = words_q[read_address_i];
    end else begin : gen_synchronous
      reg [Width-1:0] word_q;
      always @(posedge clk_i) word_q <= words_q[read_address_i];
      delay #(
        .Width (Width),
        .Stages(ReadCycles - 1)
      ) u_delay (
        .clk_i (clk_i),
        .rst_ni(1'b1),
        .data_i(word_q),
        .data_o(read_data_o)
      );
    end
  endgenerate

endmodule
