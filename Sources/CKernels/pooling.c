#pragma STDC FP_CONTRACT OFF
// Pooling of images: one source, compiled once for each version.
#include "pooling_kernels.h"

// The taps of one window that lie inside the image: rows first_row ..< last_row of the kernel, columns likewise, and the
// image's row and column under tap (0, 0).
typedef struct wl_taps {
  ptrdiff_t row, column, first_row, last_row, first_column, last_column;
} wl_taps;

static inline wl_taps taps_inside(const wl_pooling *g, ptrdiff_t r, ptrdiff_t c) {
  wl_taps taps;
  taps.row = r * g->row_stride - g->row_padding;
  taps.column = c * g->column_stride - g->column_padding;
  taps.first_row = taps.row < 0 ? -taps.row : 0;
  taps.first_column = taps.column < 0 ? -taps.column : 0;
  taps.last_row = g->rows - taps.row < g->kernel_rows ? g->rows - taps.row : g->kernel_rows;
  taps.last_column = g->columns - taps.column < g->kernel_columns ? g->columns - taps.column : g->kernel_columns;
  return taps;
}

#define WL_TEMPLATE "pooling_template.h"
#include "float_versions.h"

void wl_maximum_pool(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *x, float *y,
                     uint8_t *winners) {
#define CALL(version) maximum_pool_##version(geometry, channels, x, y, winners)
  CHOOSE(CALL)
#undef CALL
}

void wl_maximum_pool_gradient(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *dy,
                              const uint8_t *winners, float *dx) {
#define CALL(version) maximum_pool_gradient_##version(geometry, channels, dy, winners, dx)
  CHOOSE(CALL)
#undef CALL
}

void wl_average_pool(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *x, float *y) {
#define CALL(version) average_pool_##version(geometry, channels, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_average_pool_gradient(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *dy,
                              float *dx) {
#define CALL(version) average_pool_gradient_##version(geometry, channels, dy, dx)
  CHOOSE(CALL)
#undef CALL
}
