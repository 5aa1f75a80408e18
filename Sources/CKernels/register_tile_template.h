// The register tiles of one version's convolutions; see float_versions.h for V, V_TARGET and V_LANES. A tile has up to
// V_ROWS rows of up to V_VECTORS vectors; TILE_SIZES(TILE) lists those compiled as TILE(rows, vectors), with as many sums
// as the version's registers hold beside a row of the right operand and one broadcast.

#undef V_ROWS
#undef V_VECTORS
#undef TILE_SIZES
#if V_LANES == 16
#define V_ROWS 12
#define V_VECTORS 2
#define TILE_SIZES(TILE)                                                                                      \
  TILE(1, 1) TILE(2, 1) TILE(4, 1) TILE(8, 1) TILE(12, 1) TILE(1, 2) TILE(2, 2) TILE(4, 2) TILE(8, 2) TILE(12, 2)
#elif V_LANES == 8
#define V_ROWS 12
#define V_VECTORS 2
#define TILE_SIZES(TILE)                                                                                      \
  TILE(1, 1) TILE(2, 1) TILE(4, 1) TILE(8, 1) TILE(12, 1) TILE(1, 2) TILE(2, 2) TILE(4, 2) TILE(6, 1) TILE(6, 2)
#else
#define V_ROWS 4
#define V_VECTORS 4
#define TILE_SIZES(TILE)                                                                                      \
  TILE(1, 1) TILE(2, 1) TILE(4, 1) TILE(1, 2) TILE(2, 2) TILE(4, 2) TILE(1, 3) TILE(2, 3) TILE(4, 3)          \
  TILE(1, 4) TILE(2, 4) TILE(4, 4)
#endif

// The largest height of a tile of `nv` vectors that `left` rows fill.
V_INLINE V_TARGET int V(tile_rows)(ptrdiff_t left, int nv) {
#if V_LANES == 16
  (void)nv;
  if (left >= 12) return 12;
  if (left >= 8) return 8;
#elif V_LANES == 8
  if (left >= 12 && nv == 1) return 12;
  if (left >= 8 && nv == 1) return 8;
  if (left >= 6 && nv == 2) return 6;
#else
  (void)nv;
#endif
  return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}
