#pragma STDC FP_CONTRACT OFF
// The most fused multiply-adds that one thread can do, in a loop that touches no memory.
#include <stddef.h>
#include "float_kernels.h"

static volatile float kept;

#define WL_TEMPLATE "float_peak_template.h"
#include "float_versions.h"

int64_t wl_float_peak(wl_isa isa, int64_t iterations) {
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI:
  case WL_ISA_AVX512: return peak_avx512(iterations);
  case WL_ISA_AVX2: return peak_avx2(iterations);
#endif
  default: return peak_portable(iterations);
  }
}
