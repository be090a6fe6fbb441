// Activation functions of 16 numbers at a time.
#pragma once

#include "parallel.h"

typedef int32_t fovea_lane_integers __attribute__((ext_vector_type(16), may_alias));

/// eˣ − 1, to about one unit in the last place, also where it is near 0. Finite for every finite x: x is clamped to
/// ±87, where a float's exponent ends. Through a pointer: only kernels compiled for wide registers may pass one.
FOVEA_INLINE void fovea_exponential_minus_1(fovea_lanes *value) {
  fovea_lanes x = *value;
  x = x > 87.0f ? (fovea_lanes)87.0f : x;
  x = x < -87.0f ? (fovea_lanes)-87.0f : x;
  // x = n·ln 2 + r with |r| ≤ ln 2 / 2; adding 1.5·2²³ rounds to an integer.
  fovea_lanes shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
  fovea_lanes r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  fovea_lanes p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r * r + r;
  fovea_lane_integers exponent = (__builtin_convertvector(n, fovea_lane_integers) + 127) << 23;
  fovea_lanes power = *(fovea_lanes *)&exponent;
  *value = power * p + (power - 1.0f);
}

FOVEA_INLINE void fovea_activate_lanes(fovea_activation activation, fovea_lanes *value) {
  switch (activation) {
    case FOVEA_IDENTITY: break;
    case FOVEA_RELU: *value = *value < 0.0f ? (fovea_lanes)0.0f : *value; break;
    case FOVEA_TANH: {
      // tanh x = (e²ˣ − 1) / (e²ˣ + 1)
      fovea_lanes e = *value * 2.0f;
      fovea_exponential_minus_1(&e);
      *value = e / (e + 2.0f);
      break;
    }
    case FOVEA_SIGMOID: {
      fovea_lanes e = -*value;
      fovea_exponential_minus_1(&e);
      *value = 1.0f / (e + 2.0f);
    }
  }
}
