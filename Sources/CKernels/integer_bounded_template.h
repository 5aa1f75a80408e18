// One version of the narrow bounded product; see product_template.h for V and V_TARGET, and integer_dot.h for the names
// that it uses. V_LANES: outputs in a vector. V_ROWS: the most samples of a tile.

#define V_VECTORS (WL_PANEL / V_LANES)

// Adds the groups of four inputs of one tap, or a part of them, and moves on behind them.
static inline __attribute__((always_inline)) V_TARGET void V(add_quads)(
    const int rows, ptrdiff_t quads, const uint8_t **values, const int8_t **packed, V(vector) sum[][V_VECTORS]) {
  for (; quads > 0; quads--) {
#pragma clang loop unroll(full)
    for (int j = 0; j < V_VECTORS; j++) {
      const V(bytes) w = V(weights)(*packed + 4 * V_LANES * j);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) sum[i][j] = V(dot)(sum[i][j], V(values)(*values + 4 * i), w);
    }
    *values += 4 * rows;
    *packed += 4 * WL_PANEL;
  }
}

// `rows` samples by one panel; `rows` and `overflow` are constants at every call. Returns how many additions left the
// range: in the lanes behind the last output, which hold zeros, none does.
static inline __attribute__((always_inline)) V_TARGET int64_t V(bounded_tile)(
    const int rows, const wl_overflow overflow, const bounded_tile *tile) {
  const int32_t greatest = (int32_t)(((uint32_t)1 << (tile->bits - 1)) - 1);
  const V(vector) high = V(repeat)(greatest), low = V(repeat)(-greatest - 1);
  const int drop = 32 - tile->bits;
  V(vector) sum[V_ROWS][V_VECTORS], same[V_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    same[i] = V(repeat)(0);
#pragma clang loop unroll(full)
    for (int j = 0; j < V_VECTORS; j++)
      sum[i][j] = V(load)(tile->start + i * tile->start_row + V_LANES * j, tile->width - V_LANES * j);
  }
  const uint8_t *values = tile->values;
  const int8_t *packed = tile->packed;
  const int32_t *corrections = tile->corrections;
  const ptrdiff_t ended = tile->block->ended;
  for (ptrdiff_t t = 0; t < ended; t++) {
    V(add_quads)(rows, tile->block->tap_quads[t], &values, &packed, sum);
    if (corrections) {
#pragma clang loop unroll(full)
      for (int j = 0; j < V_VECTORS; j++) {
        const V(vector) correction = V(load)(corrections + V_LANES * j, V_LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) sum[i][j] = V(add)(sum[i][j], correction);
      }
      corrections += WL_PANEL;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < V_VECTORS; j++) {
        const V(vector) held =
            overflow == WL_SATURATE ? V(within)(sum[i][j], low, high) : V(wrapped)(sum[i][j], drop);
        same[i] = V(count_same)(same[i], sum[i][j], held);
        sum[i][j] = held;
      }
  }
  V(add_quads)(rows, tile->block->open_quads, &values, &packed, sum);
  int64_t events = ended * rows * WL_PANEL;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    events -= V(total)(same[i]);
#pragma clang loop unroll(full)
    for (int j = 0; j < V_VECTORS; j++)
      V(store)(tile->sums + i * tile->sums_row + V_LANES * j, sum[i][j], tile->width - V_LANES * j);
  }
  return events;
}

static V_TARGET int64_t V(bounded_narrow)(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t taps,
                                          const ptrdiff_t *tap_lengths, int bits, wl_overflow overflow,
                                          const uint8_t *x, ptrdiff_t x_row, const int8_t *packed,
                                          const int32_t *corrections, const int32_t *initial, int32_t *sums,
                                          ptrdiff_t sums_row) {
  const ptrdiff_t quads = wl_tap_quads(taps, tap_lengths);
  const ptrdiff_t groups = (samples + V_ROWS - 1) / V_ROWS;
  uint8_t values[QUAD_BLOCK * V_ROWS * 4];
  tap_block block;
  tap_position at = {0};
  int64_t events = 0;
  do {
    const ptrdiff_t first_quad = at.quad, first_tap = at.tap;
    next_block(taps, tap_lengths, &at, &block);
    for (ptrdiff_t group = 0; group < groups; group++) {
      const ptrdiff_t s = samples * group / groups;
      const int rows = (int)(samples * (group + 1) / groups - s);
      gather_block(&block, rows, x + s * x_row, x_row, values);
      for (ptrdiff_t column = 0; column < outputs; column += WL_PANEL) {
        int32_t *target = sums + s * sums_row + column;
        const bounded_tile tile = {
            .block = &block,
            .values = values,
            .packed = packed + (column * quads + first_quad * WL_PANEL) * 4,
            .corrections = corrections ? corrections + column * taps + first_tap * WL_PANEL : 0,
            .bits = bits,
            .width = outputs - column,
            .start = first_quad == 0 ? initial + column : target,
            .start_row = first_quad == 0 ? 0 : sums_row,
            .sums = target,
            .sums_row = sums_row,
        };
#define TILE(r)                                                                                               \
  case (r) * 2 + WL_WRAP: events += V(bounded_tile)(r, WL_WRAP, &tile); break;                                \
  case (r) * 2 + WL_SATURATE: events += V(bounded_tile)(r, WL_SATURATE, &tile); break;
        switch (rows * 2 + (int)overflow) {
          TILE(1) TILE(2)
#if V_ROWS > 2
          TILE(3) TILE(4)
#endif
#if V_ROWS > 4
          TILE(5) TILE(6) TILE(7) TILE(8)
#endif
        }
#undef TILE
      }
    }
  } while (at.tap < taps);
  return events;
}

#undef V
#undef V_TARGET
#undef V_LANES
#undef V_VECTORS
#undef V_ROWS
