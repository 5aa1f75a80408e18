// One version of the convolution's weight gradient; see float_versions.h for V, V_TARGET and V_LANES. A register tile is
// V_ROWS outputs by V_VECTORS vectors of operands, each vector within one segment; the positions pass by in order.

#include "register_tile_template.h"

// Where the vectors of a tile stand: in the image from its position's start on, and in a row of dw; and their lanes.
typedef struct V(operand) {
  ptrdiff_t offset, column, count;
} V(operand);

V_INLINE V_TARGET void V(weight_gradient_tile)(const int mr, const int nv, const int is_whole,
                                               const wl_window *window, const V(operand) *operands,
                                               const float *dy, ptrdiff_t dy_pixel, const float *x, int is_first,
                                               float *dw, ptrdiff_t dw_row) {
  V(vector) sum[V_ROWS][V_VECTORS];
  ptrdiff_t offset[V_VECTORS], count[V_VECTORS];
  V(mask) mask[V_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    offset[j] = operands[j].offset;
    count[j] = operands[j].count;
    mask[j] = V(first_lanes)(count[j]);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
      sum[i][j] =
          is_first ? (V(vector)){0} : V(load_part)(dw + i * dw_row + operands[j].column, operands[j].count);
  }
  for (ptrdiff_t r = 0; r < window->rows; r++) {
    const float *at = x + r * window->row_step;
    for (ptrdiff_t c = 0; c < window->columns; c++) {
      V(vector) right[V_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) right[j] = is_whole ? V(load)(at + offset[j]) : V(load_masked)(at + offset[j], mask[j]);
#pragma clang loop unroll(full)
      for (int i = 0; i < mr; i++) {
        const V(vector) slope = V(repeat)(dy[i]);
#pragma clang loop unroll(full)
        for (int j = 0; j < nv; j++) sum[i][j] = __builtin_elementwise_fma(slope, right[j], sum[i][j]);
      }
      at += window->column_step;
      dy += dy_pixel;
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) V(store_part)(dw + i * dw_row + operands[j].column, sum[i][j], count[j]);
}

static V_TARGET __attribute__((noinline)) void V(any_weight_gradient_tile)(
    int mr, int nv, int is_whole, const wl_window *window, const V(operand) *operands, const float *dy, ptrdiff_t dy_pixel,
    const float *x, int is_first, float *dw, ptrdiff_t dw_row) {
#define TILE(rows, vectors)                                                                                   \
  case (rows) * 8 + (vectors):                                                                                \
    if (is_whole)                                                                                             \
      V(weight_gradient_tile)(rows, vectors, 1, window, operands, dy, dy_pixel, x, is_first, dw, dw_row);     \
    else                                                                                                      \
      V(weight_gradient_tile)(rows, vectors, 0, window, operands, dy, dy_pixel, x, is_first, dw, dw_row);     \
    break;
  switch (mr * 8 + nv) { TILE_SIZES(TILE) }
#undef TILE
}

static V_TARGET void V(convolve_weight_gradient)(const wl_window *window, ptrdiff_t first_operand,
                                                 ptrdiff_t last_operand, ptrdiff_t outputs, const float *dy,
                                                 ptrdiff_t dy_pixel, const float *x, int is_first, float *dw,
                                                 ptrdiff_t dw_row) {
  for (ptrdiff_t at = first_operand; at < last_operand;) {
    V(operand) operands[V_VECTORS];
    int nv = 0;
    int is_whole = 1;
    for (; nv < V_VECTORS && at < last_operand; nv++) {
      const ptrdiff_t s = at / window->segment_length, l = at % window->segment_length;
      ptrdiff_t count = window->segment_length - l;
      if (count > V_LANES) count = V_LANES;
      if (count > last_operand - at) count = last_operand - at;
      operands[nv].offset = window->segment_offsets[s] + l;
      operands[nv].column = at;
      operands[nv].count = count;
      is_whole &= count == V_LANES;
      at += count;
    }
    for (ptrdiff_t o = 0; o < outputs;) {
      ptrdiff_t left = outputs - o;
#if V_LANES == 8
      // AVX2's masks are vectors too: beside them only 8 sums have a register.
      if (!is_whole && left > 8 / nv) left = 8 / nv;
#endif
      const int mr = V(tile_rows)(left, nv);
      V(any_weight_gradient_tile)(mr, nv, is_whole, window, operands, dy + o, dy_pixel, x, is_first,
                                  dw + o * dw_row, dw_row);
      o += mr;
    }
  }
}
