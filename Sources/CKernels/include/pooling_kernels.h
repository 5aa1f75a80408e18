#ifndef CKERNELS_POOLING_KERNELS_H
#define CKERNELS_POOLING_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include "instruction_set.h"

// Pooling of one image [rows, columns, channels] to [output_rows, output_columns, channels], all without gaps.
// Window (r, c) covers the kernel_rows * kernel_columns elements from row r * row_stride - row_padding and column
// c * column_stride - column_padding on. Elements outside the image take no part; at least one of each window must be
// inside. Tap (i, j) has the number i * kernel_columns + j, at most 255 of which `winners` can tell apart.
typedef struct wl_pooling {
  ptrdiff_t rows, columns, output_rows, output_columns, kernel_rows, kernel_columns, row_stride, column_stride,
      row_padding, column_padding;
} wl_pooling;

// Bytes behind the last winner that the kernels below read and write.
#define WL_WINNERS_ROOM 15

// y = the largest element of the window, winners = the number of its tap; of equal elements the first wins.
void wl_maximum_pool(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *x, float *y,
                     uint8_t *winners);

// dx at each window's winner += dy, windows in order. The caller has zeroed dx.
void wl_maximum_pool_gradient(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *dy,
                              const uint8_t *winners, float *dx);

// y = (0 + the window's elements inside the image, taps in order) / their number.
void wl_average_pool(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *x, float *y);

// dx at every element of a window inside the image += dy / their number; windows in order, then taps.
// The caller has zeroed dx.
void wl_average_pool_gradient(wl_isa isa, const wl_pooling *geometry, ptrdiff_t channels, const float *dy,
                              float *dx);

#endif
