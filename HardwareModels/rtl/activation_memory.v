// Activations in 2^BankBits banks: element e lies in bank e mod 2^BankBits. Reads `Reads` consecutive elements from any address, and
// writes up to `Writes` consecutive elements to any address, in one cycle.
//
// The host's single-element write has the banks to itself while the array is idle. A read takes `ReadCycles` cycles.
module activation_memory #(
  parameter Width = 8,
  parameter AddressBits = 8,
  parameter BankBits = 1,
  parameter Reads = 2,
  parameter Writes = 1,
  parameter ReadCycles = 1
) (
  input  wire                    clk_i,
  input  wire                    host_write_i,
  input  wire [ AddressBits-1:0] host_address_i,
  input  wire [       Width-1:0] host_data_i,
  input  wire [      Writes-1:0] write_i,
  input  wire [ AddressBits-1:0] write_address_i,
  input  wire [Writes*Width-1:0] write_data_i,
  input  wire [ AddressBits-1:0] read_address_i,
  output wire [ Reads*Width-1:0] read_data_o
);

  localparam Banks = 1 << BankBits;
  localparam RowBits = AddressBits - BankBits;

  wire [ BankBits-1:0] read_bank = read_address_i[BankBits-1:0];
  wire [  RowBits-1:0] read_row = read_address_i[AddressBits-1:BankBits];
  wire [  RowBits-1:0] next_read_row = read_row + {{(RowBits - 1) {1'b0}}, 1'b1};
  wire [AddressBits-1:0] address = host_write_i ? host_address_i : write_address_i;
  wire [ BankBits-1:0] write_bank = address[BankBits-1:0];
  wire [  RowBits-1:0] write_row = address[AddressBits-1:BankBits];
  wire [  RowBits-1:0] next_write_row = write_row + {{(RowBits - 1) {1'b0}}, 1'b1};

  // Writes as elements with their enable on top, then turned to their banks: bank b takes element (b - first bank) mod banks.
  wire [Banks*(Width+1)-1:0] elements;
  wire [Banks*(Width+1)-1:0] turned;
  wire [    Banks*Width-1:0] read_words;
  wire [    Banks*Width-1:0] read_elements;
  wire [       BankBits-1:0] read_turn;

  genvar index;
  generate
    for (index = 0; index < Banks; index = index + 1) begin : gen_element
      if (index == 0) begin : gen_first
        assign elements[Width:0] = host_write_i ? {1'b1, host_data_i}
            : {write_i[0], write_data_i[Width-1:0]};
      end else if (index < Writes) begin : gen_written
        assign elements[index*(Width+1)+:Width+1] =
            {write_i[index] && !host_write_i, write_data_i[index*Width+:Width]};
      end else begin : gen_none
        assign elements[index*(Width+1)+:Width+1] = {(Width + 1) {1'b0}};
      end
    end

    for (index = 0; index < Banks; index = index + 1) begin : gen_bank
      // Elements from the first bank's on stand in its row, those of the banks before it in the next one.
      wire write_wraps, read_wraps;
      if (index == Banks - 1) begin : gen_last
        assign write_wraps = 1'b0;
        assign read_wraps = 1'b0;
      end else begin : gen_other
        localparam [BankBits-1:0] Bank = index[BankBits-1:0];
        assign write_wraps = write_bank > Bank;
        assign read_wraps = read_bank > Bank;
      end

      memory_bank #(
        .Width      (Width),
        .AddressBits(RowBits),
        .ReadCycles (ReadCycles)
      ) u_memory (
        .clk_i          (clk_i),
        .write_i        (turned[index*(Width+1)+Width]),
        .write_address_i(write_wraps ? next_write_row : write_row),
        .write_data_i   (turned[index*(Width+1)+:Width]),
        .read_address_i (read_wraps ? next_read_row : read_row),
        .read_data_o    (read_words[index*Width+:Width])
      );
    end
  endgenerate

  rotator #(
    .Width    (Width + 1),
    .IndexBits(BankBits)
  ) u_write_rotator (
    .amount_i(-write_bank),
    .data_i  (elements),
    .data_o  (turned)
  );

  delay #(
    .Width (BankBits),
    .Stages(ReadCycles)
  ) u_turn_delay (
    .clk_i (clk_i),
    .rst_ni(1'b1),
    .data_i(read_bank),
    .data_o(read_turn)
  );

  rotator #(
    .Width    (Width),
    .IndexBits(BankBits)
  ) u_read_rotator (
    .amount_i(read_turn),
    .data_i  (read_words),
    .data_o  (read_elements)
  );

  assign read_data_o = read_elements[Reads*Width-1:0];

  generate
    if (Reads < Banks) begin : gen_rest
      wire unused_elements = ^read_elements[Banks*Width-1:Reads*Width];
    end
  endgenerate

endmodule
