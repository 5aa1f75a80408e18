// The weights of one tap from the words of a lane's bank, where they are packed back to back.
//
// A tap's weights begin `offset_i` units into a word (a unit is a bit, or with `Packing` 2 a ternary weight) and reach at most into the
// word behind it. The word at the input is the one that holds the tap's last weight; the word before it is kept from the
// tap before, so that a tap reads one word.
//
// `Packing` 0: weights of `bits_i` bits, at most `WeightBits`, in words of Inputs * WeightBits bits. 1: ternary, two bits each,
// a word a tap. 2: ternary, five in eight bits, in words of ceil(Inputs / 5) bytes.
module unpacker #(
  parameter Inputs = 4,
  parameter WeightBits = 8,
  parameter Packing = 0,
  parameter WordBits = 32,
  parameter OffsetBits = 6
) (
  input  wire                         clk_i,
  input  wire                         tap_i,
  input  wire                         crosses_i,
  input  wire [       OffsetBits-1:0] offset_i,
  input  wire [                  4:0] bits_i,
  input  wire [         WordBits-1:0] word_i,
  output wire [Inputs*WeightBits-1:0] weights_o
);

  localparam TapBits = Inputs * WeightBits;

  genvar index, width;
  generate
    if (Packing == 1) begin : gen_whole_words
      wire unused_control = ^{clk_i, tap_i, crosses_i, offset_i, bits_i};
      assign weights_o = word_i;
    end else begin : gen_packed
      // Units of the pair of words, in bits: of a word, of a unit.
      localparam UnitBits = Packing == 2 ? 2 : 1;
      localparam SpanBits = Packing == 2 ? WordBits / 8 * 10 : WordBits;

      wire [  SpanBits-1:0] span;
      reg  [  SpanBits-1:0] kept_q;
      wire [2*SpanBits-1:0] pair = crosses_i ? {span, kept_q} : {{SpanBits{1'b0}}, span};
      wire [2*SpanBits-1:0] shifted;
      wire [   TapBits-1:0] field = shifted[TapBits-1:0];
      wire                  unused_units = ^shifted[2*SpanBits-1:TapBits];

      if (Packing == 2) begin : gen_decoders
        for (index = 0; index < WordBits / 8; index = index + 1) begin : gen_byte
          ternary_decoder u_decoder (
            .code_i   (word_i[8*index+:8]),
            .weights_o(span[10*index+:10])
          );
        end
      end else begin : gen_words
        assign span = word_i;
      end

      if (UnitBits == 2) begin : gen_two_bit_units
        assign shifted = pair >> {offset_i, 1'b0};
      end else begin : gen_bit_units
        assign shifted = pair >> offset_i;
      end

      always @(posedge clk_i) begin
        if (tap_i) kept_q <= span;
      end

      if (Packing == 2) begin : gen_ternary
        wire unused_bits = ^bits_i;
        assign weights_o = field;
      end else begin : gen_widths
        // The weights as they stand if they have 1, 2, ... WeightBits bits, and of these the ones of the layer's width.
        wire [TapBits*WeightBits-1:0] candidates;
        reg  [           TapBits-1:0] selected;
        integer                       number;

        for (width = 1; width <= WeightBits; width = width + 1) begin : gen_width
          for (index = 0; index < Inputs; index = index + 1) begin : gen_weight
            wire [width-1:0] weight = field[index*width+:width];
            if (width == WeightBits) begin : gen_full
              assign candidates[(width-1)*TapBits+index*WeightBits+:WeightBits] = weight;
            end else begin : gen_extended
              assign candidates[(width-1)*TapBits+index*WeightBits+:WeightBits] =
                  {{(WeightBits - width) {weight[width-1]}}, weight};
            end
          end
        end

        always @* begin
          selected = {TapBits{1'b0}};
          for (number = 1; number <= WeightBits; number = number + 1) begin
            selected = selected
                | candidates[(number-1)*TapBits+:TapBits] & {TapBits{bits_i == number[4:0]}};
          end
        end

        assign weights_o = selected;
      end
    end
  endgenerate

endmodule
