// One version of the optimizers' steps; see float_versions.h for V and V_TARGET. Plain loops, as in
// elementwise_template.h; square roots and quotients are IEEE's in every version.

static V_TARGET void V(momentum_step)(ptrdiff_t count, float rate, float momentum, float decay,
                                      const float *restrict g, float *restrict v, float *restrict w) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float slope = fmaf(decay, w[i], g[i]);
    v[i] = fmaf(-rate, slope, momentum * v[i]);
    w[i] = w[i] + v[i];
  }
}

static V_TARGET void V(rmsprop_step)(ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                                     const float *restrict g, float *restrict m, float *restrict w) {
  const float rest = 1.0f - keep;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float slope = fmaf(decay, w[i], g[i]);
    m[i] = fmaf(keep, m[i], rest * (slope * slope));
    w[i] = fmaf(-rate, slope / (__builtin_elementwise_sqrt(m[i]) + epsilon), w[i]);
  }
}

static V_TARGET void V(adadelta_step)(ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                                      const float *restrict g, float *restrict m, float *restrict u,
                                      float *restrict w) {
  const float rest = 1.0f - keep;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float slope = fmaf(decay, w[i], g[i]);
    m[i] = fmaf(keep, m[i], rest * (slope * slope));
    const float step =
        __builtin_elementwise_sqrt(u[i] + epsilon) / __builtin_elementwise_sqrt(m[i] + epsilon) * slope;
    u[i] = fmaf(keep, u[i], rest * (step * step));
    w[i] = fmaf(-rate, step, w[i]);
  }
}

static V_TARGET void V(adam_step)(ptrdiff_t count, float rate, float keep1, float keep2, float epsilon,
                                  float correction1, float correction2, float decay, const float *restrict g,
                                  float *restrict m, float *restrict v, float *restrict w) {
  const float rest1 = 1.0f - keep1;
  const float rest2 = 1.0f - keep2;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float slope = fmaf(decay, w[i], g[i]);
    m[i] = fmaf(keep1, m[i], rest1 * slope);
    v[i] = fmaf(keep2, v[i], rest2 * (slope * slope));
    w[i] = fmaf(-rate, (m[i] / correction1) / (__builtin_elementwise_sqrt(v[i] / correction2) + epsilon), w[i]);
  }
}
