// The nearest floats of 16 bits, and functions that are asked one number at a time.
#pragma once

#include "activation.h"

/// What bfloat16 can hold, the even one of two: the upper half of the bits.
FOVEA_INLINE void fovea_round_to_bfloat16(fovea_lanes *value) {
  fovea_lane_integers bits = *(fovea_lane_integers *)value;
  bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & (fovea_lane_integers)(int32_t)0xFFFF0000;
  fovea_lanes rounded = *(fovea_lanes *)&bits;
  *value = *value == *value ? rounded : *value;
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
