#pragma STDC FP_CONTRACT OFF
// Integer kernels for the widths that bytes cannot hold, and the output stage.
#include <string.h>
#include "integer_kernels.h"

#define V(name) name##_portable
#define V_TARGET
#include "integer_template.h"

#if defined(__x86_64__)
#define V(name) name##_avx2
#define V_TARGET __attribute__((target("avx2,fma")))
#include "integer_template.h"

#define V(name) name##_avx512
#define V_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#include "integer_template.h"
#endif

void wl_pack_by_input(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int16_t *packed) {
  for (ptrdiff_t o = 0; o < outputs; o++)
    for (ptrdiff_t i = 0; i < inputs; i++) packed[i * outputs + o] = weights[o * inputs + i];
}

void wl_requantize_to_bytes(wl_isa isa, ptrdiff_t count, const int32_t *multipliers, const int32_t *shifts,
                            int64_t zero, int64_t low, int64_t high, const uint8_t *table, const int32_t *x,
                            uint8_t *y) {
#define CALL(version) requantize_to_bytes_##version(count, multipliers, shifts, zero, low, high, table, x, y)
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

int64_t wl_bounded_product_taps(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                                const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow, const int32_t *x,
                                const int16_t *packed, const int64_t *initial, int64_t *exact,
                                int64_t *accumulator, int64_t *sums) {
#define CALL(version)                                                                                        \
  bounded_product_##version(samples, outputs, inputs, tap_lengths, bits, overflow, x, packed, initial, exact, \
                            accumulator, sums)
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
