#pragma STDC FP_CONTRACT OFF
// Depthwise convolutions of a padded image: one source, compiled once for each version.
#include "convolution_kernels.h"

#define WL_TEMPLATE "convolution_depthwise_template.h"
#include "float_versions.h"

void wl_convolve_depthwise(wl_isa isa, const wl_window *window, const float *x, const float *weights,
                           const float *initial, float scale, float *y, ptrdiff_t y_pixel) {
#define CALL(version) depthwise_##version(window, x, weights, initial, scale, y, y_pixel)
  CHOOSE(CALL)
#undef CALL
}

void wl_convolve_depthwise_weight_gradient(wl_isa isa, const wl_window *window, const float *dy,
                                           ptrdiff_t dy_pixel, const float *x, int is_first, float *dw) {
#define CALL(version) depthwise_weight_gradient_##version(window, dy, dy_pixel, x, is_first, dw)
  CHOOSE(CALL)
#undef CALL
}

void wl_convolve_depthwise_input_gradient(wl_isa isa, const wl_window *window, const float *dy, ptrdiff_t dy_pixel,
                                          const float *weights, float scale, float *dx) {
#define CALL(version) depthwise_input_gradient_##version(window, dy, dy_pixel, weights, scale, dx)
  CHOOSE(CALL)
#undef CALL
}
