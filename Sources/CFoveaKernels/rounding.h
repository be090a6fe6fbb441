// Numbers of 16 bits beside floats, and functions that are asked one number at a time.
#pragma once

#include "activation.h"

/// What bfloat16 can hold, the even one of two: the upper half of the bits.
FOVEA_INLINE void fovea_round_to_bfloat16(fovea_lanes *value) {
  fovea_lane_integers bits = *(fovea_lane_integers *)value;
  bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & (fovea_lane_integers)(int32_t)0xFFFF0000;
  fovea_lanes rounded = *(fovea_lanes *)&bits;
  *value = *value == *value ? rounded : *value;
}

typedef uint16_t fovea_lane_halves __attribute__((ext_vector_type(16), aligned(2), may_alias));

/// 16 bfloat16 numbers as floats.
FOVEA_INLINE void fovea_widen(const uint16_t *x, float *y) {
  fovea_lane_integers bits = __builtin_convertvector(*(const fovea_lane_halves *)x, fovea_lane_integers) << 16;
  __builtin_memcpy(y, &bits, sizeof bits);
}

typedef __bf16 fovea_lane_bfloats __attribute__((ext_vector_type(16), aligned(2), may_alias));

/// 16 floats as the nearest bfloat16 numbers. `rounds`: whether this is code of a FOVEA_ROUNDING_KERNEL, whose instruction
/// takes what is below 2⁻¹²⁶ as 0.
FOVEA_INLINE void fovea_narrow(bool rounds, const float *x, uint16_t *y) {
  fovea_lanes value = FOVEA_LOAD(x);
  if (rounds) {
    *(fovea_lane_bfloats *)y = __builtin_convertvector(value, fovea_lane_bfloats);
    return;
  }
  fovea_round_to_bfloat16(&value);
  fovea_lane_integers bits = *(fovea_lane_integers *)&value;
  *(fovea_lane_halves *)y = __builtin_convertvector(bits >> 16, fovea_lane_halves);
}

/// Likewise of any number of them.
FOVEA_INLINE void fovea_widen_all(int64_t count, const uint16_t *x, float *y) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) fovea_widen(x + i, y + i);
  for (; i < count; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    __builtin_memcpy(y + i, &bits, sizeof bits);
  }
}

FOVEA_INLINE void fovea_narrow_all(bool rounds, int64_t count, const float *x, uint16_t *y) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) fovea_narrow(rounds, x + i, y + i);
  if (i == count) return;
  float wide[16] = {0};
  uint16_t narrow[16];
  for (int64_t k = i; k < count; k++) wide[k - i] = x[k];
  fovea_narrow(rounds, wide, narrow);
  for (int64_t k = i; k < count; k++) y[k] = narrow[k - i];
}

/// What float16 can hold, the even one of two: 10 bits behind the first, less below 2⁻¹⁴, infinite above 65504.
FOVEA_INLINE void fovea_round_to_float16(fovea_lanes *value) {
  fovea_lane_integers bits = *(fovea_lane_integers *)value, size = bits & 0x7FFFFFFF, sign = bits ^ size;
  fovea_lane_integers wide = (size + 0xFFF + ((size >> 13) & 1)) & ~0x1FFF;
  wide = wide > 0x477FE000 ? (fovea_lane_integers)0x7F800000 : wide;
  // Beside ½ the floats lie 2⁻²⁴ apart, as the smallest of 16 bits do.
  fovea_lanes small = *(fovea_lanes *)&size + 0.5f;
  small = small - 0.5f;
  wide = size < 0x38800000 ? *(fovea_lane_integers *)&small : wide;
  wide = wide | sign;
  fovea_lanes rounded = *(fovea_lanes *)&wide;
  *value = *value == *value ? rounded : *value;
}

FOVEA_INLINE void fovea_lane_by_lane(float (*function)(float), fovea_lanes *value) {
  float numbers[16];
  __builtin_memcpy(numbers, value, sizeof numbers);
  for (int i = 0; i < 16; i++) numbers[i] = function(numbers[i]);
  __builtin_memcpy(value, numbers, sizeof numbers);
}
