// One version of the byte product; see product_template.h for V and V_TARGET, and integer_dot.h for the names that it
// uses. V_LANES: outputs in a vector. V_ROWS x V_PANELS: the largest tile of sums that stays in registers.

#define V_VECTORS (WL_PANEL / V_LANES)

// `rows` samples by `panels` panels of 16 outputs; both are constants at every call.
static inline __attribute__((always_inline)) V_TARGET void V(tile)(const int rows, const int panels,
                                                                   const byte_tile *tile) {
  V(vector) sum[V_ROWS][V_PANELS * V_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < panels * V_VECTORS; j++) {
    const V(vector) start = V(load)(tile->initial + V_LANES * j, tile->width - V_LANES * j);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sum[i][j] = start;
  }
  const ptrdiff_t quads = tile->quads, x_row = tile->x_row;
  for (ptrdiff_t q = 0; q < quads; q++) {
    V(bytes) w[V_PANELS * V_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < panels * V_VECTORS; j++)
      w[j] = V(weights)(tile->packed + (j / V_VECTORS * quads + q) * 4 * WL_PANEL + 4 * V_LANES * (j % V_VECTORS));
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const V(bytes) four = V(values)(tile->x + i * x_row + 4 * q);
#pragma clang loop unroll(full)
      for (int j = 0; j < panels * V_VECTORS; j++) sum[i][j] = V(dot)(sum[i][j], four, w[j]);
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < panels * V_VECTORS; j++)
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
      V(store)(tile->sums + i * tile->sums_row + V_LANES * j, sum[i][j], tile->width - V_LANES * j);
}

static V_TARGET void V(integer_product)(ptrdiff_t samples, ptrdiff_t outputs, ptrdiff_t inputs, const uint8_t *x,
                                        ptrdiff_t x_row, const int8_t *packed, const int32_t *initial,
                                        int32_t *sums, ptrdiff_t sums_row) {
  const ptrdiff_t quads = (inputs + 3) / 4, panel_count = (outputs + WL_PANEL - 1) / WL_PANEL;
  // Groups of nearly equal height: a last one of a single row would leave most of the multipliers waiting.
  const ptrdiff_t groups = (samples + V_ROWS - 1) / V_ROWS;
  for (ptrdiff_t panel = 0; panel < panel_count; panel += V_PANELS) {
    const int panels = (int)(panel_count - panel < V_PANELS ? panel_count - panel : V_PANELS);
    const ptrdiff_t column = panel * WL_PANEL;
    for (ptrdiff_t group = 0; group < groups; group++) {
      const ptrdiff_t s = samples * group / groups;
      const int rows = (int)(samples * (group + 1) / groups - s);
      const byte_tile tile = {
          .quads = quads,
          .width = outputs - column,
          .x = x + s * x_row,
          .x_row = x_row,
          .packed = packed + panel * quads * 4 * WL_PANEL,
          .initial = initial + column,
          .sums = sums + s * sums_row + column,
          .sums_row = sums_row,
      };
#define TILE(r, p)                                                                                            \
  case (r) * 8 + (p): V(tile)(r, p, &tile); break;
#if V_PANELS == 4
#define TILES(r) TILE(r, 1) TILE(r, 2) TILE(r, 3) TILE(r, 4)
#elif V_PANELS == 3
#define TILES(r) TILE(r, 1) TILE(r, 2) TILE(r, 3)
#else
#define TILES(r) TILE(r, 1)
#endif
      switch (rows * 8 + panels) {
        TILES(1) TILES(2)
#if V_ROWS > 2
        TILES(3) TILES(4)
#endif
#if V_ROWS > 4
        TILES(5) TILES(6)
#endif
      }
#undef TILES
#undef TILE
    }
  }
}

#undef V
#undef V_TARGET
#undef V_LANES
#undef V_VECTORS
#undef V_ROWS
#undef V_PANELS
