#pragma STDC FP_CONTRACT OFF
// The input gradient of a direct convolution: one source, compiled once for each version.
#include "convolution_kernels.h"

#define WL_TEMPLATE "convolution_input_gradient_template.h"
#include "float_versions.h"

void wl_convolve_input_gradient(wl_isa isa, const wl_window *window, ptrdiff_t outputs, const float *dy,
                                ptrdiff_t dy_pixel, const float *weights, ptrdiff_t weight_row, float scale,
                                float *dx) {
#define CALL(version)                                                                                         \
  convolve_input_gradient_##version(window, outputs, dy, dy_pixel, weights, weight_row, scale, dx)
  CHOOSE(CALL)
#undef CALL
}
