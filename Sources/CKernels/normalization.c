#pragma STDC FP_CONTRACT OFF
// Batch normalization: one source, compiled once for each version.
#include <math.h>
#include "normalization_kernels.h"

#define WL_TEMPLATE "normalization_template.h"
#include "float_versions.h"

void wl_channel_moments(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                        float *mean, float *variance) {
#define CALL(version) channel_moments_##version(rows, channels, x, row, mean, variance)
  CHOOSE(CALL)
#undef CALL
}

void wl_inverse_deviation(wl_isa isa, ptrdiff_t channels, float epsilon, const float *variance,
                          float *inverse) {
#define CALL(version) inverse_deviation_##version(channels, epsilon, variance, inverse)
  CHOOSE(CALL)
#undef CALL
}

void wl_normalize(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                  const float *mean, const float *inverse, const float *gamma, const float *beta, float *y) {
#define CALL(version) normalize_##version(rows, channels, x, row, mean, inverse, gamma, beta, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_normalize_gradient_sums(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                                const float *mean, const float *inverse, const float *dy, float *dgamma,
                                float *dbeta) {
#define CALL(version)                                                                                         \
  normalize_gradient_sums_##version(rows, channels, x, row, mean, inverse, dy, dgamma, dbeta)
  CHOOSE(CALL)
#undef CALL
}

void wl_normalize_gradient(wl_isa isa, ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                           const float *mean, const float *inverse, const float *gamma, const float *dgamma,
                           const float *dbeta, ptrdiff_t batch, const float *dy, float *dx) {
#define CALL(version)                                                                                         \
  normalize_gradient_##version(rows, channels, x, row, mean, inverse, gamma, dgamma, dbeta, batch, dy, dx)
  CHOOSE(CALL)
#undef CALL
}
