#pragma STDC FP_CONTRACT OFF
#include "instruction_set.h"

int wl_isa_is_available(wl_isa isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  switch (isa) {
  case WL_ISA_PORTABLE: return 1;
  case WL_ISA_AVX2: return avx2;
  case WL_ISA_AVX512: return avx512;
  case WL_ISA_AVX512VNNI: return avx512 && __builtin_cpu_supports("avx512vnni");
  }
  return 0;
#else
  return isa == WL_ISA_PORTABLE;
#endif
}
