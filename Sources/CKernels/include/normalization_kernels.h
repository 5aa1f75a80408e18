#ifndef CKERNELS_NORMALIZATION_KERNELS_H
#define CKERNELS_NORMALIZATION_KERNELS_H

#include <stddef.h>
#include "instruction_set.h"

// Batch normalization of [rows, channels]; a row starts `row` floats after the one before it in x, y, dx and dy alike, so
// that a caller may hand over some of the channels. Sums run over the rows in order, in double.

// mean[c] = sum of x[i, c] / rows; variance[c] = sum of (x[i, c] - mean)^2 / rows, the squares from the mean in double and
// added with one rounding each. Each result is rounded to single precision once. rows >= 1.
void wl_channel_moments(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row, float *mean,
                        float *variance);

// inverse[c] = 1 / sqrt(variance[c] + epsilon), each of the three operations rounded.
void wl_inverse_deviation(wl_isa isa, ptrdiff_t channels, float epsilon, const float *variance, float *inverse);

// y = fma(gamma[c], (x - mean[c]) * inverse[c], beta[c]). May work in place.
void wl_normalize(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row, const float *mean,
                  const float *inverse, const float *gamma, const float *beta, float *y);

// dbeta[c] = sum of dy; dgamma[c] = sum of dy * n, n = (x - mean[c]) * inverse[c] in single precision; the product with dy
// is exact in double. Each result is rounded to single precision once.
void wl_normalize_gradient_sums(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                                const float *mean, const float *inverse, const float *dy, float *dgamma,
                                float *dbeta);

// dx = (gamma * inverse) * fma(-n, dgamma / batch, dy - dbeta / batch), n as above: the gradient with respect to x, moments
// included. `batch` is the number of rows the moments and sums were taken over. May work in place (dx = dy).
void wl_normalize_gradient(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                           const float *mean, const float *inverse, const float *gamma, const float *dgamma,
                           const float *dbeta, ptrdiff_t batch, const float *dy, float *dx);

#endif
