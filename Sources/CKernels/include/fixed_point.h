#ifndef CKERNELS_FIXED_POINT_H
#define CKERNELS_FIXED_POINT_H

#include <stddef.h>
#include <stdint.h>
#include "instruction_set.h"

// How a scaled value y becomes an integer of the destination.
//
// With t = y toward zero and d = y - t, the integer is t + (d >= up[t & 1]) - (d <= down[t & 1]): every rounding
// rule is a choice of these four thresholds, since d is exact. Values are held within low...high before that,
// and what still lies outside least...greatest after it becomes zero; saturation holds them within
// least...greatest. A nonzero `wrap` keeps the low bits instead of holding.
typedef struct wl_fixed_rule {
  double scale;                // a power of two, and one of the source's type too
  double up[2], down[2];       // by the parity of t
  double low, high;            // whole numbers within 32 bits
  int32_t least, greatest;     // the destination's range
  int32_t wrap;                // 0, or the word length with which to wrap
  int32_t is_signed;           // of the destination, for wrapping
  int32_t is_even;             // 1: ties to even and low, high = least, greatest, for which there is a shorter way
} wl_fixed_rule;

// r[i] = x[i] * scale by the rule. Returns 0; or 1 if the block holds a value that is not finite or too large to
// wrap, and then r is not to be used.
//
// The destination has at most 16 bits for float (22 for 32-bit storage), and at most 31 for double. Scaling must not
// bring a value to zero from which the rule would round away: scale >= 1, or a rule to nearest.
#define WL_FIXED_QUANTIZE(from, from_name, to, to_name)                                                        \
  int wl_fixed_quantize_##from_name##_##to_name(wl_isa isa, ptrdiff_t n, const from *x, const wl_fixed_rule *rule, \
                                                to *r);
#define WL_FIXED_QUANTIZE_FROM(from, from_name)            \
  WL_FIXED_QUANTIZE(from, from_name, int8_t, int8)         \
  WL_FIXED_QUANTIZE(from, from_name, uint8_t, uint8)       \
  WL_FIXED_QUANTIZE(from, from_name, int16_t, int16)       \
  WL_FIXED_QUANTIZE(from, from_name, uint16_t, uint16)     \
  WL_FIXED_QUANTIZE(from, from_name, int32_t, int32)
WL_FIXED_QUANTIZE_FROM(float, float)
WL_FIXED_QUANTIZE_FROM(double, double)
#undef WL_FIXED_QUANTIZE_FROM
#undef WL_FIXED_QUANTIZE

// The columns that stand side by side in a packed right operand.
#define WL_FIXED_PANEL 64

// Packs b [depth, columns] into [ceil(columns / 64)][depth][64], padded with zeros.
void wl_fixed_pack(ptrdiff_t depth, ptrdiff_t columns, const int8_t *b, int8_t *packed);

// sums[i, j]: the accumulator of output (i, j) after acc = min(max(acc + a[i, k] * b[k, j], least), greatest) for
// k = 0, 1, ..., depth - 1 in this order, starting at 0. a is [rows, depth], b packed. The range must leave room for
// one product, |least|, |greatest| <= 2^31 - 1 - 2^14, or be all of int32_t, and then sums are modulo 2^32.
void wl_fixed_product(wl_isa isa, ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const int8_t *a,
                      const int8_t *packed, int32_t least, int32_t greatest, int32_t *sums);

#endif
