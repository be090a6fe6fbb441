// Activation functions of 16 numbers at a time.
#pragma once

#include "parallel.h"

typedef int32_t fovea_lane_integers __attribute__((ext_vector_type(16), may_alias));

/// eˣ = 2ⁿ · (1 + p): takes x apart into n, a whole number, and p, to about one unit in the last place of p.
/// Through pointers: only kernels compiled for wide registers may pass such values.
FOVEA_INLINE void fovea_exponential_parts(const fovea_lanes *value, fovea_lanes *whole, fovea_lanes *fraction) {
  // x = n·ln 2 + r with |r| ≤ ln 2 / 2; adding 1.5·2²³ rounds to an integer.
  fovea_lanes x = *value, shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
  fovea_lanes r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  fovea_lanes p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  *fraction = p * r * r + r;
  *whole = n;
}

/// 2ⁿ for whole numbers n in -127...127; 0 for the first.
FOVEA_INLINE void fovea_power_of_2(fovea_lanes *value) {
  fovea_lane_integers exponent = (__builtin_convertvector(*value, fovea_lane_integers) + 127) << 23;
  *value = *(fovea_lanes *)&exponent;
}

/// eˣ − 1, to about one unit in the last place, also where it is near 0; infinite above the largest float.
FOVEA_INLINE void fovea_exponential_minus_1(fovea_lanes *value) {
  fovea_lanes x = *value, n, p;
  x = x > 89.0f ? (fovea_lanes)89.0f : x;
  x = x < -87.0f ? (fovea_lanes)-87.0f : x;
  fovea_exponential_parts(&x, &n, &p);
  // A large power in two parts: 2¹²⁸ is no float, though eˣ − 1 may still be one.
  fovea_lanes two = n > 0.0f ? (fovea_lanes)2.0f : (fovea_lanes)1.0f, one = n > 0.0f ? (fovea_lanes)0.5f : (fovea_lanes)1.0f;
  n = n > 0.0f ? n - 1.0f : n;
  fovea_power_of_2(&n);
  *value = (n * p + (n - one)) * two;
}

/// eˣ, to about one unit in the last place; 0 below the smallest normal number, infinite above the largest.
FOVEA_INLINE void fovea_exponential(fovea_lanes *value) {
  fovea_lanes x = *value, n, p;
  x = x > 89.0f ? (fovea_lanes)89.0f : x;
  x = x < -88.0f ? (fovea_lanes)-88.0f : x;
  fovea_exponential_parts(&x, &n, &p);
  // A large power in two parts: 2¹²⁸ is no float, though eˣ may still be one.
  fovea_lanes two = n > 0.0f ? (fovea_lanes)2.0f : (fovea_lanes)1.0f;
  n = n > 0.0f ? n - 1.0f : n;
  fovea_power_of_2(&n);
  p = (n * p + n) * two;
  *value = *value < -87.33654f ? (fovea_lanes)0.0f : p;
}

/// The natural logarithm, to about one unit in the last place.
FOVEA_INLINE void fovea_logarithm(fovea_lanes *value) {
  fovea_lanes x = *value, tiny = x < 1.17549435e-38f ? (fovea_lanes)8388608.0f : (fovea_lanes)1.0f;
  x = x * tiny;
  // x = 2ᵉ · m with m in √½…√2.
  fovea_lane_integers bits = *(fovea_lane_integers *)&x, e = (bits - 0x3F3504F3) >> 23;
  fovea_lane_integers mantissa = bits - (e << 23);
  fovea_lanes f = *(fovea_lanes *)&mantissa - 1.0f, n = __builtin_convertvector(e, fovea_lanes), z = f * f;
  n = tiny > 1.0f ? n - 23.0f : n;
  fovea_lanes p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  p = p * f * z - n * 2.12194440e-4f - 0.5f * z;
  p = f + p + n * 0.693359375f;
  x = *value;
  p = x <= 3.40282347e38f ? p : x;  // infinite stays so, and what is not a number
  p = x == 0.0f ? (fovea_lanes)-__builtin_inff() : p;
  *value = x < 0.0f ? (fovea_lanes)__builtin_nanf("") : p;
}

/// log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|).
FOVEA_INLINE void fovea_softplus(fovea_lanes *value) {
  fovea_lanes x = *value, y = x < 0.0f ? x : -x;
  fovea_exponential(&y);
  // log(1 + y) from the rounded sum u, with the rounding error put right: log u · y / (u − 1).
  fovea_lanes u = y + 1.0f, logarithm = u, rounded = u - 1.0f;
  fovea_logarithm(&logarithm);
  y = rounded == 0.0f ? y : logarithm * y / rounded;
  *value = x > 0.0f ? x + y : y;
}

/// xᵖ; 1 for p = 0, whatever x.
FOVEA_INLINE void fovea_power(fovea_lanes *value, float exponent) {
  if (exponent == 0) {
    *value = 1;
    return;
  }
  fovea_lanes x = *value, size = x < 0.0f ? -x : x;
  fovea_logarithm(&size);
  size = size * exponent;
  fovea_exponential(&size);
  float whole = __builtin_floorf(exponent);
  fovea_lanes negative = whole != exponent        ? (fovea_lanes)__builtin_nanf("")
                         : whole / 2 == __builtin_floorf(whole / 2) ? size
                                                                    : -size;
  *value = x < 0.0f ? negative : size;
}

/// The error function, a quotient of polynomials; ±1 from where a float cannot tell it from 1.
FOVEA_INLINE void fovea_error_function(fovea_lanes *value) {
  fovea_lanes x = *value;
  x = x > 3.8325069f ? (fovea_lanes)3.8325069f : x;
  x = x < -3.8325069f ? (fovea_lanes)-3.8325069f : x;
  fovea_lanes z = x * x, p = 0.00022905065861350646f, q = -1.1791602954361697e-7f;
  p = p * z + 0.0034082910107109506f;
  p = p * z + 0.050955695062380861f;
  p = p * z + 0.18520832239976145f;
  p = p * z + 1.128379143519084f;
  q = q * z + 0.000023547966471313185f;
  q = q * z + 0.0010179625278914885f;
  q = q * z + 0.014070470171167667f;
  q = q * z + 0.11098505178285362f;
  q = q * z + 0.49746925110067538f;
  q = q * z + 1.0f;
  *value = x * p / q;
}

/// The hyperbolic tangent, a quotient of polynomials fitted to the least relative error; ±1 from where a float cannot
/// tell it from 1, and never more.
FOVEA_INLINE void fovea_hyperbolic_tangent(fovea_lanes *value) {
  fovea_lanes x = *value, one = 1.0f, large = 9.01f;
  x = x > large ? large : x;
  x = x < -large ? -large : x;
  fovea_lanes z = x * x, p = 1.33190944e-8f, q = 7.76202884e-7f;
  p = p * z + 2.05834981e-5f;
  p = p * z + 3.4940356e-3f;
  p = p * z + 0.133797188f;
  p = p * z + 1.0f;
  q = q * z + 3.28309454e-4f;
  q = q * z + 2.58710772e-2f;
  q = q * z + 0.467130341f;
  q = q * z + 1.0f;
  x = x * p / q;
  x = ((x > one) | (*value > large)) ? one : x;
  *value = ((x < -one) | (*value < -large)) ? -one : x;
}

FOVEA_INLINE void fovea_activate_lanes(fovea_activation activation, fovea_lanes *value) {
  switch (activation) {
    case FOVEA_IDENTITY: break;
    case FOVEA_RELU: *value = *value < 0.0f ? (fovea_lanes)0.0f : *value; break;
    case FOVEA_TANH: fovea_hyperbolic_tangent(value); break;
    case FOVEA_SIGMOID: {
      fovea_lanes e = -*value;
      fovea_exponential_minus_1(&e);
      *value = 1.0f / (e + 2.0f);
    }
  }
}
