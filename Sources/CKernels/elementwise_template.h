// One version of the element-wise kernels; see float_versions.h for V and V_TARGET. Plain loops: the compiler
// vectorises them for the version's instructions, which cannot change a bit because every fused operation is
// written out and every sum runs in one order.

static inline __attribute__((always_inline)) V_TARGET float V(exponential)(float x) {
  // exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2; a degree-6 polynomial for exp(r). Inputs are
  // clamped where single precision under- or overflows, so n stays a normal exponent.
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float rounder = 12582912.0f;  // 1.5 * 2^23: adding and subtracting it rounds to an integer, ties to even
  float n = fmaf(x, 1.44269504088896341f, rounder) - rounder;
  float r = fmaf(n, -0.693145751953125f, x);
  r = fmaf(n, -1.42860682030941723e-6f, r);
  float p = 1.0f / 720.0f;
  p = fmaf(p, r, 1.0f / 120.0f);
  p = fmaf(p, r, 1.0f / 24.0f);
  p = fmaf(p, r, 1.0f / 6.0f);
  p = fmaf(p, r, 0.5f);
  p = fmaf(p, r, 1.0f);
  p = fmaf(p, r, 1.0f);
  int32_t bits = ((int32_t)n + 127) << 23;
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

static V_TARGET void V(sigmoid)(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = 1.0f / (1.0f + V(exponential)(-x[i]));
}

static V_TARGET void V(sigmoid_gradient)(ptrdiff_t count, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = d[i] * (y[i] * (1.0f - y[i]));
}

static V_TARGET void V(tanh)(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float size = __builtin_fabsf(x[i]);
    // Far out 1 - 2 / (exp(2 |x|) + 1); near 0 that would cancel, so an odd polynomial stands there (Cephes, tanhf).
    const float far = 1.0f - 2.0f / (V(exponential)(2.0f * size) + 1.0f);
    const float square = size * size;
    float p = -5.70498872745e-3f;
    p = fmaf(p, square, 2.06390887954e-2f);
    p = fmaf(p, square, -5.37397155531e-2f);
    p = fmaf(p, square, 1.33314422036e-1f);
    p = fmaf(p, square, -3.33332819422e-1f);
    const float near = fmaf(p * square, size, size);
    y[i] = __builtin_copysignf(size < 0.625f ? near : far, x[i]);
  }
}

static V_TARGET void V(tanh_gradient)(ptrdiff_t count, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = d[i] * fmaf(-y[i], y[i], 1.0f);
}

static V_TARGET void V(relu)(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

static V_TARGET void V(relu_gradient)(ptrdiff_t count, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = y[i] > 0.0f ? d[i] : 0.0f;
}

static V_TARGET void V(relu6)(ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float positive = x[i] > 0.0f ? x[i] : 0.0f;
    y[i] = positive < 6.0f ? positive : 6.0f;
  }
}

static V_TARGET void V(relu6_gradient)(ptrdiff_t count, const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = ((y[i] > 0.0f) & (y[i] < 6.0f)) ? d[i] : 0.0f;
}

static V_TARGET void V(add)(ptrdiff_t count, const float *a, const float *b, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

static V_TARGET void V(accumulate)(ptrdiff_t count, const float *restrict x, float *restrict y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = y[i] + x[i];
}

static V_TARGET void V(scale_by_mask)(ptrdiff_t count, float scale, const uint8_t *restrict mask, const float *x,
                                      float *y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = mask[i] != 0 ? scale * x[i] : 0.0f;
}

static V_TARGET void V(softmax)(ptrdiff_t rows, ptrdiff_t columns, float scale, const float *x, float *p) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    const float *row = x + i * columns;
    float *out = p + i * columns;
    float most = row[0];
    for (ptrdiff_t j = 1; j < columns; j++) most = row[j] > most ? row[j] : most;
    for (ptrdiff_t j = 0; j < columns; j++) out[j] = V(exponential)(scale * (row[j] - most));
    float sum = 0.0f;
    for (ptrdiff_t j = 0; j < columns; j++) sum += out[j];
    for (ptrdiff_t j = 0; j < columns; j++) out[j] = out[j] / sum;
  }
}

static V_TARGET void V(quantize)(ptrdiff_t count, float step, float limit, const float *restrict x,
                                 float *restrict q) {
  for (ptrdiff_t i = 0; i < count; i++) {
    double level = __builtin_floor(__builtin_fabs((double)x[i]) / (double)step + 0.5);
    level = level > (double)limit ? (double)limit : level;
    q[i] = (float)(x[i] < 0.0f ? -level : level);
  }
}

static V_TARGET void V(requantize)(ptrdiff_t count, double multiplier, double half, double scale, float low,
                                   float high, const float *restrict x, float *restrict r) {
  for (ptrdiff_t i = 0; i < count; i++) {
    // Products and sums of integers below 2^53, and a product with a power of two: all exact.
    double value = __builtin_floor(((double)x[i] * multiplier + half) * scale);
    value = value < (double)low ? (double)low : value;
    value = value > (double)high ? (double)high : value;
    r[i] = (float)value;
  }
}

static V_TARGET void V(look_up)(ptrdiff_t count, float low, const float *restrict table,
                                const float *restrict x, float *restrict y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = table[(int32_t)(x[i] - low)];
}

static V_TARGET void V(look_up_gradient)(ptrdiff_t count, float low, const float *restrict table,
                                         const float *restrict x, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = d[i] * table[(int32_t)(x[i] - low)];
}

static V_TARGET void V(map_bytes)(ptrdiff_t count, const float *restrict table, const uint8_t *restrict x,
                                  float *restrict y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = table[x[i]];
}

static V_TARGET void V(clip_gradient)(ptrdiff_t count, float high, const float *restrict x,
                                      const float *restrict y, float *restrict d) {
  for (ptrdiff_t i = 0; i < count; i++) d[i] = ((x[i] > 0.0f) & (y[i] < high)) ? d[i] : 0.0f;
}

// Four vectors of sums stay in registers while the rows pass by.
static V_TARGET void V(sum_rows)(ptrdiff_t rows, ptrdiff_t columns, float scale, const float *restrict x,
                                 float *restrict sums) {
  for (ptrdiff_t first = 0; first < columns; first += 4 * V_LANES) {
    V(vector) sum[4] = {{0}};
    V(mask) mask[4];
    for (int j = 0; j < 4; j++) {
      const ptrdiff_t left = columns - first - j * V_LANES;
      mask[j] = V(first_lanes)(left > 0 ? left : 0);
    }
    const float *from = x + first;
    if (columns - first <= V_LANES) {
      for (ptrdiff_t i = 0; i < rows; i++, from += columns) sum[0] = sum[0] + V(load_masked)(from, mask[0]);
    } else if (columns - first >= 4 * V_LANES) {
      for (ptrdiff_t i = 0; i < rows; i++, from += columns)
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) sum[j] = sum[j] + V(load)(from + j * V_LANES);
    } else {
      for (ptrdiff_t i = 0; i < rows; i++, from += columns)
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) sum[j] = sum[j] + V(load_masked)(from + j * V_LANES, mask[j]);
    }
    for (int j = 0; j < 4 && first + j * V_LANES < columns; j++)
      V(store_part)(sums + first + j * V_LANES, scale * sum[j], columns - first - j * V_LANES);
  }
}
