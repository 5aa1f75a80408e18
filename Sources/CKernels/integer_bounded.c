#pragma STDC FP_CONTRACT OFF
// Bounded accumulators in 32-bit lanes: one sum in every lane, taps in the hardware's order.
//
// A tap's products go straight onto the accumulator. Between taps it may pass 32 bits and come back, since all is
// modulo 2^32; at the tap's end it is an accumulator of at most 31 bits plus a sum of at most 31 bits, which 32 bits
// hold. So the exact value stands in the lane when the range is applied.
#include <string.h>
#include "integer_dot.h"
#include "integer_kernels.h"

ptrdiff_t wl_tap_quads(ptrdiff_t taps, const ptrdiff_t *tap_lengths) {
  ptrdiff_t quads = 0;
  for (ptrdiff_t t = 0; t < taps; t++) quads += (tap_lengths[t] + 3) / 4;
  return quads;
}

void wl_pack_taps(ptrdiff_t outputs, ptrdiff_t taps, const ptrdiff_t *tap_lengths, int32_t offset,
                  const int16_t *weights, int8_t *packed, int32_t *corrections) {
  const ptrdiff_t quads = wl_tap_quads(taps, tap_lengths), panels = (outputs + WL_PANEL - 1) / WL_PANEL;
  memset(packed, 0, (size_t)(panels * quads * 4 * WL_PANEL));
  if (corrections) memset(corrections, 0, (size_t)(panels * taps * WL_PANEL) * sizeof *corrections);
  for (ptrdiff_t o = 0; o < outputs; o++) {
    const ptrdiff_t panel = o / WL_PANEL, lane = o % WL_PANEL;
    int8_t *tap = packed + (panel * quads * WL_PANEL + lane) * 4;
    for (ptrdiff_t t = 0; t < taps; t++) {
      int64_t sum = 0;
      for (ptrdiff_t i = 0; i < tap_lengths[t]; i++) {
        sum += weights[i];
        tap[i / 4 * 4 * WL_PANEL + i % 4] = (int8_t)weights[i];
      }
      if (corrections) corrections[(panel * taps + t) * WL_PANEL + lane] = (int32_t)(uint32_t)(-(int64_t)offset * sum);
      tap += (tap_lengths[t] + 3) / 4 * 4 * WL_PANEL;
      weights += tap_lengths[t];
    }
  }
}

// The most groups of four inputs that go through the tiles at once; what they leave stands in `sums` meanwhile.
#define QUAD_BLOCK 256

// A run of groups of four inputs, and how the taps lie in it. The last tap may go on in the next block.
typedef struct tap_block {
  ptrdiff_t quads;
  ptrdiff_t ended;                  // the taps that end in this block
  ptrdiff_t tap_quads[QUAD_BLOCK];  // the groups of each tap that are in this block
  ptrdiff_t open_quads;             // those of the tap that does not end here
  ptrdiff_t inputs[QUAD_BLOCK];     // the first input of each group
  int counts[QUAD_BLOCK];           // the inputs of each group, 1...4
} tap_block;

// Where the next block starts.
typedef struct tap_position {
  ptrdiff_t quad, tap;
  ptrdiff_t within;  // the inputs of the tap that are behind
  ptrdiff_t input;
} tap_position;

static void next_block(ptrdiff_t taps, const ptrdiff_t *tap_lengths, tap_position *at, tap_block *block) {
  block->quads = block->ended = block->open_quads = 0;
  while (at->tap < taps && block->quads < QUAD_BLOCK) {
    const ptrdiff_t left = tap_lengths[at->tap] - at->within;
    const int count = left < 4 ? (int)left : 4;
    block->inputs[block->quads] = at->input;
    block->counts[block->quads] = count;
    block->quads++;
    block->open_quads++;
    at->quad++;
    at->input += count;
    at->within += count;
    if (count == left) {
      block->tap_quads[block->ended++] = block->open_quads;
      block->open_quads = 0;
      at->tap++;
      at->within = 0;
    }
  }
}

// values [quads, rows, 4]: the inputs of every group, zeros behind the last of a tap.
static void gather_block(const tap_block *block, int rows, const uint8_t *x, ptrdiff_t x_row, uint8_t *values) {
  for (int i = 0; i < rows; i++)
    for (ptrdiff_t q = 0; q < block->quads; q++) {
      uint8_t *four = values + (q * rows + i) * 4;
      const uint8_t *source = x + i * x_row + block->inputs[q];
      if (block->counts[q] == 4) {
        memcpy(four, source, 4);
      } else {
        for (int k = 0; k < 4; k++) four[k] = k < block->counts[q] ? source[k] : 0;
      }
    }
}

// One panel of 16 outputs for some rows, over one block.
typedef struct bounded_tile {
  const tap_block *block;
  const uint8_t *values;
  const int8_t *packed;
  const int32_t *corrections;
  int bits;
  ptrdiff_t width;  // outputs from the tile's first to the last of all
  const int32_t *start;
  ptrdiff_t start_row;
  int32_t *sums;
  ptrdiff_t sums_row;
} bounded_tile;

#define V(name) name##_portable
#define V_TARGET PORTABLE_TARGET
#define V_LANES 4
#define V_ROWS 2
#include "integer_bounded_template.h"

#if defined(__x86_64__)
#define V(name) name##_avx2
#define V_TARGET AVX2_TARGET
#define V_LANES 8
#define V_ROWS 4
#include "integer_bounded_template.h"

#define V(name) name##_avx512
#define V_TARGET AVX512_TARGET
#define V_LANES 16
#define V_ROWS 8
#include "integer_bounded_template.h"

#define V(name) name##_vnni
#define V_TARGET VNNI_TARGET
#define V_LANES 16
#define V_ROWS 8
#include "integer_bounded_template.h"
#endif

int64_t wl_bounded_product_narrow(wl_isa isa, ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t taps,
                                  const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow, const uint8_t *x,
                                  ptrdiff_t x_row, const int8_t *packed, const int32_t *corrections,
                                  const int32_t *initial, int32_t *sums, ptrdiff_t sums_row) {
#define CALL(version)                                                                                         \
  bounded_narrow_##version(samples, outputs, taps, tap_lengths, bits, overflow, x, x_row, packed,             \
                           corrections, initial, sums, sums_row)
  switch (isa) {
#if defined(__x86_64__)
  case WL_ISA_AVX512VNNI: return CALL(vnni);
  case WL_ISA_AVX512: return CALL(avx512);
  case WL_ISA_AVX2: return CALL(avx2);
#endif
  default: return CALL(portable);
  }
#undef CALL
}
