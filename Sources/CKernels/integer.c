#pragma STDC FP_CONTRACT OFF
// Integer kernels. Exact sums of integers do not depend on their order, so these are free to choose one, except
// `bounded_product`, whose order is the hardware's.
#include <string.h>
#include "integer_kernels.h"

#define V(name) name##_portable
#define V_TARGET
#include "integer_template.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define V(name) name##_avx2
#define V_TARGET __attribute__((target("avx2,fma")))
#include "integer_template.h"

#define V(name) name##_avx512
#define V_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#include "integer_template.h"

#define VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))

// `rows` samples by `panels` panels of 16 outputs; both are constants at every call.
static inline __attribute__((always_inline)) VNNI_TARGET void vnni_tile(
    const int rows, const int panels, ptrdiff_t quads, const uint8_t *x, ptrdiff_t x_row, const int8_t *packed,
    const int32_t *initial, int32_t *sums, ptrdiff_t sums_row, const __mmask16 *masks) {
  __m512i sum[6][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < panels; j++) {
    const __m512i start = _mm512_maskz_loadu_epi32(masks[j], initial + 16 * j);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sum[i][j] = start;
  }
  for (ptrdiff_t q = 0; q < quads; q++) {
    __m512i w[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) w[j] = _mm512_loadu_si512(packed + (j * quads + q) * 64);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      int32_t four;
      memcpy(&four, x + i * x_row + 4 * q, 4);
      const __m512i value = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
      for (int j = 0; j < panels; j++) sum[i][j] = _mm512_dpbusd_epi32(sum[i][j], value, w[j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) _mm512_mask_storeu_epi32(sums + i * sums_row + 16 * j, masks[j], sum[i][j]);
}

static VNNI_TARGET void integer_product_bytes_vnni(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                                                   const uint8_t *x, ptrdiff_t x_row, const int8_t *packed,
                                                   const int32_t *initial, int32_t *sums) {
  const ptrdiff_t quads = (inputs + 3) / 4, panel_count = (outputs + 15) / 16;
  for (ptrdiff_t panel = 0; panel < panel_count; panel += 4) {
    const int panels = (int)(panel_count - panel < 4 ? panel_count - panel : 4);
    __mmask16 masks[4];
    for (int j = 0; j < panels; j++) {
      const ptrdiff_t left = outputs - 16 * (panel + j);
      masks[j] = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
    }
    const int8_t *w = packed + panel * quads * 64;
    const int32_t *first = initial + 16 * panel;
    for (ptrdiff_t s = 0; s < samples; s += 6) {
      const int rows = (int)(samples - s < 6 ? samples - s : 6);
      const uint8_t *xs = x + s * x_row;
      int32_t *out = sums + s * outputs + 16 * panel;
#define TILE(r, p)                                                                                            \
  case (r) * 8 + (p): vnni_tile(r, p, quads, xs, x_row, w, first, out, outputs, masks); break;
#define TILES(r) TILE(r, 1) TILE(r, 2) TILE(r, 3) TILE(r, 4)
      switch (rows * 8 + panels) { TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6) }
#undef TILES
#undef TILE
    }
  }
}
#endif

void wl_pack_bytes(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int8_t *packed) {
  const ptrdiff_t quads = (inputs + 3) / 4, panels = (outputs + WL_PANEL - 1) / WL_PANEL;
  memset(packed, 0, (size_t)(panels * quads * 4 * WL_PANEL));
  for (ptrdiff_t o = 0; o < outputs; o++) {
    int8_t *panel = packed + o / WL_PANEL * quads * 4 * WL_PANEL;
    for (ptrdiff_t i = 0; i < inputs; i++)
      panel[(i / 4 * WL_PANEL + o % WL_PANEL) * 4 + i % 4] = (int8_t)weights[o * inputs + i];
  }
}

void wl_pack_by_input(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int16_t *packed) {
  for (ptrdiff_t o = 0; o < outputs; o++)
    for (ptrdiff_t i = 0; i < inputs; i++) packed[i * outputs + o] = weights[o * inputs + i];
}

void wl_integer_product_bytes(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                              const uint8_t *x, ptrdiff_t x_row, const int8_t *packed, const int32_t *initial,
                              int32_t *sums) {
#define CALL(version) integer_product_bytes_##version(samples, outputs, inputs, x, x_row, packed, initial, sums)
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

void wl_requantize_to_bytes(wl_isa isa, ptrdiff_t count, int64_t multiplier, int shift, int64_t zero, int64_t low,
                            int64_t high, const uint8_t *table, const int32_t *x, uint8_t *y) {
#define CALL(version) requantize_to_bytes_##version(count, multiplier, shift, zero, low, high, table, x, y)
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI:
  case WL_ISA_AVX512: CALL(avx512); return;
  case WL_ISA_AVX2: CALL(avx2); return;
#endif
  default: CALL(portable); return;
  }
#undef CALL
}

void wl_integer_product_wide(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs, const int32_t *x,
                             const int16_t *weights, const int64_t *initial, int64_t *sums) {
  for (ptrdiff_t s = 0; s < samples; s++)
    for (ptrdiff_t o = 0; o < outputs; o++) {
      int64_t sum = initial[o];
      for (ptrdiff_t i = 0; i < inputs; i++) sum += (int64_t)x[s * inputs + i] * weights[o * inputs + i];
      sums[s * outputs + o] = sum;
    }
}

int64_t wl_bounded_product(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                           ptrdiff_t inputs_per_tap, int bits, wl_overflow overflow, const int32_t *x,
                           const int16_t *packed, const int64_t *initial, int64_t *exact, int64_t *accumulator,
                           int64_t *sums) {
#define CALL(version)                                                                                         \
  bounded_product_##version(samples, outputs, inputs, inputs_per_tap, bits, overflow, x, packed, initial,     \
                            exact, accumulator, sums)
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI:
  case WL_ISA_AVX512: return CALL(avx512);
  case WL_ISA_AVX2: return CALL(avx2);
#endif
  default: return CALL(portable);
  }
#undef CALL
}
