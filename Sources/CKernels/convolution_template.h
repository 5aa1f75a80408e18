// One version of the convolution; see float_versions.h for V, V_TARGET and V_LANES. A register tile is V_ROWS positions
// by V_VECTORS vectors of outputs; each position has its own pointer, so a tile may span rows of the image.

#include "register_tile_template.h"

// `mr` positions by `nv` vectors, all segments. Vector j of the filters stands at filters[j], a row of 16 for each input.
// `y` is the first position's first output of the tile, of which there are `outputs`.
V_INLINE V_TARGET void V(convolve_tile)(const int mr, const int nv, const wl_window *window,
                                        const float *const *positions, const float *const *filters,
                                        const float *initial, float scale, float *y, ptrdiff_t y_pixel,
                                        ptrdiff_t outputs) {
  V(vector) sum[V_ROWS][V_VECTORS];
  const float *left[V_ROWS];
  const float *right[V_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    right[j] = filters[j];
    const V(vector) start =
        initial ? V(load_part)(initial + j * V_LANES, outputs - j * V_LANES) : (V(vector)){0};
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) sum[i][j] = start;
  }
  for (ptrdiff_t s = 0; s < window->segments; s++) {
    const ptrdiff_t offset = window->segment_offsets[s];
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) left[i] = positions[i] + offset;
    for (ptrdiff_t l = 0; l < window->segment_length; l++) {
      V(vector) weights[V_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) {
        weights[j] = V(load)(right[j]);
        right[j] += 16;
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < mr; i++) {
        const V(vector) value = V(repeat)(left[i][l]);
#pragma clang loop unroll(full)
        for (int j = 0; j < nv; j++) sum[i][j] = __builtin_elementwise_fma(value, weights[j], sum[i][j]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++)
      V(store_part)(y + i * y_pixel + j * V_LANES, sum[i][j] * scale, outputs - j * V_LANES);
}

// The tile with its two sizes as constants.
static V_TARGET __attribute__((noinline)) void V(any_convolve_tile)(
    int mr, int nv, const wl_window *window, const float *const *positions, const float *const *filters,
    const float *initial, float scale, float *y, ptrdiff_t y_pixel, ptrdiff_t outputs) {
#define TILE(rows, vectors)                                                                                   \
  case (rows) * 8 + (vectors):                                                                                \
    V(convolve_tile)(rows, vectors, window, positions, filters, initial, scale, y, y_pixel, outputs);         \
    break;
  switch (mr * 8 + nv) { TILE_SIZES(TILE) }
#undef TILE
}

static V_TARGET void V(convolve)(const wl_window *window, ptrdiff_t outputs, const float *x, const float *packed,
                                 const float *initial, float scale, float *y, ptrdiff_t y_pixel) {
  const ptrdiff_t inputs = window->segments * window->segment_length;
  const ptrdiff_t count = window->rows * window->columns;
  for (ptrdiff_t first = 0; first < outputs; first += V_VECTORS * V_LANES) {
    const ptrdiff_t left = (outputs - first + V_LANES - 1) / V_LANES;
    const int nv = (int)(left < V_VECTORS ? left : V_VECTORS);
    const float *filters[V_VECTORS];
    for (int j = 0; j < nv; j++) {
      const ptrdiff_t output = first + j * V_LANES;
      filters[j] = packed + output / 16 * 16 * inputs + output % 16;
    }
    ptrdiff_t row = 0, column = 0;
    for (ptrdiff_t p = 0; p < count;) {
      const int mr = V(tile_rows)(count - p, nv);
      const float *positions[V_ROWS];
      for (int i = 0; i < mr; i++) {
        positions[i] = x + row * window->row_step + column * window->column_step;
        if (++column == window->columns) {
          column = 0;
          row++;
        }
      }
      V(any_convolve_tile)(mr, nv, window, positions, filters, initial ? initial + first : 0, scale,
                           y + p * y_pixel + first, y_pixel, outputs - first);
      p += mr;
    }
  }
}
