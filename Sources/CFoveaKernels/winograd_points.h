// Winograd's algorithm along one axis: polynomials' products by their values at points. Lavin & Gray 2016, "Fast Algorithms for
// Convolutional Neural Networks", §4.1 and 4.3, for all of F(m, r) with m + r − 1 = `side` numbers: 6 have the points 0, 1, −1,
// 2, −2 and ∞; 4 have 0, 1, −1 and ∞, whose factors of 1 and ½ let bfloat16 numbers be multiplied.
#pragma once

#include "parallel.h"

enum {
  // Numbers of a tile along an axis, and in all.
  SIDE = 6,
  POSITIONS = SIDE * SIDE,
  PAIR_SIDE = 4,
  // The most weights of a window along an axis.
  MOST_WEIGHTS = 5,
};

// `…_step`: from one number to the next. Through pointers, as in activation.h.
#define WINOGRAD_POINTS(lanes)                                                                                  \
  /* Bᵀ·d, of inputs. */                                                                                        \
  FOVEA_INLINE void lanes##_inputs(int side, const lanes *d, int step, lanes *v) {                              \
    FOVEA_FAST_SUMS                                                                                             \
    lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];                                          \
    if (side == PAIR_SIDE) {                                                                                    \
      v[0] = d0 - d2;                                                                                           \
      v[1] = d2 + d1;                                                                                           \
      v[2] = d2 - d1;                                                                                           \
      v[3] = d3 - d1;                                                                                           \
      return;                                                                                                   \
    }                                                                                                           \
    lanes d4 = d[4 * step], d5 = d[5 * step];                                                                   \
    lanes even = d4 - 4 * d2, odd = d3 - 4 * d1, near = d4 - d2, far = 2 * (d3 - d1);                           \
    v[0] = 4 * d0 - 5 * d2 + d4;                                                                                \
    v[1] = even + odd;                                                                                          \
    v[2] = even - odd;                                                                                          \
    v[3] = near + far;                                                                                          \
    v[4] = near - far;                                                                                          \
    v[5] = 4 * d1 - 5 * d3 + d5;                                                                                \
  }                                                                                                             \
  /* G·w, of 2 to 5 weights. */                                                                                 \
  FOVEA_INLINE void lanes##_weights(int side, int count, const lanes *w, int step, lanes *u, int u_step) {      \
    FOVEA_FAST_SUMS                                                                                             \
    lanes zero = 0.0f, w0 = w[0], w1 = w[step], w2 = count > 2 ? w[2 * step] : zero;                            \
    if (side == PAIR_SIDE) {                                                                                    \
      lanes even = (w0 + w2) * 0.5f, odd = w1 * 0.5f;                                                           \
      u[0] = w0;                                                                                                \
      u[u_step] = even + odd;                                                                                   \
      u[2 * u_step] = even - odd;                                                                               \
      u[3 * u_step] = count > 2 ? w2 : w1;                                                                      \
      return;                                                                                                   \
    }                                                                                                           \
    lanes w3 = count > 3 ? w[3 * step] : zero, w4 = count > 4 ? w[4 * step] : zero;                             \
    lanes even = w0, odd = w1, far_even = w0 * (1 / 24.0f), far_odd = w1 * (1 / 12.0f);                         \
    if (count > 2) even += w2, far_even += w2 * (1 / 6.0f);                                                     \
    if (count > 3) odd += w3, far_odd += w3 * (1 / 3.0f);                                                       \
    if (count > 4) even += w4, far_even += w4 * (2 / 3.0f);                                                     \
    even *= -1 / 6.0f, odd *= 1 / 6.0f;                                                                         \
    u[0] = w0 * 0.25f;                                                                                          \
    u[u_step] = even - odd;                                                                                     \
    u[2 * u_step] = even + odd;                                                                                 \
    u[3 * u_step] = far_even + far_odd;                                                                         \
    u[4 * u_step] = far_even - far_odd;                                                                         \
    u[5 * u_step] = count > 4 ? w4 : count > 3 ? w3 : count > 2 ? w2 : w1;                                      \
  }                                                                                                             \
  /* Aᵀ·m, of 2 to 5 results. */                                                                                \
  FOVEA_INLINE void lanes##_results(int side, int count, const lanes *m, int step, lanes *y, int y_step) {      \
    FOVEA_FAST_SUMS                                                                                             \
    lanes m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], sum = m1 + m2, difference = m1 - m2;                \
    if (side == PAIR_SIDE) {                                                                                    \
      y[0] = m[0] + sum;                                                                                        \
      y[y_step] = count == 2 ? difference + m3 : difference;                                                    \
      if (count > 2) y[2 * y_step] = sum + m3;                                                                  \
      return;                                                                                                   \
    }                                                                                                           \
    lanes m4 = m[4 * step], last = m[5 * step];                                                                 \
    lanes far_sum = m3 + m4, far_difference = m3 - m4;                                                          \
    y[0] = m[0] + sum + far_sum;                                                                                \
    lanes odd = difference + 2 * far_difference, even = sum + 4 * far_sum;                                      \
    y[y_step] = count == 2 ? odd + last : odd;                                                                  \
    if (count > 2) y[2 * y_step] = count == 3 ? even + last : even;                                             \
    odd = difference + 8 * far_difference;                                                                      \
    if (count > 3) y[3 * y_step] = count == 4 ? odd + last : odd;                                               \
    if (count > 4) y[4 * y_step] = sum + 16 * far_sum + last;                                                   \
  }

WINOGRAD_POINTS(fovea_lanes)
WINOGRAD_POINTS(fovea_half_lanes)
