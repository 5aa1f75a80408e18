// One version of the matrix product; see float_versions.h for V, V_TARGET and V_LANES. A register tile has V_ROWS rows
// of V_VECTORS vectors.

#if V_LANES == 16
#define V_ROWS 8
#define V_VECTORS 3
#elif V_LANES == 8
#define V_ROWS 6
#define V_VECTORS 2
#else
#define V_ROWS 4
#define V_VECTORS 2
#endif

// One register tile: `mr` rows by `nv` vectors of C, the whole of this block of the inner dimension.
// b is packed [inner][nv * lanes]. `mr` and `nv` are constants at every call, so the loops over them unroll.
static inline __attribute__((always_inline)) V_TARGET void V(tile)(
    const int mr, const int nv, const wl_block *block, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
    const float *b, float *c, const float *initial, ptrdiff_t columns) {
  V(vector) sum[V_ROWS][V_VECTORS];
  const ptrdiff_t lanes = V_LANES;
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++) {
    const float *start = block->is_first ? initial : c + i * block->c_row;
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++)
      sum[i][j] = start ? V(load_part)(start + j * lanes, columns - j * lanes) : (V(vector)){0};
  }
  for (ptrdiff_t p = 0; p < block->inner; p++) {
    V(vector) right[V_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) right[j] = V(load)(b + (p * nv + j) * lanes);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) {
      const V(vector) left = V(repeat)(a[i * a_row + p * a_column]);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) sum[i][j] = __builtin_elementwise_fma(left, right[j], sum[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      const V(vector) out = block->is_last ? sum[i][j] * block->scale : sum[i][j];
      V(store_part)(c + i * block->c_row + j * lanes, out, columns - j * lanes);
    }
  }
}

// The tile with its two sizes as constants. A packed left operand has the strides (1, V_ROWS).
#define V_TILE(mr, nv)                                                                                        \
  case (mr) * 4 + (nv):                                                                                       \
    if (is_packed)                                                                                            \
      V(tile)(mr, nv, block, a, 1, V_ROWS, b, c, initial, columns);                                           \
    else                                                                                                      \
      V(tile)(mr, nv, block, a, a_row, a_column, b, c, initial, columns);                                     \
    break;

#if V_VECTORS == 3
#define V_TILES(mr) V_TILE(mr, 1) V_TILE(mr, 2) V_TILE(mr, 3)
#else
#define V_TILES(mr) V_TILE(mr, 1) V_TILE(mr, 2)
#endif

static V_TARGET __attribute__((noinline)) void V(any_tile)(
    int mr, int nv, int is_packed, const wl_block *block, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
    const float *b, float *c, const float *initial, ptrdiff_t columns) {
  switch (mr * 4 + nv) {
    V_TILES(1)
    V_TILES(2)
    V_TILES(3)
    V_TILES(4)
#if V_ROWS >= 6
    V_TILES(5)
    V_TILES(6)
#endif
#if V_ROWS == 8
    V_TILES(7)
    V_TILES(8)
#endif
  }
}

#undef V_TILES
#undef V_TILE

static V_TARGET void V(multiply)(const wl_product *product, float *workspace) {
  const ptrdiff_t m = product->rows, n = product->columns, k = product->inner;
  const ptrdiff_t widest = V_VECTORS * V_LANES;
  const ptrdiff_t vectors = (n + V_LANES - 1) / V_LANES;
  float *packed_b = workspace;
  // Packing the left operand costs a pass over it, which pays where many panels read it again.
  const int is_packed = n > 2 * widest;
  const ptrdiff_t inner_block = WL_INNER_BLOCK;

  ptrdiff_t first = 0;
  do {
    const ptrdiff_t inner = k - first < inner_block ? k - first : inner_block;
    wl_block block = {inner, product->c_row, product->scale, first == 0, first + inner >= k};
    float *packed_a = packed_b + inner * vectors * V_LANES;
    const float *b = product->b + first * product->b_row;
    const float *a = product->a + first * product->a_column;

    if (is_packed) {
      for (ptrdiff_t i = 0; i < m; i += V_ROWS) {
        const ptrdiff_t rows = m - i < V_ROWS ? m - i : V_ROWS;
        pack_panel(inner, rows, a + i * product->a_row, product->a_row, product->a_column, V_ROWS, packed_a + i * inner);
      }
    }

    ptrdiff_t vector = 0;
    while (vector < vectors) {
      // A remainder of four vectors goes as two and two rather than three and one.
      const ptrdiff_t left = vectors - vector;
      const int nv = (int)(left >= V_VECTORS && left != V_VECTORS + 1 ? V_VECTORS : (left > 2 ? 2 : left));
      const ptrdiff_t column = vector * V_LANES;
      const ptrdiff_t columns = n - column < nv * V_LANES ? n - column : nv * V_LANES;
      float *panel = packed_b + inner * column;
      const float *source = b + column * product->b_column;
      switch (nv) {
      case 1: pack_panel(inner, columns, source, product->b_column, product->b_row, V_LANES, panel); break;
      case 2: pack_panel(inner, columns, source, product->b_column, product->b_row, 2 * V_LANES, panel); break;
      case 3: pack_panel(inner, columns, source, product->b_column, product->b_row, 3 * V_LANES, panel); break;
      }
      const float *initial = product->initial ? product->initial + column : 0;
      for (ptrdiff_t i = 0; i < m; i += V_ROWS) {
        const int mr = (int)(m - i < V_ROWS ? m - i : V_ROWS);
        const float *rows = is_packed ? packed_a + i * inner : a + i * product->a_row;
        V(any_tile)(mr, nv, is_packed, &block, rows, product->a_row, product->a_column, panel,
                    product->c + i * product->c_row + column, initial, columns);
      }
      vector += nv;
    }
    first += inner;
  } while (first < k);
}

#undef V_ROWS
#undef V_VECTORS
