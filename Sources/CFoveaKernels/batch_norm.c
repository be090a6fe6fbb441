// Batch normalisation by given moments, and its gradient, over any channel layout: a line for every channel.
#include "batch_norm.h"

typedef struct {
  channel_pieces pieces;
  float epsilon;
  const float *moments, *scale, *bias, *sums;
  fovea_numbers x, z;
  fovea_result y;
  bool rectifies;
} job;

// y = a·x + b·z + c for the channels of a piece: normalisation (z is the residual) and its gradient (x is that of the
// result, z the input, which `counts` normalises, if it is not null). The coefficients of channels that only fill a block are
// zero. `row` reads a register, `store` writes one.
#define LINES(lanes, row, store)                                                                    \
  do {                                                                                              \
    lanes va = FOVEA_LOAD_AS(lanes, a), vb = FOVEA_LOAD_AS(lanes, b), vc = FOVEA_LOAD_AS(lanes, c); \
    lanes factor = 0, offset = 0;                                                                   \
    if (counts) factor = FOVEA_LOAD_AS(lanes, counts->factor), offset = FOVEA_LOAD_AS(lanes, counts->offset); \
    for (int64_t r = 0; r < rows; r++) {                                                            \
      lanes u = row(lanes, x, r), w = 0;                                                            \
      if (has_z) w = row(lanes, z, r);                                                              \
      if (counts) u = COUNTED(lanes, u, w, factor, offset);                                         \
      lanes v = va * u + vc;                                                                        \
      if (has_z) v += vb * w;                                                                       \
      v = rectifies ? (v < 0 ? (lanes)0 : v) : v;                                                   \
      store(lanes, y.at + r * y.stride, v);                                                         \
    }                                                                                               \
  } while (0)

#define ROUND_TO(lanes, address, value) fovea_narrow(rounds, &(value), address)

FOVEA_INLINE void narrow_lines(piece_halves x, piece_halves z, piece_halves y, int64_t rows, const float *a,
                               const float *b, const float *c, const normalization *counts, bool rectifies, bool has_z,
                               bool rounds) {
  FOVEA_FAST_SUMS
  LINES(fovea_lanes, WIDENED_ROW, ROUND_TO);
}

FOVEA_INLINE void piece_lines(piece_floats x, piece_floats z, piece_floats y, const piece *p, const float *a,
                              const float *b, const float *c, const normalization *counts, bool rectifies, bool has_z) {
  FOVEA_FAST_SUMS
  int64_t rows = p->rows;
  if (p->width == LANES) {
    LINES(fovea_lanes, ROW, FOVEA_STORE_AS);
    return;
  }
  if (p->width == LANES / 2) {
    LINES(fovea_half_lanes, ROW, FOVEA_STORE_AS);
    return;
  }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t k = 0; k < p->width; k++) {
      float u = x.at[r * x.stride + k], w = has_z ? z.at[r * z.stride + k] : 0;
      if (counts) u = COUNTED(float, u, w, counts->factor[k], counts->offset[k]);
      float v = a[k] * u + c[k];
      if (has_z) v += b[k] * w;
      y.at[r * y.stride + k] = rectifies ? (v < 0 ? 0 : v) : v;
    }
}

FOVEA_INLINE void lines(const job *j, const piece *p, const float *a, const float *b, const float *c,
                        const normalization *counts, bool rectifies, bool has_z, bool rounds) {
  if (is_direct(p, j->x.narrow && j->y.narrow && (!has_z || j->z.narrow))) {
    piece_halves x = halves_of(j->x.at, p), z = has_z ? halves_of(j->z.at, p) : x;
    narrow_lines(x, z, halves_of(j->y.at, p), p->rows, a, b, c, counts, rectifies, has_z, rounds);
    return;
  }
  // What is narrow is widened in the cache; the result may take the place of what has been widened.
  float x_place[ROWS * LANES] __attribute__((aligned(64))), z_place[ROWS * LANES] __attribute__((aligned(64)));
  piece_floats x = floats_of(j->x, p, x_place), z = has_z ? floats_of(j->z, p, z_place) : x;
  piece_lines(x, z, floats_for(j->y, p, x_place), p, a, b, c, counts, rectifies, has_z);
  finish(rounds, j->y, p, x_place);
}

FOVEA_INLINE void normalize_pieces(const job *j, int64_t begin, int64_t end, bool rectifies, bool adds, bool rounds) {
  int64_t channels = j->pieces.layout.channels;
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(&j->pieces, i);
    normalization n = normalization_of(&p, channels, j->epsilon, j->moments, j->scale, j->bias);
    float one[LANES] = {0};
    for (int64_t k = 0; k < p.width && p.channel + k < channels; k++) one[k] = 1;
    lines(j, &p, n.factor, one, n.offset, NULL, rectifies, adds, rounds);
  }
}

FOVEA_INLINE void normalize(const job *j, int64_t begin, int64_t end, bool rounds) {
  if (j->z.at) {
    if (j->rectifies) normalize_pieces(j, begin, end, true, true, rounds);
    else normalize_pieces(j, begin, end, false, true, rounds);
  } else {
    if (j->rectifies) normalize_pieces(j, begin, end, true, false, rounds);
    else normalize_pieces(j, begin, end, false, false, rounds);
  }
}

FOVEA_KERNEL void fovea_normalize_pieces(void *context, int64_t begin, int64_t end) {
  normalize(context, begin, end, false);
}
FOVEA_ROUNDING_KERNEL void fovea_normalize_pieces_rounding(void *context, int64_t begin, int64_t end) {
  normalize(context, begin, end, true);
}

static bool rounds(const job *j) { return j->y.narrow && fovea_rounds(); }

void fovea_batch_normalize(fovea_channels layout, float epsilon, bool rectifies, fovea_numbers x, const float *moments,
                           const float *scale, const float *bias, fovea_numbers residual, fovea_result y) {
  job j = {.pieces = cut(layout), .epsilon = epsilon, .moments = moments, .scale = scale, .bias = bias, .x = x,
           .z = residual, .y = y, .rectifies = rectifies};
  for_pieces(&j.pieces, &j, rounds(&j) ? fovea_normalize_pieces_rounding : fovea_normalize_pieces);
}

// dx = a·g + b·x + c with a = scale/σ, b = −a·Σ(g·x̂)/(M·σ), c = −a·Σg/M − b·μ.
FOVEA_INLINE void gradient_pieces(const job *j, int64_t begin, int64_t end, bool rectified, bool rounds) {
  fovea_channels l = j->pieces.layout;
  float count = (float)(l.outer * l.inner);
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(&j->pieces, i);
    float a[LANES] = {0}, b[LANES] = {0}, c[LANES] = {0};
    for (int64_t k = 0; k < p.width && p.channel + k < l.channels; k++) {
      int64_t channel = p.channel + k;
      float reciprocal = 1 / sqrtf(j->moments[l.channels + channel] + j->epsilon);
      a[k] = j->scale[channel] * reciprocal;
      b[k] = -a[k] * j->sums[channel] * reciprocal / count;
      c[k] = -a[k] * j->sums[l.channels + channel] / count - b[k] * j->moments[channel];
    }
    normalization n;
    if (rectified) n = normalization_of(&p, l.channels, j->epsilon, j->moments, j->scale, j->bias);
    lines(j, &p, a, b, c, rectified ? &n : NULL, false, true, rounds);
  }
}

FOVEA_INLINE void gradients(const job *j, int64_t begin, int64_t end, bool rounds) {
  if (j->bias) gradient_pieces(j, begin, end, true, rounds);
  else gradient_pieces(j, begin, end, false, rounds);
}

FOVEA_KERNEL void fovea_gradient_pieces(void *context, int64_t begin, int64_t end) {
  gradients(context, begin, end, false);
}
FOVEA_ROUNDING_KERNEL void fovea_gradient_pieces_rounding(void *context, int64_t begin, int64_t end) {
  gradients(context, begin, end, true);
}

void fovea_batch_norm_input_gradient(fovea_channels layout, float epsilon, fovea_numbers g, fovea_numbers x,
                                     const float *moments, const float *scale, const float *sums, const float *bias,
                                     fovea_result dx) {
  job j = {.pieces = cut(layout), .epsilon = epsilon, .moments = moments, .scale = scale, .bias = bias, .sums = sums,
           .x = g, .z = x, .y = dx};
  for_pieces(&j.pieces, &j, rounds(&j) ? fovea_gradient_pieces_rounding : fovea_gradient_pieces);
}
