// Vectors of one version: loads, stores, selection. See float_versions.h for V, V_TARGET and V_LANES.

#ifndef V_INLINE
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define V_INLINE static inline __attribute__((always_inline))
#endif

typedef float V(vector) __attribute__((vector_size(V_LANES * 4)));
typedef int32_t V(integers) __attribute__((vector_size(V_LANES * 4)));

V_INLINE V_TARGET V(vector) V(load)(const float *from) {
  V(vector) value;
  memcpy(&value, from, sizeof value);
  return value;
}

V_INLINE V_TARGET void V(store)(float *to, V(vector) value) { memcpy(to, &value, sizeof value); }

// All lanes equal. Adding to zero instead of subtracting it would turn −0 into +0.
V_INLINE V_TARGET V(vector) V(repeat)(float value) { return value - (V(vector)){0}; }

// Which lanes a partial load reads.
#if V_LANES == 16
typedef __mmask16 V(mask);
#elif V_LANES == 8
typedef __m256i V(mask);
#else
typedef ptrdiff_t V(mask);
#endif

// The first `count` lanes, all of them from V_LANES on.
V_INLINE V_TARGET V(mask) V(first_lanes)(ptrdiff_t count) {
#if V_LANES == 16
  return (__mmask16)(count >= 16 ? 0xffff : (1u << count) - 1);
#elif V_LANES == 8
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count >= 8 ? 8 : (int)count), lane);
#else
  return count;
#endif
}

// The masked lanes from memory and 0 in the others, whose memory is not touched.
V_INLINE V_TARGET V(vector) V(load_masked)(const float *from, V(mask) mask) {
#if V_LANES == 16
  return (V(vector))_mm512_maskz_loadu_ps(mask, from);
#elif V_LANES == 8
  return (V(vector))_mm256_maskload_ps(from, mask);
#else
  if (mask >= V_LANES) return V(load)(from);
  V(vector) value = {0};
  for (ptrdiff_t i = 0; i < mask; i++) value[i] = from[i];
  return value;
#endif
}

// The first `count` lanes from memory and 0 in the others, whose memory is not touched. Any count from 0 on.
V_INLINE V_TARGET V(vector) V(load_part)(const float *from, ptrdiff_t count) {
  return V(load_masked)(from, V(first_lanes)(count));
}

// Stores the first `count` lanes and touches nothing behind them. Any count from 0 on.
V_INLINE V_TARGET void V(store_part)(float *to, V(vector) value, ptrdiff_t count) {
  if (count >= V_LANES) {
    V(store)(to, value);
    return;
  }
#if V_LANES == 16
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
#elif V_LANES == 8
  // Three plain stores; a masked one takes many times as long on processors without AVX-512.
  __m128 rest = _mm256_castps256_ps128((__m256)value);
  if (count & 4) {
    _mm_storeu_ps(to, rest);
    rest = _mm256_extractf128_ps((__m256)value, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_pi((__m64 *)to, rest);
    rest = _mm_movehl_ps(rest, rest);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, rest);
#else
  for (ptrdiff_t i = 0; i < count; i++) to[i] = value[i];
#endif
}

// `yes` in the lanes whose condition is all ones, `no` in those where it is 0.
V_INLINE V_TARGET V(vector) V(select)(V(integers) condition, V(vector) yes, V(vector) no) {
  return (V(vector))((condition & (V(integers))yes) | (~condition & (V(integers))no));
}
