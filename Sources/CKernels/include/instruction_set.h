#ifndef CKERNELS_INSTRUCTION_SET_H
#define CKERNELS_INSTRUCTION_SET_H

// The versions of every kernel. A kernel asked for a version that the processor lacks must not be called:
// `wl_isa_is_available` says which may.
typedef enum wl_isa {
  WL_ISA_PORTABLE = 0,  // plain C; NEON where the compiler's target has it
  WL_ISA_AVX2 = 1,      // AVX2 and FMA
  WL_ISA_AVX512 = 2,    // AVX-512 F, BW, DQ, VL
  WL_ISA_AVX512VNNI = 3 // the same and VNNI (integer dot products)
} wl_isa;

// 1 if this processor and this build can run `isa`, else 0.
int wl_isa_is_available(wl_isa isa);

#endif
