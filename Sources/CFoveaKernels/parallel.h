// Parallel loops on libgomp's pool, and the attributes that compile a kernel for several instruction sets.
#pragma once

#include "fovea_kernels.h"

/// Compiled three times; the loader picks the best that the processor has.
#define FOVEA_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define FOVEA_INLINE static inline __attribute__((always_inline))

/// Compiled for processors that round to bfloat16 in one instruction: beside a FOVEA_KERNEL, for where `fovea_rounds` says so.
#define FOVEA_ROUNDING_KERNEL __attribute__((target("arch=x86-64-v4,avx512bf16"), min_vector_width(512)))
/// A part of one.
#define FOVEA_ROUNDING_INLINE __attribute__((always_inline)) FOVEA_ROUNDING_KERNEL static inline
static inline bool fovea_rounds(void) {
  return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
}

/// Lets the compiler add in another order and fuse multiplication with addition: the kernels' tests allow for it.
#define FOVEA_FAST_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

/// Before a loop whose output may be one of its inputs, element for element: the compiler may vectorise all the same.
#define FOVEA_EACH _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

/// 16 neighbouring floats at any address: one register of AVX-512, two of AVX.
typedef float fovea_lanes __attribute__((ext_vector_type(16), aligned(4)));
/// 8 of them: one register of AVX.
typedef float fovea_half_lanes __attribute__((ext_vector_type(8), aligned(4)));
#define FOVEA_LOAD(address) (*(const fovea_lanes *)(address))
#define FOVEA_STORE(address, value) (*(fovea_lanes *)(address) = (value))
#define FOVEA_LOAD_AS(type, address) (*(const type *)(address))
#define FOVEA_STORE_AS(type, address, value) (*(type *)(address) = (value))

typedef void (*fovea_body)(void *context, int64_t begin, int64_t end);

/// Runs `body` over 0..<count, each thread a run of whole pieces of `grain`; a small loop stays on this thread.
void fovea_parallel(int64_t count, int64_t grain, void *context, fovea_body body);

/// Sums of `parts` tensors of `count` floats, one after the other, in their order.
void fovea_add_parts(int64_t count, int64_t parts, const float *partial, float *sums);

FOVEA_INLINE int64_t fovea_min(int64_t a, int64_t b) { return a < b ? a : b; }
FOVEA_INLINE int64_t fovea_max(int64_t a, int64_t b) { return a > b ? a : b; }
FOVEA_INLINE int64_t fovea_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
