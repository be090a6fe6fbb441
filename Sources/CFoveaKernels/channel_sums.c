// Moments and sums of every channel, over any channel layout. Every piece writes its own partial result, and the partial
// results of a channel are combined in order.
#include "batch_norm.h"

typedef struct {
  channel_pieces pieces;
  fovea_numbers g, x;
  float epsilon;
  const float *moments, *scale, *bias;
  float *partial;
} job;

// Two rows of LANES partial results for every piece.
size_t fovea_moments_scratch(fovea_channels layout) {
  channel_pieces pieces = cut(layout);
  return (size_t)(piece_count(&pieces) * 2 * LANES) * sizeof(float);
}

// Of as many neighbouring channels as a register has; `row` reads them.
#define MOMENTS(lanes, row)                                                                       \
  do {                                                                                            \
    lanes a = 0, b = 0, c = 0, d = 0;                                                             \
    int64_t r = 0;                                                                                \
    for (; r + 4 <= rows; r += 4)                                                                 \
      a += row(lanes, x, r), b += row(lanes, x, r + 1), c += row(lanes, x, r + 2), d += row(lanes, x, r + 3); \
    for (; r < rows; r++) a += row(lanes, x, r);                                                  \
    lanes m = (a + b + c + d) / (float)rows;                                                      \
    a = b = c = d = 0;                                                                            \
    for (r = 0; r + 4 <= rows; r += 4) {                                                          \
      lanes e = row(lanes, x, r) - m, f = row(lanes, x, r + 1) - m;                               \
      lanes g = row(lanes, x, r + 2) - m, h = row(lanes, x, r + 3) - m;                           \
      a += e * e, b += f * f, c += g * g, d += h * h;                                             \
    }                                                                                             \
    for (; r < rows; r++) {                                                                       \
      lanes e = row(lanes, x, r) - m;                                                             \
      a += e * e;                                                                                 \
    }                                                                                             \
    FOVEA_STORE_AS(lanes, mean, m);                                                               \
    FOVEA_STORE_AS(lanes, m2, a + b + c + d);                                                     \
  } while (0)

FOVEA_INLINE void narrow_moments(piece_halves x, int64_t rows, float *mean, float *m2) {
  FOVEA_FAST_SUMS
  MOMENTS(fovea_lanes, WIDENED_ROW);
}

FOVEA_INLINE void piece_moments(piece_floats x, int64_t rows, int64_t width, float *mean, float *m2) {
  FOVEA_FAST_SUMS
  if (width == LANES) {
    MOMENTS(fovea_lanes, ROW);
    return;
  }
  if (width == LANES / 2) {
    MOMENTS(fovea_half_lanes, ROW);
    return;
  }
  for (int64_t c = 0; c < width; c++) {
    float sum = 0, squares = 0;
    for (int64_t r = 0; r < rows; r++) sum += x.at[r * x.stride + c];
    float m = sum / (float)rows;
    for (int64_t r = 0; r < rows; r++) squares += (x.at[r * x.stride + c] - m) * (x.at[r * x.stride + c] - m);
    mean[c] = m, m2[c] = squares;
  }
}

FOVEA_KERNEL void fovea_moments_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  float place[ROWS * LANES] __attribute__((aligned(64)));
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(&j->pieces, i);
    float *mean = j->partial + i * 2 * LANES, *m2 = mean + LANES;
    if (is_direct(&p, j->x.narrow)) narrow_moments(halves_of(j->x.at, &p), p.rows, mean, m2);
    else piece_moments(floats_of(j->x, &p, place), p.rows, p.width, mean, m2);
  }
}

// The pairwise update of Chan, Golub & LeVeque 1983, eq. 1.5, in double: exact enough for any number of pieces.
void fovea_batch_moments(fovea_channels layout, fovea_numbers x, float *moments, float *scratch) {
  job j = {.pieces = cut(layout), .x = x, .partial = scratch};
  for_pieces(&j.pieces, &j, fovea_moments_pieces);
  for (int64_t channel = 0; channel < layout.channels; channel++) {
    int64_t block = channel / layout.width, strip = channel % layout.width / LANES, lane = channel % layout.width % LANES;
    double count = 0, mean = 0, m2 = 0;
    for (int64_t image = 0; image < layout.outer; image++)
      for (int64_t part = 0; part < j.pieces.parts; part++) {
        const float *partial = scratch + piece_index(&j.pieces, image, block, part, strip) * 2 * LANES + lane;
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

// Adds the products and the gradients of a row.
#define ADD_ROW(lanes, row, r, products, sums)                      \
  do {                                                              \
    lanes v = row(lanes, g, r), w = 0;                              \
    if (has_x) w = row(lanes, x, r);                                \
    if (counts) v = COUNTED(lanes, v, w, factor, offset);           \
    if (has_x) products += v * (w - m);                             \
    sums += v;                                                      \
  } while (0)

// For every channel of a piece: Σ g·(x − μ), if there is an x, and Σ g; of g what `counts` lets through, if it is not null.
#define SUMS(lanes, row)                                                  \
  do {                                                                    \
    lanes m = FOVEA_LOAD_AS(lanes, mean), a0 = 0, a1 = 0, b0 = 0, b1 = 0; \
    lanes factor = 0, offset = 0;                                         \
    if (counts) factor = FOVEA_LOAD_AS(lanes, counts->factor), offset = FOVEA_LOAD_AS(lanes, counts->offset); \
    int64_t r = 0;                                                        \
    for (; r + 2 <= rows; r += 2) {                                       \
      ADD_ROW(lanes, row, r, a0, b0);                                     \
      ADD_ROW(lanes, row, r + 1, a1, b1);                                 \
    }                                                                     \
    if (r < rows) ADD_ROW(lanes, row, r, a0, b0);                         \
    FOVEA_STORE_AS(lanes, products, a0 + a1);                             \
    FOVEA_STORE_AS(lanes, sums, b0 + b1);                                 \
  } while (0)

FOVEA_INLINE void narrow_sums(piece_halves g, piece_halves x, int64_t rows, bool has_x, const float *mean,
                              const normalization *counts, float *products, float *sums) {
  FOVEA_FAST_SUMS
  SUMS(fovea_lanes, WIDENED_ROW);
}

FOVEA_INLINE void piece_sums(piece_floats g, piece_floats x, int64_t rows, int64_t width, bool has_x, const float *mean,
                             const normalization *counts, float *products, float *sums) {
  FOVEA_FAST_SUMS
  if (width == LANES) {
    SUMS(fovea_lanes, ROW);
    return;
  }
  if (width == LANES / 2) {
    SUMS(fovea_half_lanes, ROW);
    return;
  }
  for (int64_t k = 0; k < width; k++) {
    float a = 0, b = 0;
    for (int64_t r = 0; r < rows; r++) {
      float v = g.at[r * g.stride + k], w = has_x ? x.at[r * x.stride + k] : 0;
      if (counts) v = COUNTED(float, v, w, counts->factor[k], counts->offset[k]);
      if (has_x) a += v * (w - mean[k]);
      b += v;
    }
    products[k] = a, sums[k] = b;
  }
}

FOVEA_INLINE void sum_pieces(const job *j, int64_t begin, int64_t end, bool has_x, bool rectified) {
  float g_place[ROWS * LANES] __attribute__((aligned(64))), x_place[ROWS * LANES] __attribute__((aligned(64)));
  for (int64_t i = begin; i < end; i++) {
    piece p = locate(&j->pieces, i);
    float mean[LANES] = {0}, *products = j->partial + i * 2 * LANES, *sums = products + LANES;
    for (int64_t k = 0; has_x && k < p.width && p.channel + k < j->pieces.layout.channels; k++)
      mean[k] = j->moments[p.channel + k];
    normalization n;
    if (rectified)
      n = normalization_of(&p, j->pieces.layout.channels, j->epsilon, j->moments, j->scale, j->bias);
    const normalization *counts = rectified ? &n : NULL;
    if (is_direct(&p, j->g.narrow && (!has_x || j->x.narrow))) {
      piece_halves g = halves_of(j->g.at, &p), x = halves_of(has_x ? j->x.at : j->g.at, &p);
      narrow_sums(g, x, p.rows, has_x, mean, counts, products, sums);
    } else {
      piece_floats g = floats_of(j->g, &p, g_place), x = has_x ? floats_of(j->x, &p, x_place) : g;
      piece_sums(g, x, p.rows, p.width, has_x, mean, counts, products, sums);
    }
  }
}

FOVEA_KERNEL void fovea_sums_pieces(void *context, int64_t begin, int64_t end) {
  sum_pieces(context, begin, end, false, false);
}

FOVEA_KERNEL void fovea_products_pieces(void *context, int64_t begin, int64_t end) {
  sum_pieces(context, begin, end, true, false);
}

FOVEA_KERNEL void fovea_rectified_products_pieces(void *context, int64_t begin, int64_t end) {
  sum_pieces(context, begin, end, true, true);
}

// Adds the partial results of every channel, in order: row 0 (products) or 1 (sums) of each piece.
static void add_partials(const job *j, int64_t row, float *result) {
  fovea_channels l = j->pieces.layout;
  for (int64_t channel = 0; channel < l.channels; channel++) {
    int64_t block = channel / l.width, strip = channel % l.width / LANES, lane = channel % l.width % LANES;
    double sum = 0;
    for (int64_t image = 0; image < l.outer; image++)
      for (int64_t part = 0; part < j->pieces.parts; part++)
        sum += j->partial[(piece_index(&j->pieces, image, block, part, strip) * 2 + row) * LANES + lane];
    result[channel] = (float)sum;
  }
}

void fovea_batch_norm_reductions(fovea_channels layout, float epsilon, fovea_numbers g, fovea_numbers x,
                                 const float *moments, const float *scale, const float *bias, float *sums, float *scratch) {
  job j = {.pieces = cut(layout), .g = g, .x = x, .epsilon = epsilon, .moments = moments, .scale = scale, .bias = bias,
           .partial = scratch};
  for_pieces(&j.pieces, &j, bias ? fovea_rectified_products_pieces : fovea_products_pieces);
  add_partials(&j, 0, sums);
  add_partials(&j, 1, sums + layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) sums[c] /= sqrtf(moments[layout.channels + c] + epsilon);
}

void fovea_channel_sums(fovea_channels layout, fovea_numbers x, float *sums, float *scratch) {
  job j = {.pieces = cut(layout), .g = x, .partial = scratch};
  for_pieces(&j.pieces, &j, fovea_sums_pieces);
  add_partials(&j, 1, sums);
}
