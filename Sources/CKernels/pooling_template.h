// One version of the pooling kernels; see float_versions.h for V, V_TARGET and V_LANES. The lanes are channels.

typedef uint8_t V(bytes) __attribute__((vector_size(V_LANES)));

// For every window: its taps inside the image as `taps`, the distance of its first element from the next window's.
#define FOR_EACH_WINDOW(g)                                                                                    \
  for (ptrdiff_t r = 0; r < (g)->output_rows; r++)                                                            \
    for (ptrdiff_t c = 0; c < (g)->output_columns; c++)

#define FOR_EACH_TAP(taps)                                                                                    \
  for (ptrdiff_t i = (taps).first_row; i < (taps).last_row; i++)                                              \
    for (ptrdiff_t j = (taps).first_column; j < (taps).last_column; j++)

// The offset of the element under tap (i, j).
#define UNDER_TAP(g, taps) ((((taps).row + i) * (g)->columns + (taps).column + j) * channels)

static V_TARGET void V(maximum_pool)(const wl_pooling *g, ptrdiff_t channels, const float *x, float *y,
                                     uint8_t *winners) {
  FOR_EACH_WINDOW(g) {
    const wl_taps taps = taps_inside(g, r, c);
    for (ptrdiff_t k = 0; k < channels; k += V_LANES) {
      const ptrdiff_t count = channels - k;
      V(vector) most = {0};
      V(integers) winner = {0};
      int is_first = 1;
      FOR_EACH_TAP(taps) {
        const V(vector) value = V(load_part)(x + UNDER_TAP(g, taps) + k, count);
        const V(integers) number = (int32_t)(i * g->kernel_columns + j) - (V(integers)){0};
        const V(integers) wins = is_first ? (V(integers)){0} == 0 : value > most;
        most = V(select)(wins, value, most);
        winner = (number & wins) | (winner & ~wins);
        is_first = 0;
      }
      V(store_part)(y + k, most, count);
      // Lanes behind the last channel are written over by the next window, or stand in the room behind the last.
      const V(bytes) narrow = __builtin_convertvector(winner, V(bytes));
      memcpy(winners + k, &narrow, V_LANES);
    }
    y += channels;
    winners += channels;
  }
}

static V_TARGET void V(maximum_pool_gradient)(const wl_pooling *g, ptrdiff_t channels, const float *dy,
                                              const uint8_t *winners, float *dx) {
  // Where no element is under two windows, nothing but its zero stands there yet. Not to load it saves waiting for the
  // store just before, which partly covers it.
  const int is_disjoint = g->row_stride >= g->kernel_rows && g->column_stride >= g->kernel_columns;
  FOR_EACH_WINDOW(g) {
    const wl_taps taps = taps_inside(g, r, c);
    for (ptrdiff_t k = 0; k < channels; k += V_LANES) {
      const ptrdiff_t count = channels - k;
      V(bytes) narrow;
      memcpy(&narrow, winners + k, V_LANES);
      const V(integers) winner = __builtin_convertvector(narrow, V(integers));
      const V(vector) slope = V(load_part)(dy + k, count);
      FOR_EACH_TAP(taps) {
        float *to = dx + UNDER_TAP(g, taps) + k;
        const V(vector) before = is_disjoint ? (V(vector)){0} : V(load_part)(to, count);
        const V(integers) wins = winner == (int32_t)(i * g->kernel_columns + j);
        V(store_part)(to, V(select)(wins, before + slope, before), count);
      }
    }
    dy += channels;
    winners += channels;
  }
}

static V_TARGET void V(average_pool)(const wl_pooling *g, ptrdiff_t channels, const float *x, float *y) {
  FOR_EACH_WINDOW(g) {
    const wl_taps taps = taps_inside(g, r, c);
    const float number = (float)((taps.last_row - taps.first_row) * (taps.last_column - taps.first_column));
    for (ptrdiff_t k = 0; k < channels; k += V_LANES) {
      V(vector) sum = {0};
      FOR_EACH_TAP(taps) sum = sum + V(load_part)(x + UNDER_TAP(g, taps) + k, channels - k);
      V(store_part)(y + k, sum / number, channels - k);
    }
    y += channels;
  }
}

static V_TARGET void V(average_pool_gradient)(const wl_pooling *g, ptrdiff_t channels, const float *dy, float *dx) {
  FOR_EACH_WINDOW(g) {
    const wl_taps taps = taps_inside(g, r, c);
    const float number = (float)((taps.last_row - taps.first_row) * (taps.last_column - taps.first_column));
    for (ptrdiff_t k = 0; k < channels; k += V_LANES) {
      const V(vector) slope = V(load_part)(dy + k, channels - k) / number;
      FOR_EACH_TAP(taps) {
        float *to = dx + UNDER_TAP(g, taps) + k;
        V(store_part)(to, V(load_part)(to, channels - k) + slope, channels - k);
      }
    }
    dy += channels;
  }
}

#undef FOR_EACH_WINDOW
#undef FOR_EACH_TAP
#undef UNDER_TAP
