#ifndef CKERNELS_OPTIMIZER_KERNELS_H
#define CKERNELS_OPTIMIZER_KERNELS_H

#include <stddef.h>
#include "instruction_set.h"

// One step of an optimizer. slope = fma(decay, w, g) throughout; fma(...) is rounded once, every other operation too.

// Gradient descent with momentum: v = fma(-rate, slope, momentum * v); w = w + v.
void wl_momentum_step(wl_isa isa, ptrdiff_t count, float rate, float momentum, float decay, const float *g,
                      float *v, float *w);

// RMSProp (Tieleman and Hinton, 2012): m = fma(keep, m, (1 - keep) * (slope * slope));
// w = fma(-rate, slope / (sqrt(m) + epsilon), w).
void wl_rmsprop_step(wl_isa isa, ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                     const float *g, float *m, float *w);

// AdaDelta (Zeiler, 2012, algorithm 1): m = fma(keep, m, (1 - keep) * (slope * slope));
// step = sqrt(u + epsilon) / sqrt(m + epsilon) * slope; u = fma(keep, u, (1 - keep) * (step * step));
// w = fma(-rate, step, w). Zeiler's rate is 1.
void wl_adadelta_step(wl_isa isa, ptrdiff_t count, float rate, float keep, float epsilon, float decay,
                      const float *g, float *m, float *u, float *w);

// Adam (Kingma and Ba, 2015, algorithm 1): m = fma(keep1, m, (1 - keep1) * slope);
// v = fma(keep2, v, (1 - keep2) * (slope * slope));
// w = fma(-rate, (m / correction1) / (sqrt(v / correction2) + epsilon), w).
// At step t, counted from 1, the caller gives correction1 = 1 - keep1^t and correction2 = 1 - keep2^t.
void wl_adam_step(wl_isa isa, ptrdiff_t count, float rate, float keep1, float keep2, float epsilon,
                  float correction1, float correction2, float decay, const float *g, float *m, float *v, float *w);

#endif
