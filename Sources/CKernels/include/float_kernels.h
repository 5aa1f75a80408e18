#ifndef CKERNELS_FLOAT_KERNELS_H
#define CKERNELS_FLOAT_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include "instruction_set.h"

// C = scale * (initial + A B), single precision.
//
// A is [rows, inner], B is [inner, columns], C is [rows, columns]. Element (i, j) of A stands at
// a[i * a_row + j * a_column], so a transposed operand is one with its two strides exchanged; likewise B.
// C's columns are contiguous. Every element of C is
//     sum = initial[j] (or 0 where initial is null)
//     for p in 0 ..< inner: sum = fma(A[i, p], B[p, j], sum)
//     C[i, j] = scale * sum
// in that order whatever the version, the blocking and the caller's split of rows or columns.
typedef struct wl_product {
  ptrdiff_t rows, columns, inner;
  const float *a;
  ptrdiff_t a_row, a_column;
  const float *b;
  ptrdiff_t b_row, b_column;
  float *c;
  ptrdiff_t c_row;
  const float *initial;
  float scale;
} wl_product;

// The floats of workspace that `wl_multiply` needs for this shape with any version.
ptrdiff_t wl_multiply_workspace(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t inner);

void wl_multiply(wl_isa isa, const wl_product *product, float *workspace);

// Runs `iterations` rounds of independent fused multiply-adds without touching memory and returns the operations done
// (two each); divided by the time taken, what no product or convolution on this processor can exceed.
int64_t wl_float_peak(wl_isa isa, int64_t iterations);

// y[i] = 1 / (1 + exp(-x[i])). Errs by less than 4 units in the last place for x >= -87 (3.2 is the worst seen); below
// that y stays at about 6e-39, within 2^-125 of the truth. May work in place.
void wl_sigmoid(wl_isa isa, ptrdiff_t count, const float *x, float *y);

// d[i] = d[i] * y[i] * (1 - y[i]): the sigmoid's gradient from its output.
void wl_sigmoid_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d);

// y[i] = tanh(x[i]). Errs by less than 3 units in the last place; odd, and +-1 far out. May work in place.
void wl_tanh(wl_isa isa, ptrdiff_t count, const float *x, float *y);

// d[i] = d[i] * fma(-y[i], y[i], 1): the hyperbolic tangent's gradient from its output.
void wl_tanh_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d);

// y[i] = max(x[i], 0).
void wl_relu(wl_isa isa, ptrdiff_t count, const float *x, float *y);

// d[i] = y[i] > 0 ? d[i] : 0.
void wl_relu_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d);

// y[i] = min(max(x[i], 0), 6). May work in place.
void wl_relu6(wl_isa isa, ptrdiff_t count, const float *x, float *y);

// d[i] = 0 < y[i] < 6 ? d[i] : 0.
void wl_relu6_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d);

// y[i] = a[i] + b[i]. May work in place.
void wl_add(wl_isa isa, ptrdiff_t count, const float *a, const float *b, float *y);

// y[i] = y[i] + x[i].
void wl_accumulate(wl_isa isa, ptrdiff_t count, const float *x, float *y);

// y[i] = mask[i] != 0 ? scale * x[i] : 0: dropout and its gradient. May work in place.
void wl_scale_by_mask(wl_isa isa, ptrdiff_t count, float scale, const uint8_t *mask, const float *x, float *y);

// Row-wise soft-max of scale * x: p[i, j] = exp(scale * (x[i, j] - max_j x[i, j])) / sum_j. [rows, columns].
void wl_softmax(wl_isa isa, ptrdiff_t rows, ptrdiff_t columns, float scale, const float *x, float *p);

// Uniform quantiser: q[i] = sgn(x[i]) * min(floor(|x[i]| / step + 1/2), limit), as an integer-valued float.
// The quotient of two floats is formed in double, where no quotient can be mistaken for a tie.
void wl_quantize(wl_isa isa, ptrdiff_t count, float step, float limit, const float *x, float *q);

// r[i] = clamp(floor((x[i] * multiplier + 2^(shift - 1)) / 2^shift), low, high) for integer-valued x:
// an integer multiplier, then one shift rounding to nearest, ties up; with shift = 0 no rounding.
// Exact while |x * multiplier| < 2^52.
void wl_requantize(wl_isa isa, ptrdiff_t count, double multiplier, int shift, float low, float high,
                   const float *x, float *r);

// y[i] = table[x[i] - low] for integer-valued x already within the table.
void wl_look_up(wl_isa isa, ptrdiff_t count, float low, const float *table, const float *x, float *y);

// d[i] = d[i] * table[x[i] - low].
void wl_look_up_gradient(wl_isa isa, ptrdiff_t count, float low, const float *table, const float *x, float *d);

// y[i] = table[x[i]], bytes to floats through a table of 256.
void wl_map_bytes(wl_isa isa, ptrdiff_t count, const float *table, const uint8_t *x, float *y);

// d[i] = x[i] > 0 && y[i] < high ? d[i] : 0: the gradient of a clipped ReLU with argument x and output y.
void wl_clip_gradient(wl_isa isa, ptrdiff_t count, float high, const float *x, const float *y, float *d);

// sums[j] = scale * sum_i x[i, j], rows in order. [rows, columns].
void wl_sum_rows(wl_isa isa, ptrdiff_t rows, ptrdiff_t columns, float scale, const float *x, float *sums);

#endif
