#pragma STDC FP_CONTRACT OFF
// Direct convolutions of a padded image: one source, compiled once for each version. Every sum is one chain of fused
// multiply-adds held in a register from its first operand to its last.
#include "convolution_kernels.h"
#include "float_packing.h"

#define WL_TEMPLATE "convolution_template.h"
#include "float_versions.h"

// Outputs of one panel of packed filters.
#define WL_PANEL 16

ptrdiff_t wl_packed_filters(ptrdiff_t outputs, ptrdiff_t inputs) {
  return (outputs + WL_PANEL - 1) / WL_PANEL * WL_PANEL * inputs;
}

void wl_pack_filters(wl_isa isa, ptrdiff_t outputs, ptrdiff_t inputs, const float *weights, ptrdiff_t weight_row,
                     float *packed) {
  (void)isa;  // transposing moves floats only: one version serves all
  for (ptrdiff_t first = 0; first < outputs; first += WL_PANEL) {
    const ptrdiff_t count = outputs - first < WL_PANEL ? outputs - first : WL_PANEL;
    pack_rows(inputs, count, weights + first * weight_row, weight_row, WL_PANEL, packed + first * inputs);
  }
}

void wl_pack_flipped_filters(wl_isa isa, ptrdiff_t outputs, ptrdiff_t kernel_rows, ptrdiff_t kernel_columns,
                             ptrdiff_t channels, const float *weights, float *packed) {
  (void)isa;  // as above
  const ptrdiff_t taps = kernel_rows * kernel_columns;
  for (ptrdiff_t first = 0; first < channels; first += WL_PANEL) {
    const ptrdiff_t count = channels - first < WL_PANEL ? channels - first : WL_PANEL;
    for (ptrdiff_t tap = 0; tap < taps; tap++)
      for (ptrdiff_t o = 0; o < outputs; o++) {
        const float *from = weights + (o * taps + taps - 1 - tap) * channels + first;
        float *to = packed + first * taps * outputs + (tap * outputs + o) * WL_PANEL;
        for (ptrdiff_t c = 0; c < WL_PANEL; c++) to[c] = c < count ? from[c] : 0.0f;
      }
  }
}

void wl_convolve(wl_isa isa, const wl_window *window, ptrdiff_t outputs, const float *x, const float *packed,
                 const float *initial, float scale, float *y, ptrdiff_t y_pixel) {
  isa = version_for_width(isa, outputs);
#define CALL(version) convolve_##version(window, outputs, x, packed, initial, scale, y, y_pixel)
  CHOOSE(CALL)
#undef CALL
}
