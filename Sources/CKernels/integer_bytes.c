#pragma STDC FP_CONTRACT OFF
// Products of unsigned bytes and 8-bit weights. Exact sums of integers do not depend on their order, so the versions
// are free to choose one.
#include <string.h>
#include "integer_dot.h"
#include "integer_kernels.h"

void wl_pack_bytes(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int8_t *packed) {
  const ptrdiff_t quads = (inputs + 3) / 4, panels = (outputs + WL_PANEL - 1) / WL_PANEL;
  memset(packed, 0, (size_t)(panels * quads * 4 * WL_PANEL));
  for (ptrdiff_t o = 0; o < outputs; o++) {
    int8_t *panel = packed + o / WL_PANEL * quads * 4 * WL_PANEL;
    for (ptrdiff_t i = 0; i < inputs; i++)
      panel[(i / 4 * WL_PANEL + o % WL_PANEL) * 4 + i % 4] = (int8_t)weights[o * inputs + i];
  }
}

// A tile of sums: rows of x and the first of its panels.
typedef struct byte_tile {
  ptrdiff_t quads;  // groups of four inputs
  ptrdiff_t width;  // outputs from the tile's first to the last of all
  const uint8_t *x;
  ptrdiff_t x_row;
  const int8_t *packed;
  const int32_t *initial;
  int32_t *sums;
  ptrdiff_t sums_row;
} byte_tile;

#define V(name) name##_portable
#define V_TARGET PORTABLE_TARGET
#define V_LANES 4
#define V_ROWS 2
#define V_PANELS 1
#include "integer_bytes_template.h"

#if defined(__x86_64__)
#define V(name) name##_avx2
#define V_TARGET AVX2_TARGET
#define V_LANES 8
#define V_ROWS 4
#define V_PANELS 1
#include "integer_bytes_template.h"

#define V(name) name##_avx512
#define V_TARGET AVX512_TARGET
#define V_LANES 16
#define V_ROWS 6
#define V_PANELS 3
#include "integer_bytes_template.h"

#define V(name) name##_vnni
#define V_TARGET VNNI_TARGET
#define V_LANES 16
#define V_ROWS 6
#define V_PANELS 4
#include "integer_bytes_template.h"
#endif

void wl_integer_product_rows(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs, const uint8_t *x,
                             ptrdiff_t x_row, const int8_t *packed, const int32_t *initial, int32_t *sums,
                             ptrdiff_t sums_row) {
#define CALL(version)                                                                                         \
  integer_product_##version(samples, outputs, inputs, x, x_row, packed, initial, sums, sums_row)
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI: CALL(vnni); return;
  case WL_ISA_AVX512: CALL(avx512); return;
  case WL_ISA_AVX2: CALL(avx2); return;
#endif
  default: CALL(portable); return;
  }
#undef CALL
}

void wl_integer_product_bytes(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                              const uint8_t *x, ptrdiff_t x_row, const int8_t *packed, const int32_t *initial,
                              int32_t *sums) {
  wl_integer_product_rows(isa, samples, outputs, inputs, x, x_row, packed, initial, sums, outputs);
}
