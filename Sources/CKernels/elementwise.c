#pragma STDC FP_CONTRACT OFF
// Element-wise float kernels: one source, compiled once for each version.
#include <math.h>
#include <string.h>
#include "float_kernels.h"

#define WL_TEMPLATE "elementwise_template.h"
#include "float_versions.h"

void wl_sigmoid(wl_isa isa, ptrdiff_t count, const float *x, float *y) {
#define CALL(version) sigmoid_##version(count, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_sigmoid_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d) {
#define CALL(version) sigmoid_gradient_##version(count, y, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_tanh(wl_isa isa, ptrdiff_t count, const float *x, float *y) {
#define CALL(version) tanh_##version(count, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_tanh_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d) {
#define CALL(version) tanh_gradient_##version(count, y, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_relu(wl_isa isa, ptrdiff_t count, const float *x, float *y) {
#define CALL(version) relu_##version(count, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_relu_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d) {
#define CALL(version) relu_gradient_##version(count, y, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_relu6(wl_isa isa, ptrdiff_t count, const float *x, float *y) {
#define CALL(version) relu6_##version(count, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_relu6_gradient(wl_isa isa, ptrdiff_t count, const float *y, float *d) {
#define CALL(version) relu6_gradient_##version(count, y, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_add(wl_isa isa, ptrdiff_t count, const float *a, const float *b, float *y) {
#define CALL(version) add_##version(count, a, b, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_accumulate(wl_isa isa, ptrdiff_t count, const float *x, float *y) {
#define CALL(version) accumulate_##version(count, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_scale_by_mask(wl_isa isa, ptrdiff_t count, float scale, const uint8_t *mask, const float *x,
                      float *y) {
#define CALL(version) scale_by_mask_##version(count, scale, mask, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_softmax(wl_isa isa, ptrdiff_t rows, ptrdiff_t columns, float scale, const float *x, float *p) {
#define CALL(version) softmax_##version(rows, columns, scale, x, p)
  CHOOSE(CALL)
#undef CALL
}

void wl_quantize(wl_isa isa, ptrdiff_t count, float step, float limit, const float *x, float *q) {
#define CALL(version) quantize_##version(count, step, limit, x, q)
  CHOOSE(CALL)
#undef CALL
}

void wl_requantize(wl_isa isa, ptrdiff_t count, double multiplier, int shift, float low, float high,
                   const float *x, float *r) {
  const double half = shift > 0 ? (double)((uint64_t)1 << (shift - 1)) : 0.0;
  const double scale = 1.0 / (double)((uint64_t)1 << shift);
#define CALL(version) requantize_##version(count, multiplier, half, scale, low, high, x, r)
  CHOOSE(CALL)
#undef CALL
}

void wl_look_up(wl_isa isa, ptrdiff_t count, float low, const float *table, const float *x, float *y) {
#define CALL(version) look_up_##version(count, low, table, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_look_up_gradient(wl_isa isa, ptrdiff_t count, float low, const float *table, const float *x,
                         float *d) {
#define CALL(version) look_up_gradient_##version(count, low, table, x, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_map_bytes(wl_isa isa, ptrdiff_t count, const float *table, const uint8_t *x, float *y) {
#define CALL(version) map_bytes_##version(count, table, x, y)
  CHOOSE(CALL)
#undef CALL
}

void wl_clip_gradient(wl_isa isa, ptrdiff_t count, float high, const float *x, const float *y, float *d) {
#define CALL(version) clip_gradient_##version(count, high, x, y, d)
  CHOOSE(CALL)
#undef CALL
}

void wl_sum_rows(wl_isa isa, ptrdiff_t rows, ptrdiff_t columns, float scale, const float *x, float *sums) {
#define CALL(version) sum_rows_##version(rows, columns, scale, x, sums)
  CHOOSE(CALL)
#undef CALL
}
