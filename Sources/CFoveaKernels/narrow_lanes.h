// Neighbouring numbers that lie in memory as floats or as bfloat16, the upper halves of floats, which are widened as they
// are read and rounded to the nearest, ties to even, as they are written. Which of them, a caller knows when it is compiled.
#pragma once

#include "parallel.h"

#define FOVEA_NARROW_LANES(lanes, count)                                                                        \
  typedef uint16_t lanes##_halves __attribute__((ext_vector_type(count), aligned(2), may_alias));               \
  typedef uint32_t lanes##_bits __attribute__((ext_vector_type(count), may_alias));                             \
  /* The numbers from `at` on. Through a pointer, as in activation.h. */                                        \
  FOVEA_INLINE void lanes##_read(const void *from, int64_t at, bool narrow, lanes *value) {                     \
    if (!narrow) {                                                                                              \
      *value = *(const lanes *)((const float *)from + at);                                                      \
    } else {                                                                                                    \
      lanes##_halves halves = *(const lanes##_halves *)((const uint16_t *)from + at);                           \
      lanes##_bits bits = __builtin_convertvector(halves, lanes##_bits) << 16;                                  \
      *value = *(lanes *)&bits;                                                                                 \
    }                                                                                                           \
  }                                                                                                             \
  FOVEA_INLINE void lanes##_write(void *to, int64_t at, bool narrow, const lanes *value) {                      \
    if (!narrow) {                                                                                              \
      *(lanes *)((float *)to + at) = *value;                                                                    \
    } else {                                                                                                    \
      lanes##_bits bits = *(const lanes##_bits *)value;                                                         \
      lanes##_bits rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;                                        \
      /* What is not a number stays so, whichever of its bits say it. */                                        \
      rounded = (bits & 0x7FFFFFFF) > 0x7F800000 ? (bits >> 16) | 0x40 : rounded;                               \
      *(lanes##_halves *)((uint16_t *)to + at) = __builtin_convertvector(rounded, lanes##_halves);              \
    }                                                                                                           \
  }

FOVEA_NARROW_LANES(fovea_lanes, 16)
FOVEA_NARROW_LANES(fovea_half_lanes, 8)

typedef __bf16 fovea_lane_bfloats __attribute__((ext_vector_type(16), aligned(2), may_alias));
typedef __bf16 fovea_pair_bfloats __attribute__((ext_vector_type(32), aligned(2), may_alias));

/// Writes 16 numbers as bfloat16. `rounds`: whether this is code of a FOVEA_ROUNDING_KERNEL, whose instruction takes what is
/// below 2⁻¹²⁶ as 0.
FOVEA_INLINE void fovea_narrow(bool rounds, const fovea_lanes *value, uint16_t *to) {
  if (rounds) *(fovea_lane_bfloats *)to = __builtin_convertvector(*value, fovea_lane_bfloats);
  else fovea_lanes_write(to, 0, true, value);
}

/// Writes 16 pairs of numbers as bfloat16.
FOVEA_ROUNDING_INLINE void fovea_narrow_pairs(const fovea_lanes *first, const fovea_lanes *second, uint16_t *to) {
  typedef float floats __attribute__((__vector_size__(64)));
  fovea_pair_bfloats both = __builtin_ia32_cvtne2ps2bf16_512((floats)*second, (floats)*first);
  *(fovea_pair_bfloats *)to = __builtin_shufflevector(
      both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
      15, 31);
}

/// Adds the products of 16 pairs of bfloat16 numbers to 16 sums.
FOVEA_ROUNDING_INLINE void fovea_add_pairs(fovea_lanes *sum, const fovea_lanes_bits *a, const fovea_lanes_bits *b) {
  typedef float floats __attribute__((__vector_size__(64)));
  typedef __bf16 pairs __attribute__((__vector_size__(64)));
  *sum = (fovea_lanes)__builtin_ia32_dpbf16ps_512((floats)*sum, (pairs)*a, (pairs)*b);
}

/// Any number of bfloat16 numbers as floats.
FOVEA_INLINE void fovea_widen_all(int64_t count, const uint16_t *x, float *y) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) fovea_lanes_read(x, i, true, (fovea_lanes *)(y + i));
  for (; i < count; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    __builtin_memcpy(y + i, &bits, sizeof bits);
  }
}

/// The other way.
FOVEA_INLINE void fovea_narrow_all(bool rounds, int64_t count, const float *x, uint16_t *y) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) fovea_narrow(rounds, (const fovea_lanes *)(x + i), y + i);
  if (i == count) return;
  fovea_lanes rest = 0.0f;
  uint16_t narrow[16];
  __builtin_memcpy(&rest, x + i, (size_t)(count - i) * sizeof(float));
  fovea_narrow(rounds, &rest, narrow);
  __builtin_memcpy(y + i, narrow, (size_t)(count - i) * sizeof(uint16_t));
}
