#pragma STDC FP_CONTRACT OFF
// The weight gradient of a direct convolution: one source, compiled once for each version.
#include "convolution_kernels.h"

#define WL_TEMPLATE "convolution_weight_gradient_template.h"
#include "float_versions.h"

void wl_convolve_weight_gradient(wl_isa isa, const wl_window *window, ptrdiff_t first_operand,
                                 ptrdiff_t last_operand, ptrdiff_t outputs, const float *dy, ptrdiff_t dy_pixel,
                                 const float *x, int is_first, float *dw, ptrdiff_t dw_row) {
  isa = version_for_width(isa, window->segment_length);
#define CALL(version)                                                                                         \
  convolve_weight_gradient_##version(window, first_operand, last_operand, outputs, dy, dy_pixel, x, is_first, \
                                     dw, dw_row)
  CHOOSE(CALL)
#undef CALL
}
