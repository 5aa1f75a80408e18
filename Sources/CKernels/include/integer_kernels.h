#ifndef CKERNELS_INTEGER_KERNELS_H
#define CKERNELS_INTEGER_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include "instruction_set.h"

// The outputs that stand side by side in packed weights.
#define WL_PANEL 16

// Packs weights [outputs, inputs] (int16, each within int8) for `wl_integer_product_bytes`:
// [ceil(outputs / 16)][ceil(inputs / 4)][16][4] int8, padded with zeros.
void wl_pack_bytes(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int8_t *packed);

// sums[s, o] = initial[o] + sum_i x[s, i] * w[o, i], exact 32-bit integers, for unsigned bytes x.
// x has `x_row` bytes a sample, a multiple of 4 that reaches past `inputs`; what stands there beyond the inputs
// is multiplied by zero. Every partial sum in any order must fit 32 bits: the caller proves it.
void wl_integer_product_bytes(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                              const uint8_t *x, ptrdiff_t x_row, const int8_t *packed, const int32_t *initial,
                              int32_t *sums);

// The same with `sums_row` elements (at least `outputs`) between the rows of sums.
void wl_integer_product_rows(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs, const uint8_t *x,
                             ptrdiff_t x_row, const int8_t *packed, const int32_t *initial, int32_t *sums,
                             ptrdiff_t sums_row);

// The same for any 32-bit x and 16-bit weights [outputs, inputs], unpacked, with 64-bit sums.
void wl_integer_product_wide(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs, const int32_t *x,
                             const int16_t *weights, const int64_t *initial, int64_t *sums);

// The output stage for 32-bit sums, each with a multiplier m and a shift s of its own: r = clamp(floor((x * m + half) / 2^s) + zero, low, high),
// with half = 2^(s - 1) (0 for s = 0), then y = table[r - low] if there is a table, else y = r. Multipliers 0...2^31 - 1, shifts 0...62;
// results fit a byte.
void wl_requantize_to_bytes(wl_isa isa, ptrdiff_t count, const int32_t *multipliers, const int32_t *shifts,
                            int64_t zero, int64_t low, int64_t high, const uint8_t *table, const int32_t *x,
                            uint8_t *y);

// How a bounded accumulator treats a sum that leaves it.
typedef enum wl_overflow { WL_WRAP = 0, WL_SATURATE = 1 } wl_overflow;

// Packs weights [outputs, inputs] for `wl_bounded_product_taps`: [inputs][outputs] int16.
void wl_pack_by_input(ptrdiff_t outputs, ptrdiff_t inputs, const int16_t *weights, int16_t *packed);

// Sums with an accumulator of `bits` bits (2...64), in the order of the hardware: the accumulator starts at
// initial[o]; tap by tap the exact sum of the tap is added, and the result wraps or saturates to `bits` bits. Tap t
// covers the next `tap_lengths[t]` inputs; each length is at least 1, and together they are `inputs`. Each tap's exact
// sum must fit 63 bits. Returns how many additions left the accumulator's range. `exact` and `accumulator` are workspace
// of `outputs` 64-bit integers each.
int64_t wl_bounded_product_taps(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs,
                                const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow, const int32_t *x,
                                const int16_t *packed, const int64_t *initial, int64_t *exact,
                                int64_t *accumulator, int64_t *sums);

// The groups of four inputs that `taps` taps of these lengths take, each tap by itself rounded up.
ptrdiff_t wl_tap_quads(ptrdiff_t taps, const ptrdiff_t *tap_lengths);

// Packs weights [outputs, inputs] (int16, each within int8) for `wl_bounded_product_narrow`:
// [ceil(outputs / 16)][wl_tap_quads][16][4] int8, padded with zeros. `corrections`, int32 [ceil(outputs / 16)][taps][16],
// becomes -offset * (sum of the tap's weights) modulo 2^32; it may be null where the offset is 0.
void wl_pack_taps(ptrdiff_t outputs, ptrdiff_t taps, const ptrdiff_t *tap_lengths, int32_t offset,
                  const int16_t *weights, int8_t *packed, int32_t *corrections);

// `wl_bounded_product_taps` in 32-bit lanes, for accumulators of 2...31 bits and inputs x[s, i] - offset with unsigned
// bytes x: the offset is the one that the weights were packed with, and `corrections` is null where it is 0. `initial`
// lies within the accumulator's range, and every tap's exact sum fits 31 bits: the caller proves both. Rows of x stand
// `x_row` bytes apart, and no byte beyond a row's inputs is read; rows of sums `sums_row` elements. Returns how many
// additions left the accumulator's range.
int64_t wl_bounded_product_narrow(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t taps,
                                  const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow, const uint8_t *x,
                                  ptrdiff_t x_row, const int8_t *packed, const int32_t *corrections,
                                  const int32_t *initial, int32_t *sums, ptrdiff_t sums_row);

// Runs `iterations` rounds of the version's best exact dot product of unsigned and signed bytes on registers alone, and
// returns how many multiply-accumulates that were: what no kernel above can outrun.
int64_t wl_dot_product_peak(wl_isa isa, int64_t iterations);

#endif
