// value_i / 2^shift_i, rounded by one rule and saturated to ResultBits; a negative shift multiplies.
//
// With floor = the quotient rounded down, `half` the first bit behind the point and `sticky` whether any bit behind that is set:
//
//   Rounding  rule                        one more than floor if
//   0         down                        never
//   1         up                          half or sticky
//   2         toward zero                 negative, and half or sticky
//   3         away from zero              not negative, and half or sticky
//   4         nearest, ties down          half and sticky
//   5         nearest, ties up            half
//   6         nearest, ties toward zero   half, and sticky or negative
//   7         nearest, ties away          half, and sticky or not negative
//   8         nearest, ties to even       half, and sticky or floor odd
//   9         nearest, ties to odd        half, and sticky or floor even
module rounding_shift #(
  parameter ValueBits = 40,
  parameter ResultBits = 26,
  parameter Rounding = 5
) (
  input  wire [ ValueBits-1:0] value_i,
  // Two's complement, -62 .. 62.
  input  wire [           6:0] shift_i,
  output wire [ResultBits-1:0] result_o
);

  // Wide enough for the value and for the result.
  localparam WorkBits = ValueBits > ResultBits ? ValueBits + 1 : ResultBits + 1;

  localparam Last = ResultBits - 1;
  localparam [6:0] LastBit = Last[6:0];

  wire signed [WorkBits-1:0] value = {{(WorkBits - ValueBits) {value_i[ValueBits-1]}}, value_i};
  wire negative = value[WorkBits-1];

  // Right: one bit is appended, so that the first bit behind the point stays.
  wire [5:0] right = shift_i[5:0];
  wire signed [WorkBits:0] appended = {value, 1'b0};
  wire signed [WorkBits:0] quotient = appended >>> right;
  wire [WorkBits:0] below = ~({(WorkBits + 1) {1'b1}} << right);
  wire [WorkBits-1:0] floor = quotient[WorkBits:1];
  wire half = quotient[0];
  wire sticky = |(appended & below);
  wire increment;

  generate
    case (Rounding)
      1: begin : gen_up
        assign increment = half || sticky;
      end
      2: begin : gen_toward_zero
        assign increment = negative && (half || sticky);
      end
      3: begin : gen_away_from_zero
        assign increment = !negative && (half || sticky);
      end
      4: begin : gen_ties_down
        assign increment = half && sticky;
      end
      5: begin : gen_ties_up
        wire unused_sticky = sticky;
        assign increment = half;
      end
      6: begin : gen_ties_toward_zero
        assign increment = half && (sticky || negative);
      end
      7: begin : gen_ties_away_from_zero
        assign increment = half && (sticky || !negative);
      end
      8: begin : gen_ties_to_even
        assign increment = half && (sticky || floor[0]);
      end
      9: begin : gen_ties_to_odd
        assign increment = half && (sticky || !floor[0]);
      end
      default: begin : gen_down
        wire unused_fraction = ^{half, sticky};
        assign increment = 1'b0;
      end
    endcase
  endgenerate

  // The rounded value is at most half the working range in size, or unshifted: it cannot overflow.
  wire [WorkBits-1:0] rounded = floor + {{(WorkBits - 1) {1'b0}}, increment};

  // Left: bits that would leave the result must all be copies of the sign.
  wire [5:0] left = -shift_i[5:0];
  wire [6:0] kept = LastBit - {1'b0, left};
  wire left_is_long = {1'b0, left} > LastBit;
  wire signed [WorkBits-1:0] leaving = value >>> kept;
  wire left_fits = left_is_long ? value == {WorkBits{1'b0}} : leaving == {WorkBits{negative}};
  wire [WorkBits-1:0] raised = value << left;

  wire shifts_left = shift_i[6];
  wire right_fits =
      rounded[WorkBits-1:ResultBits-1] == {(WorkBits - ResultBits + 1) {rounded[WorkBits-1]}};
  wire fits = shifts_left ? left_fits : right_fits;
  wire [ResultBits-1:0] chosen = shifts_left ? raised[ResultBits-1:0] : rounded[ResultBits-1:0];
  wire unused_raised = ^raised[WorkBits-1:ResultBits];

  assign result_o = fits ? chosen : {negative, {(ResultBits - 1) {!negative}}};

endmodule
