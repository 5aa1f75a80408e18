// One version of the peak; see float_versions.h for V, V_TARGET and V_LANES.

// Independent sums, more than an instruction's latency times how many start in one cycle.
#define CHAINS 12

static V_TARGET int64_t V(peak)(int64_t iterations) {
  V(vector) sum[CHAINS];
  V(vector) left = V(repeat)(0.75f);
  V(vector) right = V(repeat)(0.5f);
#pragma clang loop unroll(full)
  for (int i = 0; i < CHAINS; i++) sum[i] = V(repeat)((float)i);
  for (int64_t n = 0; n < iterations; n++) {
    // For all the compiler knows an operand changes, so no product can stand for another.
#if defined(__x86_64__)
    __asm__ volatile("" : "+v"(left), "+v"(right));
#elif defined(__aarch64__)
    __asm__ volatile("" : "+w"(left), "+w"(right));
#endif
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) sum[i] = __builtin_elementwise_fma(sum[i], left, right);
  }
#pragma clang loop unroll(full)
  for (int i = 1; i < CHAINS; i++) sum[0] = sum[0] + sum[i];
  kept = sum[0][0];
  return iterations * CHAINS * 2 * V_LANES;
}

#undef CHAINS
