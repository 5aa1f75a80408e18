// The descriptors of the layers and of their tiles, as words of `FieldBits` bits, all fields of one descriptor read at once.
//
// Reads are asynchronous: the sequencer takes what it needs into its registers at the edge at which a layer or tile begins.
module descriptor_reader #(
  parameter FieldBits = 32,
  parameter Fields = 8,
  parameter AddressBits = 4
) (
  input  wire                        clk_i,
  input  wire                        write_i,
  input  wire [                15:0] write_field_i,
  input  wire [     AddressBits-1:0] write_address_i,
  input  wire [       FieldBits-1:0] write_data_i,
  input  wire [     AddressBits-1:0] read_address_i,
  output wire [Fields*FieldBits-1:0] fields_o
);

  genvar field;
  generate
    for (field = 0; field < Fields; field = field + 1) begin : gen_field
      localparam [15:0] Field = field[15:0];
      memory_bank #(
        .Width      (FieldBits),
        .AddressBits(AddressBits),
        .ReadCycles (0)
      ) u_memory (
        .clk_i          (clk_i),
        .write_i        (write_i && write_field_i == Field),
        .write_address_i(write_address_i),
        .write_data_i   (write_data_i),
        .read_address_i (read_address_i),
        .read_data_o    (fields_o[field*FieldBits+:FieldBits])
      );
    end
  endgenerate

endmodule
