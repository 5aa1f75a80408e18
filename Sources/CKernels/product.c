#pragma STDC FP_CONTRACT OFF
// The matrix product: one source, compiled once for each version. Every output element is one chain of fused
// multiply-adds along the inner dimension, so blocking, vector width and the split among threads cannot change it.
#include <string.h>
#include "float_kernels.h"
#include "float_packing.h"

// Rows of the right operand that are packed at a time: a panel of 3 vectors of 16 stays within 48 KiB.
#define WL_INNER_BLOCK 256

typedef struct wl_block {
  ptrdiff_t inner, c_row;
  float scale;
  int is_first, is_last;
} wl_block;

// A panel [length][width] from a matrix whose element (k, i) stands at from[i * across + k * along], i below `count`. The width
// is a constant at every call.
static inline __attribute__((always_inline)) void pack_panel(ptrdiff_t length, ptrdiff_t count, const float *from,
                                                             ptrdiff_t across, ptrdiff_t along,
                                                             const ptrdiff_t width, float *panel) {
  if (across == 1) {
    pack_columns(length, count, from, along, width, panel);
  } else if (along == 1) {
    pack_rows(length, count, from, across, width, panel);
  } else {
    for (ptrdiff_t k = 0; k < length; k++)
      for (ptrdiff_t i = 0; i < width; i++) panel[k * width + i] = i < count ? from[i * across + k * along] : 0.0f;
  }
}

#define WL_TEMPLATE "product_template.h"
#include "float_versions.h"

ptrdiff_t wl_multiply_workspace(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t inner) {
  const ptrdiff_t block = inner < WL_INNER_BLOCK ? inner : WL_INNER_BLOCK;
  // Vectors of up to 16 lanes and register tiles of up to 12 rows, the last one padded.
  return block * (columns + 15 + rows + 11);
}

void wl_multiply(wl_isa isa, const wl_product *product, float *workspace) {
  if (product->rows <= 0 || product->columns <= 0) return;
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI:
  case WL_ISA_AVX512: multiply_avx512(product, workspace); return;
  case WL_ISA_AVX2: multiply_avx2(product, workspace); return;
#endif
  default: multiply_portable(product, workspace); return;
  }
}
