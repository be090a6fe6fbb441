// Batch normalisation over any channel layout. The work is cut into pieces of at most ROWS positions by LANES channels;
// every piece writes its own partial result, and the partial results of a channel are combined in order.
#include <math.h>

#include "parallel.h"

enum { ROWS = 256, LANES = 16 };

typedef struct {
  fovea_channels layout;
  int64_t parts, strips;  // pieces of one channel block: along the positions, along the channels
  float epsilon;
  const float *g, *x, *moments, *scale, *bias, *residual, *sums;
  float *y, *partial;
  bool rectifies;
} job;

static void cut(job *j) {
  j->strips = fovea_ceil_div(j->layout.width, LANES);
  j->parts = fovea_ceil_div(j->layout.inner, ROWS);
}

static int64_t piece_count(const job *j) { return j->layout.outer * j->layout.blocks * j->strips * j->parts; }

typedef struct {
  int64_t rows, width, stride, channel, offset;
} piece;

FOVEA_INLINE int64_t piece_index(const job *j, int64_t image, int64_t block, int64_t part, int64_t strip) {
  return ((image * j->layout.blocks + block) * j->parts + part) * j->strips + strip;
}

// Neighbouring pieces are neighbours in memory, and go to one thread.
FOVEA_INLINE piece locate(const job *j, int64_t index) {
  fovea_channels l = j->layout;
  int64_t strip = index % j->strips, part = index / j->strips % j->parts, image_block = index / j->strips / j->parts;
  int64_t first = part * ROWS;
  return (piece){
      .rows = fovea_min(ROWS, l.inner - first),
      .width = fovea_min(LANES, l.width - strip * LANES),
      .stride = l.width,
      .channel = image_block % l.blocks * l.width + strip * LANES,
      .offset = (image_block * l.inner + first) * l.width + strip * LANES,
  };
}

static void run(job *j, fovea_body body) { fovea_parallel(piece_count(j), 4, j, body); }

// Two rows of LANES partial results for every piece.
size_t fovea_moments_scratch(fovea_channels layout) {
  job j = {.layout = layout};
  cut(&j);
  return (size_t)(piece_count(&j) * 2 * LANES) * sizeof(float);
}

// Of as many neighbouring channels as a register has.
#define MOMENTS(name, lanes)                                                                                           \
FOVEA_INLINE void name(const float *x, int64_t rows, int64_t stride, float *mean, float *m2) {                         \
  FOVEA_FAST_SUMS                                                                                                      \
  lanes a = 0, b = 0, c = 0, d = 0;                                                                                    \
  int64_t r = 0;                                                                                                       \
  for (; r + 4 <= rows; r += 4) {                                                                                      \
    const float *p = x + r * stride;                                                                                   \
    a += FOVEA_LOAD_AS(lanes, p), b += FOVEA_LOAD_AS(lanes, p + stride), c += FOVEA_LOAD_AS(lanes, p + 2 * stride), d += FOVEA_LOAD_AS(lanes, p + 3 * stride); \
  }                                                                                                                    \
  for (; r < rows; r++) a += FOVEA_LOAD_AS(lanes, x + r * stride);                                                     \
  lanes m = (a + b + c + d) / (float)rows;                                                                             \
  a = b = c = d = 0;                                                                                                   \
  for (r = 0; r + 4 <= rows; r += 4) {                                                                                 \
    const float *p = x + r * stride;                                                                                   \
    lanes e = FOVEA_LOAD_AS(lanes, p) - m, f = FOVEA_LOAD_AS(lanes, p + stride) - m, g = FOVEA_LOAD_AS(lanes, p + 2 * stride) - m, \
                h = FOVEA_LOAD_AS(lanes, p + 3 * stride) - m;                                                          \
    a += e * e, b += f * f, c += g * g, d += h * h;                                                                    \
  }                                                                                                                    \
  for (; r < rows; r++) {                                                                                              \
    lanes e = FOVEA_LOAD_AS(lanes, x + r * stride) - m;                                                                \
    a += e * e;                                                                                                        \
  }                                                                                                                    \
  FOVEA_STORE_AS(lanes, mean, m);                                                                                      \
  FOVEA_STORE_AS(lanes, m2, a + b + c + d);                                                                            \
}

MOMENTS(moments_16, fovea_lanes)
MOMENTS(moments_8, fovea_half_lanes)

FOVEA_INLINE void partial_moments(const float *x, int64_t rows, int64_t width, int64_t stride, float *mean, float *m2) {
  for (int64_t c = 0; c < width; c++) {
    float sum = 0, squares = 0;
    for (int64_t r = 0; r < rows; r++) sum += x[r * stride + c];
    float m = sum / (float)rows;
    for (int64_t r = 0; r < rows; r++) squares += (x[r * stride + c] - m) * (x[r * stride + c] - m);
    mean[c] = m, m2[c] = squares;
  }
}

FOVEA_KERNEL void fovea_moments_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(j, i);
    float *mean = j->partial + i * 2 * LANES, *m2 = mean + LANES;
    if (p.width == LANES) moments_16(j->x + p.offset, p.rows, p.stride, mean, m2);
    else if (p.width == LANES / 2) moments_8(j->x + p.offset, p.rows, p.stride, mean, m2);
    else partial_moments(j->x + p.offset, p.rows, p.width, p.stride, mean, m2);
  }
}

// The pairwise update of Chan, Golub & LeVeque 1983, eq. 1.5, in double: exact enough for any number of pieces.
void fovea_batch_moments(fovea_channels layout, const float *x, float *moments, float *scratch) {
  job j = {.layout = layout, .x = x, .partial = scratch};
  cut(&j);
  run(&j, fovea_moments_pieces);
  for (int64_t channel = 0; channel < layout.channels; channel++) {
    int64_t block = channel / layout.width, strip = channel % layout.width / LANES, lane = channel % layout.width % LANES;
    double count = 0, mean = 0, m2 = 0;
    for (int64_t image = 0; image < layout.outer; image++)
      for (int64_t part = 0; part < j.parts; part++) {
        const float *partial = scratch + piece_index(&j, image, block, part, strip) * 2 * LANES + lane;
        double rows = (double)fovea_min(ROWS, layout.inner - part * ROWS);
        double d = partial[0] - mean, total = count + rows;
        mean += d * rows / total;
        m2 += partial[LANES] + d * d * count * rows / total;
        count = total;
      }
    moments[channel] = (float)mean;
    moments[layout.channels + channel] = (float)(m2 / count);
  }
}

// y = a·x + b·z + c for the channels of a piece: normalisation (z is the residual) and its gradient (z is x). The
// coefficients of channels that only fill a block are zero.
#define LINES(lanes)                                                                   \
  do {                                                                                 \
    lanes va = FOVEA_LOAD_AS(lanes, a), vb = FOVEA_LOAD_AS(lanes, b), vc = FOVEA_LOAD_AS(lanes, c); \
    for (int64_t r = 0; r < rows; r++) {                                               \
      lanes v = va * FOVEA_LOAD_AS(lanes, x + r * stride) + vc;                        \
      if (z) v += vb * FOVEA_LOAD_AS(lanes, z + r * stride);                           \
      FOVEA_STORE_AS(lanes, y + r * stride, rectifies ? (v < 0 ? (lanes)0 : v) : v);   \
    }                                                                                  \
  } while (0)

FOVEA_INLINE void piece_lines(const float *x, const float *z, float *y, const piece *p, const float *a, const float *b,
                              const float *c, bool rectifies) {
  FOVEA_FAST_SUMS
  int64_t rows = p->rows, stride = p->stride;
  if (p->width == LANES) {
    LINES(fovea_lanes);
    return;
  }
  if (p->width == LANES / 2) {
    LINES(fovea_half_lanes);
    return;
  }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t k = 0; k < p->width; k++) {
      float v = a[k] * x[r * stride + k] + c[k];
      if (z) v += b[k] * z[r * stride + k];
      y[r * stride + k] = rectifies ? (v < 0 ? 0 : v) : v;
    }
}

FOVEA_INLINE void normalize_pieces(const job *j, int64_t begin, int64_t end, bool rectifies, bool adds) {
  int64_t channels = j->layout.channels;
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(j, i);
    float a[LANES] = {0}, b[LANES] = {0}, c[LANES] = {0};
    for (int64_t k = 0; k < p.width && p.channel + k < channels; k++) {
      int64_t channel = p.channel + k;
      a[k] = j->scale[channel] / sqrtf(j->moments[channels + channel] + j->epsilon);
      b[k] = 1;
      c[k] = j->bias[channel] - j->moments[channel] * a[k];
    }
    piece_lines(j->x + p.offset, adds ? j->residual + p.offset : NULL, j->y + p.offset, &p, a, b, c, rectifies);
  }
}

FOVEA_KERNEL void fovea_normalize_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  if (j->residual) {
    if (j->rectifies) normalize_pieces(j, begin, end, true, true);
    else normalize_pieces(j, begin, end, false, true);
  } else {
    if (j->rectifies) normalize_pieces(j, begin, end, true, false);
    else normalize_pieces(j, begin, end, false, false);
  }
}

void fovea_batch_normalize(fovea_channels layout, float epsilon, bool rectifies, const float *x, const float *moments,
                           const float *scale, const float *bias, const float *residual, float *y) {
  job j = {.layout = layout, .epsilon = epsilon, .x = x, .moments = moments, .scale = scale,
           .bias = bias, .residual = residual, .y = y, .rectifies = rectifies};
  cut(&j);
  run(&j, fovea_normalize_pieces);
}

// For every channel of a piece: Σ g·(x − μ), and Σ g.
#define SUMS(lanes)                                                                                              \
  do {                                                                                                           \
    lanes m = FOVEA_LOAD_AS(lanes, mean), a0 = 0, a1 = 0, b0 = 0, b1 = 0;                                         \
    int64_t r = 0;                                                                                               \
    for (; r + 2 <= rows; r += 2) {                                                                              \
      lanes v = FOVEA_LOAD_AS(lanes, g + r * stride), w = FOVEA_LOAD_AS(lanes, g + (r + 1) * stride);             \
      if (x) {                                                                                                   \
        a0 += v * (FOVEA_LOAD_AS(lanes, x + r * stride) - m);                                                     \
        a1 += w * (FOVEA_LOAD_AS(lanes, x + (r + 1) * stride) - m);                                               \
      }                                                                                                          \
      b0 += v, b1 += w;                                                                                          \
    }                                                                                                            \
    if (r < rows) {                                                                                              \
      lanes v = FOVEA_LOAD_AS(lanes, g + r * stride);                                                             \
      if (x) a0 += v * (FOVEA_LOAD_AS(lanes, x + r * stride) - m);                                                \
      b0 += v;                                                                                                   \
    }                                                                                                            \
    FOVEA_STORE_AS(lanes, products, a0 + a1);                                                                     \
    FOVEA_STORE_AS(lanes, sums, b0 + b1);                                                                         \
  } while (0)

FOVEA_INLINE void piece_sums(const float *g, const float *x, const piece *p, const float *mean, float *products,
                             float *sums) {
  FOVEA_FAST_SUMS
  int64_t rows = p->rows, stride = p->stride;
  if (p->width == LANES) {
    SUMS(fovea_lanes);
    return;
  }
  if (p->width == LANES / 2) {
    SUMS(fovea_half_lanes);
    return;
  }
  for (int64_t k = 0; k < p->width; k++) {
    float a = 0, b = 0;
    for (int64_t r = 0; r < rows; r++) {
      if (x) a += g[r * stride + k] * (x[r * stride + k] - mean[k]);
      b += g[r * stride + k];
    }
    products[k] = a, sums[k] = b;
  }
}

FOVEA_INLINE void sum_pieces(const job *j, int64_t begin, int64_t end, bool products) {
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(j, i);
    float mean[LANES] = {0}, *partial = j->partial + i * 2 * LANES;
    if (products)
      for (int64_t k = 0; k < p.width && p.channel + k < j->layout.channels; k++) mean[k] = j->moments[p.channel + k];
    piece_sums(j->g + p.offset, products ? j->x + p.offset : NULL, &p, mean, partial, partial + LANES);
  }
}

FOVEA_KERNEL void fovea_sums_pieces(void *context, int64_t begin, int64_t end) {
  sum_pieces(context, begin, end, false);
}

FOVEA_KERNEL void fovea_products_pieces(void *context, int64_t begin, int64_t end) {
  sum_pieces(context, begin, end, true);
}

// Adds the partial results of every channel, in order: row 0 (products) or 1 (sums) of each piece.
static void add_partials(const job *j, int64_t row, float *result) {
  fovea_channels l = j->layout;
  for (int64_t channel = 0; channel < l.channels; channel++) {
    int64_t block = channel / l.width, strip = channel % l.width / LANES, lane = channel % l.width % LANES;
    double sum = 0;
    for (int64_t image = 0; image < l.outer; image++)
      for (int64_t part = 0; part < j->parts; part++)
        sum += j->partial[(piece_index(j, image, block, part, strip) * 2 + row) * LANES + lane];
    result[channel] = (float)sum;
  }
}

void fovea_batch_norm_reductions(fovea_channels layout, float epsilon, const float *g, const float *x,
                                 const float *moments, float *sums, float *scratch) {
  job j = {.layout = layout, .g = g, .x = x, .moments = moments, .partial = scratch};
  cut(&j);
  run(&j, fovea_products_pieces);
  add_partials(&j, 0, sums);
  add_partials(&j, 1, sums + layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) sums[c] /= sqrtf(moments[layout.channels + c] + epsilon);
}

void fovea_channel_sums(fovea_channels layout, const float *x, float *sums, float *scratch) {
  job j = {.layout = layout, .g = x, .partial = scratch};
  cut(&j);
  run(&j, fovea_sums_pieces);
  add_partials(&j, 1, sums);
}

// dx = a·g + b·x + c with a = scale/σ, b = −a·Σ(g·x̂)/(M·σ), c = −a·Σg/M − b·μ.
FOVEA_KERNEL void fovea_gradient_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t channels = j->layout.channels;
  float count = (float)(j->layout.outer * j->layout.inner);
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(j, i);
    float a[LANES] = {0}, b[LANES] = {0}, c[LANES] = {0};
    for (int64_t k = 0; k < p.width && p.channel + k < channels; k++) {
      int64_t channel = p.channel + k;
      float reciprocal = 1 / sqrtf(j->moments[channels + channel] + j->epsilon);
      a[k] = j->scale[channel] * reciprocal;
      b[k] = -a[k] * j->sums[channel] * reciprocal / count;
      c[k] = -a[k] * j->sums[channels + channel] / count - b[k] * j->moments[channel];
    }
    piece_lines(j->g + p.offset, j->x + p.offset, j->y + p.offset, &p, a, b, c, false);
  }
}

void fovea_batch_norm_input_gradient(fovea_channels layout, float epsilon, const float *g, const float *x,
                                     const float *moments, const float *scale, const float *sums, float *dx) {
  job j = {.layout = layout, .epsilon = epsilon, .g = g, .x = x, .moments = moments, .scale = scale, .sums = sums,
           .y = dx};
  cut(&j);
  run(&j, fovea_gradient_pieces);
}
