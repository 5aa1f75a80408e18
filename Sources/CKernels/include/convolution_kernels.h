#ifndef CKERNELS_CONVOLUTION_KERNELS_H
#define CKERNELS_CONVOLUTION_KERNELS_H

#include <stddef.h>
#include "instruction_set.h"

// Convolutions of one image [rows, columns, channels] that the caller has padded with zeros, single precision. All
// distances are in floats. Every version gives the same bits: each sum is one chain in the stated order.

// Where a convolution's operands stand in a padded image. Position (r, c) starts at x + r * row_step +
// c * column_step; its operands are `segments` runs of `segment_length` consecutive floats, run s at offset
// segment_offsets[s]: the rows of the kernel, or single taps where kernel columns are dilated or channels grouped.
// Position (r, c) has the number r * columns + c. "Inputs" below are segments * segment_length, in that order.
typedef struct wl_window {
  ptrdiff_t rows, columns, row_step, column_step, segments, segment_length;
  const ptrdiff_t *segment_offsets;
} wl_window;

// Floats of packed filters: outputs rounded up to panels of 16, times inputs. Panel q holds outputs 16q ..< 16q + 16 as
// [inputs][16], zeros behind the last output. The layout is the same for every version, so the filters of output
// 16q on start at packed + 16 * q * inputs.
ptrdiff_t wl_packed_filters(ptrdiff_t outputs, ptrdiff_t inputs);

// Packs weights [outputs][inputs], whose rows are weight_row apart, for wl_convolve.
void wl_pack_filters(wl_isa isa, ptrdiff_t outputs, ptrdiff_t inputs, const float *weights, ptrdiff_t weight_row,
                     float *packed);

// Packs weights [outputs][kernel_rows][kernel_columns][channels] so that wl_convolve of the padded output gradient gives
// the input gradient of a convolution of stride 1: a convolution with `channels` outputs and as inputs the taps from
// the last to the first, within a tap the outputs in order. Needs wl_packed_filters(channels, taps * outputs) floats.
void wl_pack_flipped_filters(wl_isa isa, ptrdiff_t outputs, ptrdiff_t kernel_rows, ptrdiff_t kernel_columns,
                             ptrdiff_t channels, const float *weights, float *packed);

// y[p * y_pixel + o] = scale * sum, where
//     sum = initial[o] (or 0 where initial is null)
//     for s, for l: sum = fma(x[position p + segment_offsets[s] + l], w[o, s * segment_length + l], sum)
void wl_convolve(wl_isa isa, const wl_window *window, ptrdiff_t outputs, const float *x, const float *packed,
                 const float *initial, float scale, float *y, ptrdiff_t y_pixel);

// dw[o * dw_row + i] = sum, for first_operand <= i = s * segment_length + l < last_operand, where
//     sum = 0 where is_first, else the old dw: the chain goes on from image to image
//     for p: sum = fma(dy[p * dy_pixel + o], x[position p + segment_offsets[s] + l], sum)
void wl_convolve_weight_gradient(wl_isa isa, const wl_window *window, ptrdiff_t first_operand,
                                 ptrdiff_t last_operand, ptrdiff_t outputs, const float *dy, ptrdiff_t dy_pixel,
                                 const float *x, int is_first, float *dw, ptrdiff_t dw_row);

// For p, for s, for l: dx[position p + segment_offsets[s] + l] += scale * sum, where
//     sum = 0; for o: sum = fma(dy[p * dy_pixel + o], weights[o * weight_row + s * segment_length + l], sum)
// and both the product with scale and the addition are rounded. The segments of one position must not overlap. Any
// stride; the caller has zeroed dx, a padded image.
void wl_convolve_input_gradient(wl_isa isa, const wl_window *window, ptrdiff_t outputs, const float *dy,
                                ptrdiff_t dy_pixel, const float *weights, ptrdiff_t weight_row, float scale,
                                float *dx);

// The depthwise convolution, one filter a channel. Each tap is a segment of segment_length = channels floats; the weights
// stand as [segments][channels].
//     y[p * y_pixel + c] = scale * sum, where
//     sum = initial[c] (or 0); for s: sum = fma(x[position p + segment_offsets[s] + c], w[s, c], sum)
void wl_convolve_depthwise(wl_isa isa, const wl_window *window, const float *x, const float *weights,
                           const float *initial, float scale, float *y, ptrdiff_t y_pixel);

// dw[s, c] = (is_first ? 0 : dw[s, c]), then for p: fma(dy[p * dy_pixel + c], x[position p + segment_offsets[s] + c], .).
void wl_convolve_depthwise_weight_gradient(wl_isa isa, const wl_window *window, const float *dy,
                                           ptrdiff_t dy_pixel, const float *x, int is_first, float *dw);

// For p, for s: dx[e] = fma(scale * dy[p * dy_pixel + c], w[s, c], dx[e]) with e = position p + segment_offsets[s] + c.
void wl_convolve_depthwise_input_gradient(wl_isa isa, const wl_window *window, const float *dy, ptrdiff_t dy_pixel,
                                          const float *weights, float scale, float *dx);

#endif
