// One version of the convolution's input gradient; see float_versions.h for V, V_TARGET and V_LANES. A block of positions
// is multiplied with all weights into a buffer, which is then added to the image in the order of the positions.

#include "register_tile_template.h"

#ifndef WL_GRADIENT_BUFFER
// Floats of the buffer: 64 KiB, which any thread's stack holds.
#define WL_GRADIENT_BUFFER 16384
#endif

// `mr` positions by `nv` vectors of weights from column 0 of `weights` on, `columns` of them there.
V_INLINE V_TARGET void V(input_gradient_tile)(const int mr, const int nv, ptrdiff_t outputs, const float *dy,
                                              ptrdiff_t dy_pixel, const float *weights, ptrdiff_t weight_row,
                                              ptrdiff_t columns, float scale, float *to, ptrdiff_t to_row) {
  V(vector) sum[V_ROWS][V_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) sum[i][j] = (V(vector)){0};
  for (ptrdiff_t o = 0; o < outputs; o++) {
    V(vector) right[V_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++)
      right[j] = V(load_part)(weights + o * weight_row + j * V_LANES, columns - j * V_LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) {
      const V(vector) slope = V(repeat)(dy[i * dy_pixel + o]);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) sum[i][j] = __builtin_elementwise_fma(slope, right[j], sum[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++)
      V(store_part)(to + i * to_row + j * V_LANES, sum[i][j] * scale, columns - j * V_LANES);
}

static V_TARGET __attribute__((noinline)) void V(any_input_gradient_tile)(
    int mr, int nv, ptrdiff_t outputs, const float *dy, ptrdiff_t dy_pixel, const float *weights,
    ptrdiff_t weight_row, ptrdiff_t columns, float scale, float *to, ptrdiff_t to_row) {
#define TILE(rows, vectors)                                                                                   \
  case (rows) * 8 + (vectors):                                                                                \
    V(input_gradient_tile)(rows, vectors, outputs, dy, dy_pixel, weights, weight_row, columns, scale, to,     \
                           to_row);                                                                           \
    break;
  switch (mr * 8 + nv) { TILE_SIZES(TILE) }
#undef TILE
}

V_INLINE V_TARGET void V(add_to)(float *restrict to, const float *restrict from, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) to[i] = to[i] + from[i];
}

static V_TARGET void V(convolve_input_gradient)(const wl_window *window, ptrdiff_t outputs, const float *dy,
                                                ptrdiff_t dy_pixel, const float *weights, ptrdiff_t weight_row,
                                                float scale, float *dx) {
  const ptrdiff_t inputs = window->segments * window->segment_length;
  const ptrdiff_t count = window->rows * window->columns;
  float buffer[WL_GRADIENT_BUFFER];
  ptrdiff_t most = inputs > 0 ? WL_GRADIENT_BUFFER / inputs : V_ROWS;
  if (most > V_ROWS) most = V_ROWS;
  for (ptrdiff_t p = 0; p < count;) {
    const ptrdiff_t left = count - p < most ? count - p : most;
    const int mr = V(tile_rows)(left, inputs > V_LANES ? V_VECTORS : 1);
    // Filters too large for the buffer go one position at a time, in pieces.
    const ptrdiff_t chunk = mr == 1 ? WL_GRADIENT_BUFFER : inputs;
    for (ptrdiff_t start = 0; start < inputs; start += chunk) {
      const ptrdiff_t width = inputs - start < chunk ? inputs - start : chunk;
      for (ptrdiff_t k = 0; k < width; k += V_VECTORS * V_LANES) {
        const ptrdiff_t vectors = (width - k + V_LANES - 1) / V_LANES;
        // Tall tiles stand for narrow filters only, so a remainder is as high as the tiles before it.
        const int nv = (int)(vectors < V_VECTORS ? vectors : V_VECTORS);
        V(any_input_gradient_tile)(mr, nv, outputs, dy + p * dy_pixel, dy_pixel, weights + start + k, weight_row,
                                   width - k, scale, buffer + k, width);
      }
      for (int i = 0; i < mr; i++) {
        const ptrdiff_t r = (p + i) / window->columns, c = (p + i) % window->columns;
        float *at = dx + r * window->row_step + c * window->column_step;
        for (ptrdiff_t k = start; k < start + width;) {
          const ptrdiff_t s = k / window->segment_length, l = k % window->segment_length;
          const ptrdiff_t rest = window->segment_length - l;
          const ptrdiff_t run = rest < start + width - k ? rest : start + width - k;
          V(add_to)(at + window->segment_offsets[s] + l, buffer + i * width + k - start, run);
          k += run;
        }
      }
    }
    p += mr;
  }
}
