#pragma STDC FP_CONTRACT OFF
// Matrix products whose accumulators are held within a range after every product. The products of one output stay
// in order, so the lanes are independent outputs: k runs inside a tile of rows x columns that stays in registers.
#include <string.h>
#include "fixed_point.h"

void wl_fixed_pack(ptrdiff_t depth, ptrdiff_t columns, const int8_t *b, int8_t *packed) {
  const ptrdiff_t panels = (columns + WL_FIXED_PANEL - 1) / WL_FIXED_PANEL;
  memset(packed, 0, (size_t)(panels * depth * WL_FIXED_PANEL));
  for (ptrdiff_t panel = 0; panel < panels; panel++) {
    const ptrdiff_t first = panel * WL_FIXED_PANEL, left = columns - first;
    const size_t width = (size_t)(left < WL_FIXED_PANEL ? left : WL_FIXED_PANEL);
    for (ptrdiff_t k = 0; k < depth; k++)
      memcpy(packed + (panel * depth + k) * WL_FIXED_PANEL, b + k * columns + first, width);
  }
}

// One row of a panel: plain C, and the definition that the others must equal.
static void product_portable(ptrdiff_t depth, const int8_t *a, const int8_t *panel, int32_t least, int32_t greatest,
                             int32_t *restrict sums) {
  for (int part = 0; part < WL_FIXED_PANEL; part += 16) {
    int32_t sum[16] = {0};
    for (ptrdiff_t k = 0; k < depth; k++) {
      const int8_t *b = panel + k * WL_FIXED_PANEL + part;
      const int16_t factor = a[k];
      for (int j = 0; j < 16; j++) {
        const int32_t next = (int32_t)((uint32_t)sum[j] + (uint32_t)(factor * b[j]));
        const int32_t held = next < greatest ? next : greatest;
        sum[j] = held > least ? held : least;
      }
    }
    memcpy(sums + part, sum, sizeof sum);
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define STEP_AVX512(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))
#define STEP_VNNI(sum, a, b) _mm512_dpwssd_epi32(sum, a, b)
#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))

// `rows` rows by 64 columns; `rows` is a constant at every call. A lane holds one sign-extended b, of which a 16-bit
// multiply-add reads both halves; the upper half of a is zero, so only the product of the lower halves counts.
#define TILE512(name, target, STEP)                                                                             \
  static inline __attribute__((always_inline)) target void name(                                                \
      const int rows, ptrdiff_t depth, const int8_t *a, const int8_t *panel, int32_t least, int32_t greatest,   \
      int32_t *sums, ptrdiff_t sums_row, const __mmask16 *masks) {                                              \
    const __m512i low = _mm512_set1_epi32(least), high = _mm512_set1_epi32(greatest);                           \
    __m512i sum[6][4];                                                                                          \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++)                                           \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++) sum[i][j] = _mm512_setzero_si512();        \
    for (ptrdiff_t k = 0; k < depth; k++) {                                                                     \
      __m512i b[4];                                                                                             \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++)                                            \
        b[j] = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(panel + k * WL_FIXED_PANEL + 16 * j)));   \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {                                       \
        const __m512i factor = _mm512_set1_epi32((int32_t)(uint16_t)(int16_t)a[i * depth + k]);                 \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++)                                          \
          sum[i][j] = _mm512_max_epi32(_mm512_min_epi32(STEP(sum[i][j], factor, b[j]), high), low);             \
      }                                                                                                         \
    }                                                                                                           \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++)                                           \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++)                                            \
        _mm512_mask_storeu_epi32(sums + i * sums_row + 16 * j, masks[j], sum[i][j]);                            \
  }                                                                                                             \
  static target void name##_panel(ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const int8_t *a,          \
                                  const int8_t *panel, int32_t least, int32_t greatest, int32_t *sums,          \
                                  ptrdiff_t width) {                                                            \
    __mmask16 masks[4];                                                                                         \
    for (int j = 0; j < 4; j++) {                                                                               \
      const ptrdiff_t left = width - 16 * j;                                                                    \
      masks[j] = left >= 16 ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1);                           \
    }                                                                                                           \
    ptrdiff_t i = 0;                                                                                            \
    for (; i + 6 <= rows; i += 6)                                                                               \
      name(6, depth, a + i * depth, panel, least, greatest, sums + i * columns, columns, masks);                \
    for (; i + 2 <= rows; i += 2)                                                                               \
      name(2, depth, a + i * depth, panel, least, greatest, sums + i * columns, columns, masks);                \
    for (; i < rows; i++)                                                                                       \
      name(1, depth, a + i * depth, panel, least, greatest, sums + i * columns, columns, masks);                \
  }
TILE512(tile_avx512, AVX512_TARGET, STEP_AVX512)
TILE512(tile_vnni, VNNI_TARGET, STEP_VNNI)

#define AVX2_TARGET __attribute__((target("avx2,fma")))

// `rows` rows by 32 columns.
static inline __attribute__((always_inline)) AVX2_TARGET void tile_avx2(
    const int rows, ptrdiff_t depth, const int8_t *a, const int8_t *panel, int32_t least, int32_t greatest,
    int32_t *sums, ptrdiff_t sums_row) {
  const __m256i low = _mm256_set1_epi32(least), high = _mm256_set1_epi32(greatest);
  __m256i sum[2][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) sum[i][j] = _mm256_setzero_si256();
  for (ptrdiff_t k = 0; k < depth; k++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const __m256i b = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(panel + k * WL_FIXED_PANEL + 8 * j)));
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const __m256i factor = _mm256_set1_epi32((int32_t)(uint16_t)(int16_t)a[i * depth + k]);
        const __m256i next = _mm256_add_epi32(sum[i][j], _mm256_madd_epi16(factor, b));
        sum[i][j] = _mm256_max_epi32(_mm256_min_epi32(next, high), low);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) _mm256_storeu_si256((__m256i *)(sums + i * sums_row + 8 * j), sum[i][j]);
}

static AVX2_TARGET void tile_avx2_panel(ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const int8_t *a,
                                        const int8_t *panel, int32_t least, int32_t greatest, int32_t *sums,
                                        ptrdiff_t width) {
  for (int part = 0; part < WL_FIXED_PANEL && part < width; part += 32) {
    const ptrdiff_t left = width - part;
    for (ptrdiff_t i = 0; i < rows; i += 2) {
      const int pair = rows - i >= 2;
      // A ragged tile goes through a buffer, since AVX2 stores whole vectors.
      int32_t ragged[2 * 32];
      int32_t *out = left >= 32 ? sums + i * columns + part : ragged;
      const ptrdiff_t out_row = left >= 32 ? columns : 32;
      if (pair) tile_avx2(2, depth, a + i * depth, panel + part, least, greatest, out, out_row);
      else tile_avx2(1, depth, a + i * depth, panel + part, least, greatest, out, out_row);
      if (left < 32)
        for (int row = 0; row <= pair; row++)
          memcpy(sums + (i + row) * columns + part, ragged + 32 * row, (size_t)left * sizeof(int32_t));
    }
  }
}
#endif

void wl_fixed_product(wl_isa isa, ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const int8_t *a,
                      const int8_t *packed, int32_t least, int32_t greatest, int32_t *sums) {
  for (ptrdiff_t first = 0; first < columns; first += WL_FIXED_PANEL) {
    const int8_t *panel = packed + first * depth;
    const ptrdiff_t width = columns - first < WL_FIXED_PANEL ? columns - first : WL_FIXED_PANEL;
    switch (isa) {
#if defined(__x86_64__)
    case WL_ISA_AVX512VNNI:
      tile_vnni_panel(rows, depth, columns, a, panel, least, greatest, sums + first, width);
      break;
    case WL_ISA_AVX512:
      tile_avx512_panel(rows, depth, columns, a, panel, least, greatest, sums + first, width);
      break;
    case WL_ISA_AVX2:
      tile_avx2_panel(rows, depth, columns, a, panel, least, greatest, sums + first, width);
      break;
#endif
    default:
      for (ptrdiff_t i = 0; i < rows; i++) {
        int32_t row[WL_FIXED_PANEL];
        product_portable(depth, a + i * depth, panel, least, greatest, row);
        memcpy(sums + i * columns + first, row, (size_t)width * sizeof(int32_t));
      }
    }
  }
}
