#pragma STDC FP_CONTRACT OFF
// The steps of the optimizers: one source, compiled once for each version.
#include <math.h>
#include "optimizer_kernels.h"

#define WL_TEMPLATE "optimizers_template.h"
#include "float_versions.h"

void wl_momentum_step(wl_isa isa, ptrdiff_t count, float rate, float momentum, float decay, const float *g,
                      float *v, float *w) {
#define CALL(version) momentum_step_##version(count, rate, momentum, decay, g, v, w)
  CHOOSE(CALL)
#undef CALL
}

void wl_rmsprop_step(wl_isa isa, ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                     const float *g, float *m, float *w) {
#define CALL(version) rmsprop_step_##version(count, rate, keep, epsilon, decay, g, m, w)
  CHOOSE(CALL)
#undef CALL
}

void wl_adadelta_step(wl_isa isa, ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                      const float *g, float *m, float *u, float *w) {
#define CALL(version) adadelta_step_##version(count, rate, keep, epsilon, decay, g, m, u, w)
  CHOOSE(CALL)
#undef CALL
}

void wl_adam_step(wl_isa isa, ptrdiff_t count, float rate, float keep1, float keep2, float epsilon,
                  float correction1, float correction2, float decay, const float *g, float *m, float *v, float *w) {
#define CALL(version)                                                                                         \
  adam_step_##version(count, rate, keep1, keep2, epsilon, correction1, correction2, decay, g, m, v, w)
  CHOOSE(CALL)
#undef CALL
}
