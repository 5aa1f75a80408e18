// Walks through layers, tiles, output positions and taps, and says in which cycle each tap is issued.
//
// A layer is entered at the edge that samples start_i or ends the last write of the layer before; DescriptorCycles later its first
// tap is issued. A position of C taps is followed by the next one max(C, E) cycles after its own first tap, a tile by the next one E
// cycles after its last tap, where E is the number of cycles in which a position's outputs are drained.
module sequencer #(
  parameter DescriptorCycles = 2,
  parameter LayerAddressBits = 3,
  parameter TileAddressBits = 4,
  parameter CountBits = 16
) (
  input  wire                        clk_i,
  input  wire                        rst_ni,
  input  wire                        start_i,
  // The layer's last output is written at the end of this cycle.
  input  wire                        layer_done_i,
  input  wire                        last_layer_i,
  // Of the layer and tile that run: the last index of each loop, and E - 1.
  input  wire [       CountBits-1:0] last_tile_i,
  input  wire [       CountBits-1:0] last_row_i,
  input  wire [       CountBits-1:0] last_column_i,
  input  wire [       CountBits-1:0] last_kernel_row_i,
  input  wire [       CountBits-1:0] last_kernel_column_i,
  input  wire [       CountBits-1:0] last_group_i,
  input  wire [       CountBits-1:0] last_drain_i,
  // The descriptors that the next cycle needs.
  output wire [LayerAddressBits-1:0] layer_d_o,
  output wire [ TileAddressBits-1:0] tile_d_o,
  output wire [ TileAddressBits-1:0] tile_q_o,
  // At this cycle's edge a layer begins; a tile, in the same layer.
  output wire                        enter_layer_o,
  output wire                        next_tile_o,
  // A tap is issued in this cycle, and what the loops do at its end.
  output wire                        issue_o,
  output wire                        first_tap_o,
  output wire                        last_tap_o,
  output wire                        next_kernel_column_o,
  output wire                        next_kernel_row_o,
  output wire                        next_column_o,
  output wire                        next_row_o,
  output wire                        layer_end_o,
  output wire                        idle_o
);

  localparam [1:0] Idle = 2'd0, Pause = 2'd1, Issue = 2'd2, Finish = 2'd3;
  localparam [CountBits-1:0] One = 1;
  localparam [CountBits-1:0] Zero = 0;
  localparam Describing = DescriptorCycles > 0 ? DescriptorCycles - 1 : 0;
  localparam [CountBits-1:0] DescriptorPause = Describing[CountBits-1:0];
  localparam [1:0] FirstState = DescriptorCycles > 0 ? Pause : Issue;

  reg [1:0] state_q, state_d;
  reg [LayerAddressBits-1:0] layer_q;
  reg [TileAddressBits-1:0] tile_q;
  reg [CountBits-1:0] pause_q, pause_d, pace_q;
  reg [CountBits-1:0] tile_count_q, row_q, column_q, kernel_row_q, kernel_column_q, group_q;

  wire is_idle = state_q == Idle;
  wire enter_layer = (is_idle && start_i) || (layer_done_i && !last_layer_i);
  wire issue = state_q == Issue;
  wire last_group = group_q == last_group_i;
  wire last_kernel_column = kernel_column_q == last_kernel_column_i;
  wire last_kernel_row = kernel_row_q == last_kernel_row_i;
  wire last_tap = last_group && last_kernel_column && last_kernel_row;
  wire last_column = column_q == last_column_i;
  wire last_position = last_column && row_q == last_row_i;
  wire last_tile = tile_count_q == last_tile_i;
  wire next_position = issue && last_tap;
  wire next_tile = next_position && last_position && !last_tile;
  wire first_tap = group_q == Zero && kernel_column_q == Zero && kernel_row_q == Zero;

  // Cycles of the position's drain that are left after this cycle, if it began with the position's first tap.
  wire [CountBits-1:0] pace = first_tap ? last_drain_i : pace_q;

  always @* begin
    state_d = state_q;
    pause_d = pause_q;
    case (state_q)
      Pause: begin
        if (pause_q == Zero) state_d = Issue;
        else pause_d = pause_q - One;
      end
      Issue: begin
        if (last_tap && last_position && last_tile) begin
          state_d = Finish;
        end else if (last_tap && last_position) begin
          state_d = Pause;
          pause_d = last_drain_i;
        end else if (last_tap && pace != Zero) begin
          state_d = Pause;
          pause_d = pace - One;
        end
      end
      Finish: begin
        if (layer_done_i && last_layer_i) state_d = Idle;
      end
      default: begin
        state_d = Idle;
      end
    endcase
    if (enter_layer) begin
      state_d = FirstState;
      pause_d = DescriptorPause;
    end
  end

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= Idle;
    else state_q <= state_d;
  end

  always @(posedge clk_i) begin
    pause_q <= pause_d;
    layer_q <= layer_d_o;
    tile_q  <= tile_d_o;
    pace_q  <= pace == Zero ? Zero : pace - One;
    if (enter_layer) begin
      tile_count_q    <= Zero;
      row_q           <= Zero;
      column_q        <= Zero;
      kernel_row_q    <= Zero;
      kernel_column_q <= Zero;
      group_q         <= Zero;
    end else if (issue) begin
      group_q <= last_group ? Zero : group_q + One;
      if (last_group) kernel_column_q <= last_kernel_column ? Zero : kernel_column_q + One;
      if (last_group && last_kernel_column) begin
        kernel_row_q <= last_kernel_row ? Zero : kernel_row_q + One;
      end
      if (last_tap) column_q <= last_column ? Zero : column_q + One;
      if (last_tap && last_column) row_q <= last_position ? Zero : row_q + One;
      if (next_tile) tile_count_q <= tile_count_q + One;
    end
  end

  assign layer_d_o = is_idle ? {LayerAddressBits{1'b0}}
      : enter_layer ? layer_q + {{(LayerAddressBits - 1) {1'b0}}, 1'b1} : layer_q;
  assign tile_d_o = is_idle ? {TileAddressBits{1'b0}}
      : enter_layer || next_tile ? tile_q + {{(TileAddressBits - 1) {1'b0}}, 1'b1} : tile_q;
  assign tile_q_o = tile_q;
  assign enter_layer_o = enter_layer;
  assign next_tile_o = next_tile;
  assign issue_o = issue;
  assign first_tap_o = first_tap;
  assign last_tap_o = last_tap;
  assign next_kernel_column_o = issue && last_group && !last_kernel_column;
  assign next_kernel_row_o = issue && last_group && last_kernel_column && !last_kernel_row;
  assign next_column_o = next_position && !last_column;
  assign next_row_o = next_position && last_column && !last_position;
  assign layer_end_o = last_tap && last_position && last_tile;
  assign idle_o = is_idle;

endmodule
