#pragma STDC FP_CONTRACT OFF
// The most multiply-accumulates of bytes that one thread can do, in a loop that touches no memory.
#include "integer_dot.h"
#include "integer_kernels.h"

// Independent sums, more than an instruction's latency times how many start in one cycle.
#define CHAINS 12

static volatile int32_t kept;

#define PEAK(version, target, lanes, CHANGE)                                                                  \
  static target int64_t peak_##version(int64_t iterations) {                                                  \
    static const uint8_t x[4] = {1, 2, 3, 4};                                                                 \
    static const int8_t w[4 * (lanes)] = {1, -2, 3};                                                          \
    vector_##version sum[CHAINS];                                                                             \
    const bytes_##version four = values_##version(x);                                                         \
    bytes_##version weights = weights_##version(w);                                                           \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sum[i] = repeat_##version(i);         \
    for (int64_t n = 0; n < iterations; n++)                                                                  \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {                                   \
        CHANGE(weights);                                                                                      \
        sum[i] = dot_##version(sum[i], four, weights);                                                        \
      }                                                                                                       \
    _Pragma("clang loop unroll(full)") for (int i = 1; i < CHAINS; i++) sum[0] = add_##version(sum[0], sum[i]); \
    kept = (int32_t)total_##version(sum[0]);                                                                  \
    return iterations * CHAINS * 4 * (lanes);                                                                 \
  }

// For all the compiler knows the weights change, so no product can stand for another.
#define CHANGE_FOUR(w) __asm__ volatile("" : "+m"(w))
#define CHANGE_PAIR(w) __asm__ volatile("" : "+v"((w).even), "+v"((w).odd))
#define CHANGE_ONE(w) __asm__ volatile("" : "+v"(w))
PEAK(portable, PORTABLE_TARGET, 4, CHANGE_FOUR)
#if defined(__x86_64__)
PEAK(avx2, AVX2_TARGET, 8, CHANGE_PAIR)
PEAK(avx512, AVX512_TARGET, 16, CHANGE_PAIR)
PEAK(vnni, VNNI_TARGET, 16, CHANGE_ONE)
#endif

int64_t wl_dot_product_peak(wl_isa isa, int64_t iterations) {
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI: return peak_vnni(iterations);
  case WL_ISA_AVX512: return peak_avx512(iterations);
  case WL_ISA_AVX2: return peak_avx2(iterations);
#endif
  default: return peak_portable(iterations);
  }
}
