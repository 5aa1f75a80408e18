// One version of the depthwise convolution; see float_versions.h for V, V_TARGET and V_LANES. The lanes are channels.

#ifndef WL_DEPTHWISE_POSITIONS
// Positions that share a load of the weights, and taps whose sums of the weight gradient stay in registers.
#define WL_DEPTHWISE_POSITIONS 8
#define WL_DEPTHWISE_TAPS 9
#endif

V_INLINE V_TARGET void V(depthwise_tile)(const int mr, const wl_window *window, const float *const *positions,
                                         const float *weights, V(vector) initial, float scale, float *y,
                                         ptrdiff_t y_pixel, ptrdiff_t count) {
  V(vector) sum[WL_DEPTHWISE_POSITIONS];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++) sum[i] = initial;
  for (ptrdiff_t s = 0; s < window->segments; s++) {
    const ptrdiff_t offset = window->segment_offsets[s];
    const V(vector) weight = V(load_part)(weights + s * window->segment_length, count);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
      sum[i] = __builtin_elementwise_fma(V(load_part)(positions[i] + offset, count), weight, sum[i]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++) V(store_part)(y + i * y_pixel, sum[i] * scale, count);
}

static V_TARGET void V(depthwise)(const wl_window *window, const float *x, const float *weights,
                                  const float *initial, float scale, float *y, ptrdiff_t y_pixel) {
  const ptrdiff_t channels = window->segment_length;
  const ptrdiff_t count = window->rows * window->columns;
  ptrdiff_t row = 0, column = 0;
  for (ptrdiff_t p = 0; p < count;) {
    const int mr = count - p < WL_DEPTHWISE_POSITIONS ? 1 : WL_DEPTHWISE_POSITIONS;
    const float *positions[WL_DEPTHWISE_POSITIONS];
    for (int i = 0; i < mr; i++) {
      positions[i] = x + row * window->row_step + column * window->column_step;
      if (++column == window->columns) {
        column = 0;
        row++;
      }
    }
    for (ptrdiff_t c = 0; c < channels; c += V_LANES) {
      const V(vector) start = initial ? V(load_part)(initial + c, channels - c) : (V(vector)){0};
      float *to = y + p * y_pixel + c;
      if (mr == 1)
        V(depthwise_tile)(1, window, positions, weights + c, start, scale, to, y_pixel, channels - c);
      else
        V(depthwise_tile)(WL_DEPTHWISE_POSITIONS, window, positions, weights + c, start, scale, to, y_pixel,
                          channels - c);
      for (int i = 0; i < mr; i++) positions[i] += V_LANES;
    }
    p += mr;
  }
}

V_INLINE V_TARGET void V(depthwise_weight_tile)(const int taps, const wl_window *window, const ptrdiff_t *offsets,
                                                const float *dy, ptrdiff_t dy_pixel, const float *x, int is_first,
                                                float *dw, ptrdiff_t count) {
  V(vector) sum[WL_DEPTHWISE_TAPS];
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++)
    sum[t] = is_first ? (V(vector)){0} : V(load_part)(dw + t * window->segment_length, count);
  for (ptrdiff_t r = 0; r < window->rows; r++) {
    const float *at = x + r * window->row_step;
    for (ptrdiff_t c = 0; c < window->columns; c++) {
      const V(vector) slope = V(load_part)(dy, count);
#pragma clang loop unroll(full)
      for (int t = 0; t < taps; t++)
        sum[t] = __builtin_elementwise_fma(slope, V(load_part)(at + offsets[t], count), sum[t]);
      at += window->column_step;
      dy += dy_pixel;
    }
  }
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++) V(store_part)(dw + t * window->segment_length, sum[t], count);
}

static V_TARGET void V(depthwise_weight_gradient)(const wl_window *window, const float *dy, ptrdiff_t dy_pixel,
                                                  const float *x, int is_first, float *dw) {
  const ptrdiff_t channels = window->segment_length;
  for (ptrdiff_t c = 0; c < channels; c += V_LANES) {
    for (ptrdiff_t s = 0; s < window->segments;) {
      const ptrdiff_t left = window->segments - s;
      const ptrdiff_t *offsets = window->segment_offsets + s;
      float *to = dw + s * channels + c;
      if (left >= WL_DEPTHWISE_TAPS) {
        V(depthwise_weight_tile)(WL_DEPTHWISE_TAPS, window, offsets, dy + c, dy_pixel, x + c, is_first, to, channels - c);
        s += WL_DEPTHWISE_TAPS;
      } else if (left >= 4) {
        V(depthwise_weight_tile)(4, window, offsets, dy + c, dy_pixel, x + c, is_first, to, channels - c);
        s += 4;
      } else {
        V(depthwise_weight_tile)(1, window, offsets, dy + c, dy_pixel, x + c, is_first, to, channels - c);
        s += 1;
      }
    }
  }
}

static V_TARGET void V(depthwise_input_gradient)(const wl_window *window, const float *dy, ptrdiff_t dy_pixel,
                                                 const float *weights, float scale, float *dx) {
  const ptrdiff_t channels = window->segment_length;
  for (ptrdiff_t r = 0; r < window->rows; r++)
    for (ptrdiff_t c = 0; c < window->columns; c++) {
      float *at = dx + r * window->row_step + c * window->column_step;
      for (ptrdiff_t k = 0; k < channels; k += V_LANES) {
        const V(vector) slope = V(load_part)(dy + k, channels - k) * scale;
        for (ptrdiff_t s = 0; s < window->segments; s++) {
          float *to = at + window->segment_offsets[s] + k;
          const V(vector) weight = V(load_part)(weights + s * channels + k, channels - k);
          const V(vector) sum = __builtin_elementwise_fma(slope, weight, V(load_part)(to, channels - k));
          V(store_part)(to, sum, channels - k);
        }
      }
      dy += dy_pixel;
    }
}
