// Dot products of four unsigned and four signed bytes in lanes of 32 bits, and what else the integer kernels ask of
// an instruction set: one set of names, each ending in the version. Sums are modulo 2^32.
//
//   vector, bytes        lanes of sums; lanes of four bytes each, as the version likes them
//   load, store          the first `count` lanes only (all if there are fewer), and zeros in those behind them
//   repeat, add          the same number in every lane; lane by lane
//   weights, values      four weights in every lane; the same four inputs in every lane
//   dot                  sum + the four products of each lane
//   within, wrapped      held within low...high; the low 32 - drop bits with their sign
//   count_same           counts, lane by lane, how often a and b are the same
//   total                the sum of the lanes, which are small
#ifndef CKERNELS_INTEGER_DOT_H
#define CKERNELS_INTEGER_DOT_H

#include <string.h>
#include "integer_kernels.h"

#define DEFINE(target) static inline __attribute__((always_inline)) target

static inline int32_t four_bytes(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, 4);
  return four;
}

// Vectors of 128 bits, which the compiler makes of whatever the target has.

#define PORTABLE_TARGET

typedef int32_t vector_portable __attribute__((vector_size(16)));
typedef uint32_t unsigned_portable __attribute__((vector_size(16)));
typedef struct { vector_portable byte[4]; } bytes_portable;

DEFINE(PORTABLE_TARGET) vector_portable load_portable(const int32_t *p, ptrdiff_t count) {
  vector_portable v = {0};
  memcpy(&v, p, count >= 4 ? sizeof v : count <= 0 ? 0 : (size_t)count * sizeof *p);
  return v;
}

DEFINE(PORTABLE_TARGET) void store_portable(int32_t *p, vector_portable v, ptrdiff_t count) {
  memcpy(p, &v, count >= 4 ? sizeof v : count <= 0 ? 0 : (size_t)count * sizeof *p);
}

DEFINE(PORTABLE_TARGET) vector_portable repeat_portable(int32_t value) {
  return (vector_portable){value, value, value, value};
}

DEFINE(PORTABLE_TARGET) vector_portable add_portable(vector_portable a, vector_portable b) {
  return (vector_portable)((unsigned_portable)a + (unsigned_portable)b);
}

// Byte k of every lane with its sign. The lane's first byte in memory is its lowest: every target is little-endian.
DEFINE(PORTABLE_TARGET) bytes_portable weights_portable(const int8_t *packed) {
  unsigned_portable all;
  memcpy(&all, packed, sizeof all);
  return (bytes_portable){{(vector_portable)(all << 24) >> 24, (vector_portable)(all << 16) >> 24,
                           (vector_portable)(all << 8) >> 24, (vector_portable)all >> 24}};
}

DEFINE(PORTABLE_TARGET) bytes_portable values_portable(const uint8_t *x) {
  return (bytes_portable){
      {repeat_portable(x[0]), repeat_portable(x[1]), repeat_portable(x[2]), repeat_portable(x[3])}};
}

DEFINE(PORTABLE_TARGET) vector_portable dot_portable(vector_portable sum, bytes_portable x, bytes_portable w) {
  return add_portable(sum, x.byte[0] * w.byte[0] + x.byte[1] * w.byte[1] + x.byte[2] * w.byte[2] +
                               x.byte[3] * w.byte[3]);
}

DEFINE(PORTABLE_TARGET) vector_portable within_portable(vector_portable v, vector_portable low,
                                                        vector_portable high) {
  const vector_portable under = v < high;
  const vector_portable upper = (v & under) | (high & ~under), over = upper > low;
  return (upper & over) | (low & ~over);
}

DEFINE(PORTABLE_TARGET) vector_portable wrapped_portable(vector_portable v, int drop) {
  return (vector_portable)((unsigned_portable)v << (uint32_t)drop) >> drop;
}

DEFINE(PORTABLE_TARGET) vector_portable count_same_portable(vector_portable count, vector_portable a,
                                                            vector_portable b) {
  return count - (a == b);
}

DEFINE(PORTABLE_TARGET) int64_t total_portable(vector_portable v) { return (int64_t)v[0] + v[1] + v[2] + v[3]; }

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2_TARGET __attribute__((target("avx2,fma")))
#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))

// Without an instruction for four terms the bytes stand as 16-bit numbers: a lane's bytes 0 and 2 in one vector, 1 and
// 3 in another, each multiplied and added in pairs. (The 8-bit multiply-add would saturate.)

typedef __m256i vector_avx2;
typedef struct { __m256i even, odd; } bytes_avx2;

DEFINE(AVX2_TARGET) __m256i mask_avx2(ptrdiff_t count) {
  const int32_t lanes = count < 0 ? 0 : count > 8 ? 8 : (int32_t)count;
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

DEFINE(AVX2_TARGET) vector_avx2 load_avx2(const int32_t *p, ptrdiff_t count) {
  return _mm256_maskload_epi32(p, mask_avx2(count));
}

DEFINE(AVX2_TARGET) void store_avx2(int32_t *p, vector_avx2 v, ptrdiff_t count) {
  if (count >= 8)
    _mm256_storeu_si256((__m256i *)p, v);
  else
    _mm256_maskstore_epi32(p, mask_avx2(count), v);
}

DEFINE(AVX2_TARGET) vector_avx2 repeat_avx2(int32_t value) { return _mm256_set1_epi32(value); }
DEFINE(AVX2_TARGET) vector_avx2 add_avx2(vector_avx2 a, vector_avx2 b) { return _mm256_add_epi32(a, b); }

DEFINE(AVX2_TARGET) bytes_avx2 weights_avx2(const int8_t *packed) {
  const __m256i all = _mm256_loadu_si256((const __m256i *)packed);
  return (bytes_avx2){_mm256_srai_epi16(_mm256_slli_epi16(all, 8), 8), _mm256_srai_epi16(all, 8)};
}

DEFINE(AVX2_TARGET) bytes_avx2 values_avx2(const uint8_t *x) {
  const __m256i all = _mm256_set1_epi32(four_bytes(x));
  return (bytes_avx2){_mm256_and_si256(all, _mm256_set1_epi16(255)), _mm256_srli_epi16(all, 8)};
}

DEFINE(AVX2_TARGET) vector_avx2 dot_avx2(vector_avx2 sum, bytes_avx2 x, bytes_avx2 w) {
  return add_avx2(
      sum, add_avx2(_mm256_madd_epi16(x.even, w.even), _mm256_madd_epi16(x.odd, w.odd)));
}

DEFINE(AVX2_TARGET) vector_avx2 within_avx2(vector_avx2 v, vector_avx2 low, vector_avx2 high) {
  return _mm256_max_epi32(_mm256_min_epi32(v, high), low);
}

DEFINE(AVX2_TARGET) vector_avx2 wrapped_avx2(vector_avx2 v, int drop) {
  const __m128i count = _mm_cvtsi32_si128(drop);
  return _mm256_sra_epi32(_mm256_sll_epi32(v, count), count);
}

DEFINE(AVX2_TARGET) vector_avx2 count_same_avx2(vector_avx2 count, vector_avx2 a, vector_avx2 b) {
  return _mm256_sub_epi32(count, _mm256_cmpeq_epi32(a, b));
}

DEFINE(AVX2_TARGET) int64_t total_avx2(vector_avx2 v) {
  int32_t lanes[8];
  store_avx2(lanes, v, 8);
  int64_t total = 0;
  for (int i = 0; i < 8; i++) total += lanes[i];
  return total;
}

typedef __m512i vector_avx512;
typedef struct { __m512i even, odd; } bytes_avx512;

DEFINE(AVX512_TARGET) __mmask16 mask_avx512(ptrdiff_t count) {
  return count >= 16 ? 0xffff : count <= 0 ? 0 : (__mmask16)((1u << count) - 1);
}

DEFINE(AVX512_TARGET) vector_avx512 load_avx512(const int32_t *p, ptrdiff_t count) {
  return _mm512_maskz_loadu_epi32(mask_avx512(count), p);
}

DEFINE(AVX512_TARGET) void store_avx512(int32_t *p, vector_avx512 v, ptrdiff_t count) {
  _mm512_mask_storeu_epi32(p, mask_avx512(count), v);
}

DEFINE(AVX512_TARGET) vector_avx512 repeat_avx512(int32_t value) { return _mm512_set1_epi32(value); }
DEFINE(AVX512_TARGET) vector_avx512 add_avx512(vector_avx512 a, vector_avx512 b) { return _mm512_add_epi32(a, b); }

DEFINE(AVX512_TARGET) bytes_avx512 weights_avx512(const int8_t *packed) {
  const __m512i all = _mm512_loadu_si512(packed);
  return (bytes_avx512){_mm512_srai_epi16(_mm512_slli_epi16(all, 8), 8), _mm512_srai_epi16(all, 8)};
}

DEFINE(AVX512_TARGET) bytes_avx512 values_avx512(const uint8_t *x) {
  const __m512i all = _mm512_set1_epi32(four_bytes(x));
  return (bytes_avx512){_mm512_and_si512(all, _mm512_set1_epi16(255)), _mm512_srli_epi16(all, 8)};
}

DEFINE(AVX512_TARGET) vector_avx512 dot_avx512(vector_avx512 sum, bytes_avx512 x, bytes_avx512 w) {
  return add_avx512(
      sum, add_avx512(_mm512_madd_epi16(x.even, w.even), _mm512_madd_epi16(x.odd, w.odd)));
}

DEFINE(AVX512_TARGET) vector_avx512 within_avx512(vector_avx512 v, vector_avx512 low, vector_avx512 high) {
  return _mm512_max_epi32(_mm512_min_epi32(v, high), low);
}

DEFINE(AVX512_TARGET) vector_avx512 wrapped_avx512(vector_avx512 v, int drop) {
  const __m128i count = _mm_cvtsi32_si128(drop);
  return _mm512_sra_epi32(_mm512_sll_epi32(v, count), count);
}

DEFINE(AVX512_TARGET) vector_avx512 count_same_avx512(vector_avx512 count, vector_avx512 a, vector_avx512 b) {
  return _mm512_mask_add_epi32(count, _mm512_cmpeq_epi32_mask(a, b), count, _mm512_set1_epi32(1));
}

DEFINE(AVX512_TARGET) int64_t total_avx512(vector_avx512 v) {
  int32_t lanes[16];
  store_avx512(lanes, v, 16);
  int64_t total = 0;
  for (int i = 0; i < 16; i++) total += lanes[i];
  return total;
}

#define vector_vnni vector_avx512
#define load_vnni load_avx512
#define store_vnni store_avx512
#define repeat_vnni repeat_avx512
#define add_vnni add_avx512
#define within_vnni within_avx512
#define wrapped_vnni wrapped_avx512
#define count_same_vnni count_same_avx512
#define total_vnni total_avx512

typedef __m512i bytes_vnni;

DEFINE(VNNI_TARGET) bytes_vnni weights_vnni(const int8_t *packed) { return _mm512_loadu_si512(packed); }
DEFINE(VNNI_TARGET) bytes_vnni values_vnni(const uint8_t *x) { return _mm512_set1_epi32(four_bytes(x)); }
DEFINE(VNNI_TARGET) vector_vnni dot_vnni(vector_vnni sum, bytes_vnni x, bytes_vnni w) {
  return _mm512_dpbusd_epi32(sum, x, w);
}

#endif

#undef DEFINE
#endif
