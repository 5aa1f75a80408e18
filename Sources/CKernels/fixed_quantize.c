#pragma STDC FP_CONTRACT OFF
// Floating-point arrays to narrow fixed-point ones. Every step is exact but the rounding asked for: scaling by a
// power of two, the part beyond the point, and comparisons; so all versions give the same bits.
#include <string.h>
#include "fixed_point.h"

// 1.5 times the significand's unit: added to a small value, it leaves no place for bits below 1.
#define EVEN_MAGIC_float 0x1.8p23f
#define EVEN_MAGIC_double 0x1.8p52
// Its bit pattern.
#define EVEN_BITS_float 0x4b400000u
#define EVEN_BITS_double 0x4338000000000000u
// All bits but the sign; and the largest finite pattern of those.
#define MAGNITUDE_float 0x7fffffffu
#define MAGNITUDE_double 0x7fffffffffffffffu
#define FINITE_float 0x7f7fffffu
#define FINITE_double 0x7fefffffffffffffu

#define V(name) name##_portable
#define FIXED_TARGET
#include "fixed_quantize_template.h"

#if defined(__x86_64__)
#define V(name) name##_avx2
#define FIXED_TARGET __attribute__((target("avx2,fma")))
#include "fixed_quantize_template.h"

#define V(name) name##_avx512
#define FIXED_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), min_vector_width(512)))
#include "fixed_quantize_template.h"
#endif

#if defined(__x86_64__)
#define X86_CALLS(call)                                  \
  case WL_ISA_AVX512VNNI:                                \
  case WL_ISA_AVX512: return call##_avx512(n, x, rule, r); \
  case WL_ISA_AVX2: return call##_avx2(n, x, rule, r);
#else
#define X86_CALLS(call)
#endif

#define ENTRY(from, from_name, to, to_name)                                                                     \
  int wl_fixed_quantize_##from_name##_##to_name(wl_isa isa, ptrdiff_t n, const from *x, const wl_fixed_rule *rule, \
                                                to *r) {                                                        \
    switch (isa) {                                                                                              \
      X86_CALLS(quantize_##from_name##_##to_name)                                                               \
    default: return quantize_##from_name##_##to_name##_portable(n, x, rule, r);                                 \
    }                                                                                                           \
  }
#define ENTRIES(from, from_name)             \
  ENTRY(from, from_name, int8_t, int8)       \
  ENTRY(from, from_name, uint8_t, uint8)     \
  ENTRY(from, from_name, int16_t, int16)     \
  ENTRY(from, from_name, uint16_t, uint16)   \
  ENTRY(from, from_name, int32_t, int32)
ENTRIES(float, float)
ENTRIES(double, double)
