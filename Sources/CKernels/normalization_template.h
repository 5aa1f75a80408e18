// One version of batch normalization; see float_versions.h for V and V_TARGET. Channels stand side by side in memory and
// are the vectors' lanes, so every channel's sum runs over the rows in order whatever the version.

#ifndef WL_CHANNEL_BLOCK
// Channels whose sums stay in the first cache while the rows pass by.
#define WL_CHANNEL_BLOCK 64
#endif

static V_TARGET void V(channel_moments)(ptrdiff_t rows, ptrdiff_t channels, const float *restrict x, ptrdiff_t row,
                                        float *restrict mean, float *restrict variance) {
  for (ptrdiff_t first = 0; first < channels; first += WL_CHANNEL_BLOCK) {
    const ptrdiff_t count = channels - first < WL_CHANNEL_BLOCK ? channels - first : WL_CHANNEL_BLOCK;
    double center[WL_CHANNEL_BLOCK] = {0};
    double squares[WL_CHANNEL_BLOCK] = {0};
    for (ptrdiff_t i = 0; i < rows; i++) {
      const float *from = x + i * row + first;
      for (ptrdiff_t c = 0; c < count; c++) center[c] = center[c] + (double)from[c];
    }
    for (ptrdiff_t c = 0; c < count; c++) center[c] = center[c] / (double)rows;
    for (ptrdiff_t i = 0; i < rows; i++) {
      const float *from = x + i * row + first;
      for (ptrdiff_t c = 0; c < count; c++) {
        const double distance = (double)from[c] - center[c];
        squares[c] = fma(distance, distance, squares[c]);
      }
    }
    for (ptrdiff_t c = 0; c < count; c++) {
      mean[first + c] = (float)center[c];
      variance[first + c] = (float)(squares[c] / (double)rows);
    }
  }
}

static V_TARGET void V(inverse_deviation)(ptrdiff_t channels, float epsilon, const float *variance,
                                          float *inverse) {
  for (ptrdiff_t c = 0; c < channels; c++) inverse[c] = 1.0f / __builtin_elementwise_sqrt(variance[c] + epsilon);
}

static V_TARGET void V(normalize)(ptrdiff_t rows, ptrdiff_t channels, const float *x, ptrdiff_t row,
                                  const float *restrict mean, const float *restrict inverse,
                                  const float *restrict gamma, const float *restrict beta, float *y) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    const float *from = x + i * row;
    float *to = y + i * row;
    for (ptrdiff_t c = 0; c < channels; c++) to[c] = fmaf(gamma[c], (from[c] - mean[c]) * inverse[c], beta[c]);
  }
}

static V_TARGET void V(normalize_gradient_sums)(ptrdiff_t rows, ptrdiff_t channels, const float *restrict x,
                                                ptrdiff_t row, const float *restrict mean,
                                                const float *restrict inverse, const float *restrict dy,
                                                float *restrict dgamma, float *restrict dbeta) {
  for (ptrdiff_t first = 0; first < channels; first += WL_CHANNEL_BLOCK) {
    const ptrdiff_t count = channels - first < WL_CHANNEL_BLOCK ? channels - first : WL_CHANNEL_BLOCK;
    double slopes[WL_CHANNEL_BLOCK] = {0};
    double products[WL_CHANNEL_BLOCK] = {0};
    for (ptrdiff_t i = 0; i < rows; i++) {
      const float *from = x + i * row + first;
      const float *slope = dy + i * row + first;
      for (ptrdiff_t c = 0; c < count; c++) {
        const float normal = (from[c] - mean[first + c]) * inverse[first + c];
        slopes[c] = slopes[c] + (double)slope[c];
        products[c] = fma((double)slope[c], (double)normal, products[c]);
      }
    }
    for (ptrdiff_t c = 0; c < count; c++) {
      dgamma[first + c] = (float)products[c];
      dbeta[first + c] = (float)slopes[c];
    }
  }
}

static V_TARGET void V(normalize_gradient)(ptrdiff_t rows, ptrdiff_t channels, const float *restrict x,
                                           ptrdiff_t row, const float *restrict mean,
                                           const float *restrict inverse, const float *restrict gamma,
                                           const float *restrict dgamma, const float *restrict dbeta,
                                           ptrdiff_t batch, const float *dy, float *dx) {
  float factor[WL_CHANNEL_BLOCK], slope_mean[WL_CHANNEL_BLOCK], product_mean[WL_CHANNEL_BLOCK];
  for (ptrdiff_t first = 0; first < channels; first += WL_CHANNEL_BLOCK) {
    const ptrdiff_t count = channels - first < WL_CHANNEL_BLOCK ? channels - first : WL_CHANNEL_BLOCK;
    for (ptrdiff_t c = 0; c < count; c++) {
      factor[c] = gamma[first + c] * inverse[first + c];
      slope_mean[c] = dbeta[first + c] / (float)batch;
      product_mean[c] = dgamma[first + c] / (float)batch;
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
      const float *from = x + i * row + first;
      const float *slope = dy + i * row + first;
      float *to = dx + i * row + first;
      for (ptrdiff_t c = 0; c < count; c++) {
        const float normal = (from[c] - mean[first + c]) * inverse[first + c];
        to[c] = factor[c] * fmaf(-normal, product_mean[c], slope[c] - slope_mean[c]);
      }
    }
  }
}
