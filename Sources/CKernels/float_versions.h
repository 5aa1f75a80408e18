// Compiles the file named by WL_TEMPLATE once for each version of the float kernels. The template sees
//   V(name)      the version's name for a function or type
//   V_TARGET     the function attribute that enables the version's instructions
//   V_LANES      floats in a vector
// and the loads and stores of float_vector_template.h. Included by a C file, once for each of its templates.

#define V(name) name##_portable
#define V_TARGET
#define V_LANES 4
#include "float_vector_template.h"
#include WL_TEMPLATE
#undef V
#undef V_TARGET
#undef V_LANES

#if defined(__x86_64__)
#define V(name) name##_avx2
#define V_TARGET __attribute__((target("avx2,fma")))
#define V_LANES 8
#include "float_vector_template.h"
#include WL_TEMPLATE
#undef V
#undef V_TARGET
#undef V_LANES

#define V(name) name##_avx512
#define V_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define V_LANES 16
#include "float_vector_template.h"
#include WL_TEMPLATE
#undef V
#undef V_TARGET
#undef V_LANES
#endif

#undef WL_TEMPLATE

#ifndef CKERNELS_VERSION_FOR_WIDTH
#define CKERNELS_VERSION_FOR_WIDTH
// The version for rows of `width` floats: vectors of 16 lanes at half the rate are no gain where 8 suffice.
static inline wl_isa version_for_width(wl_isa isa, ptrdiff_t width) {
  return isa >= WL_ISA_AVX512 && width <= 8 ? WL_ISA_AVX2 : isa;
}
#endif

// Runs call(version) with the version that stands behind the argument `isa`.
#if defined(__x86_64__)
#define CHOOSE(call)                                                                                          \
  switch (isa) {                                                                                              \
  case WL_ISA_AVX512VNNI:                                                                                     \
  case WL_ISA_AVX512: call(avx512); return;                                                                   \
  case WL_ISA_AVX2: call(avx2); return;                                                                       \
  case WL_ISA_PORTABLE: call(portable); return;                                                               \
  }
#else
#define CHOOSE(call) call(portable)
#endif
