// The hot loops, in C. Every kernel exists in a portable version and in x86 versions chosen by an argument;
// all versions of a kernel give the same bits.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "instruction_set.h"
#include "float_kernels.h"
#include "convolution_kernels.h"
#include "pooling_kernels.h"
#include "normalization_kernels.h"
#include "optimizer_kernels.h"
#include "integer_kernels.h"
#include "fixed_point.h"

#endif
