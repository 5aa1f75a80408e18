// Packing of matrices into panels for the register tiles. Moves floats only, so one portable version serves all.
#ifndef CKERNELS_FLOAT_PACKING_H
#define CKERNELS_FLOAT_PACKING_H

#include <stddef.h>
#include <string.h>

typedef float wl_four __attribute__((vector_size(16)));

// to[k * to_row + i] = from[i * from_row + k] for i in 0 ..< 4, k in 0 ..< 4.
static inline __attribute__((always_inline)) void transpose_four(const float *from, ptrdiff_t from_row, float *to,
                                                                 ptrdiff_t to_row) {
  wl_four a, b, c, d;
  memcpy(&a, from, 16);
  memcpy(&b, from + from_row, 16);
  memcpy(&c, from + 2 * from_row, 16);
  memcpy(&d, from + 3 * from_row, 16);
  const wl_four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const wl_four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  memcpy(to, &a, 16);
  memcpy(to + to_row, &b, 16);
  memcpy(to + 2 * to_row, &c, 16);
  memcpy(to + 3 * to_row, &d, 16);
}

// A panel [length][width] from `count` <= width rows of `length` floats, from_row apart: the rows become the panel's
// columns, those from `count` on are zero. Four rows at a time, 64 floats along: few enough streams to be fetched ahead,
// and the part of the panel that they fill stays in the first cache until its lines are whole.
static inline void pack_rows(ptrdiff_t length, ptrdiff_t count, const float *from, ptrdiff_t from_row,
                             ptrdiff_t width, float *panel) {
  const ptrdiff_t fours = count / 4 * 4;
  for (ptrdiff_t start = 0; start < length; start += 64) {
    const ptrdiff_t end = length - start < 64 ? length : start + 64;
    for (ptrdiff_t i = 0; i < fours; i += 4) {
      ptrdiff_t k = start;
      for (; k + 4 <= end; k += 4) transpose_four(from + i * from_row + k, from_row, panel + k * width + i, width);
      for (; k < end; k++)
        for (ptrdiff_t j = i; j < i + 4; j++) panel[k * width + j] = from[j * from_row + k];
    }
    for (ptrdiff_t i = fours; i < count; i++)
      for (ptrdiff_t k = start; k < end; k++) panel[k * width + i] = from[i * from_row + k];
    if (count < width)
      for (ptrdiff_t k = start; k < end; k++)
        memset(panel + k * width + count, 0, (size_t)(width - count) * sizeof(float));
  }
}

// A panel [length][width] from `length` rows of `count` <= width floats, from_row apart; columns from `count` on are zero.
static inline __attribute__((always_inline)) void pack_columns(ptrdiff_t length, ptrdiff_t count, const float *from,
                                                               ptrdiff_t from_row, const ptrdiff_t width,
                                                               float *panel) {
  if (count == width) {
    for (ptrdiff_t k = 0; k < length; k++)
      memcpy(panel + k * width, from + k * from_row, (size_t)width * sizeof(float));
  } else {
    for (ptrdiff_t k = 0; k < length; k++) {
      float *to = panel + k * width;
      for (ptrdiff_t i = 0; i < count; i++) to[i] = from[k * from_row + i];
      for (ptrdiff_t i = count; i < width; i++) to[i] = 0.0f;
    }
  }
}

#endif
