// Normalisation of rows: where an example is one position, its groups are runs of neighbouring numbers.
#include <math.h>

#include "group_norm.h"

FOVEA_INLINE float lane_sum(const fovea_lanes *v) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += (*v)[i];
  return sum;
}

FOVEA_INLINE void run_moments(const float *x, int64_t n, float epsilon, float *mean, float *reciprocal) {
  FOVEA_FAST_SUMS
  fovea_lanes a = 0, b = 0;
  float rest = 0;
  int64_t k = 0;
  for (; k + 2 * LANES <= n; k += 2 * LANES) a += FOVEA_LOAD(x + k), b += FOVEA_LOAD(x + k + LANES);
  for (; k < n; k++) rest += x[k];
  a += b;
  float m = (lane_sum(&a) + rest) / (float)n;
  a = b = 0, rest = 0;
  for (k = 0; k + 2 * LANES <= n; k += 2 * LANES) {
    fovea_lanes p = FOVEA_LOAD(x + k) - m, q = FOVEA_LOAD(x + k + LANES) - m;
    a += p * p, b += q * q;
  }
  for (; k < n; k++) rest += (x[k] - m) * (x[k] - m);
  a += b;
  *mean = m, *reciprocal = 1 / sqrtf((lane_sum(&a) + rest) / (float)n + epsilon);
}

FOVEA_KERNEL void fovea_row_norms(void *context, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  const group_job *j = context;
  int64_t n = j->layout.channels / j->groups;
  for (int64_t run = begin; run < end; run++) {
    const float *x = j->x + run * n, *scale = j->scale + run % j->groups * n, *bias = j->bias + run % j->groups * n;
    float *y = j->y + run * n, m, r;
    run_moments(x, n, j->epsilon, &m, &r);
    FOVEA_EACH for (int64_t k = 0; k < n; k++) y[k] = (x[k] - m) * r * scale[k] + bias[k];
  }
}

FOVEA_KERNEL void fovea_row_norm_gradients(void *context, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  const group_job *j = context;
  int64_t n = j->layout.channels / j->groups;
  for (int64_t run = begin; run < end; run++) {
    const float *x = j->x + run * n, *g = j->g + run * n, *scale = j->scale + run % j->groups * n;
    float *dx = j->y + run * n, m, r, sum = 0, product = 0;
    run_moments(x, n, j->epsilon, &m, &r);
    fovea_lanes p = 0, q = 0;
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES) {
      fovea_lanes v = FOVEA_LOAD(g + k) * FOVEA_LOAD(scale + k);
      p += v, q += v * (FOVEA_LOAD(x + k) - m);
    }
    for (; k < n; k++) sum += g[k] * scale[k], product += g[k] * scale[k] * (x[k] - m);
    sum = (sum + lane_sum(&p)) / (float)n, product = (product + lane_sum(&q)) / (float)n * r * r;
    FOVEA_EACH for (k = 0; k < n; k++) dx[k] = r * (g[k] * scale[k] - sum - (x[k] - m) * product);
  }
}

// A piece of the reductions is a run of rows; parts of ROWS rows are added as floats, the parts as doubles.
FOVEA_KERNEL void fovea_row_norm_sums(void *context, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  const group_job *j = context;
  int64_t rows = j->layout.outer, channels = j->layout.channels, n = channels / j->groups;
  for (int64_t piece = begin; piece < end; piece++) {
    double *products = j->sums + piece * 2 * channels, *sums = products + channels;
    float *p = j->scratch + piece * ARRAYS * fovea_padded(j->range), *q = p + channels;
    for (int64_t c = 0; c < 2 * channels; c++) products[c] = 0;
    int64_t row = piece * rows / j->pieces, last = (piece + 1) * rows / j->pieces;
    while (row < last) {
      for (int64_t c = 0; c < 2 * channels; c++) p[c] = 0;
      for (int64_t stop = fovea_min(row + ROWS, last); row < stop; row++)
        for (int64_t group = 0; group < j->groups; group++) {
          const float *x = j->x + row * channels + group * n, *g = j->g + row * channels + group * n;
          float m, r, *a = p + group * n, *b = q + group * n;
          run_moments(x, n, j->epsilon, &m, &r);
          FOVEA_EACH for (int64_t k = 0; k < n; k++) a[k] += g[k] * (x[k] - m) * r, b[k] += g[k];
        }
      for (int64_t c = 0; c < 2 * channels; c++) products[c] += p[c];
    }
  }
}

static void run(group_job *j, fovea_body body) {
  int64_t runs = j->layout.outer * j->groups;
  fovea_parallel(runs, fovea_max(1, 8192 * j->groups / j->layout.channels), j, body);
}

void fovea_row_norm(group_job *j) { run(j, fovea_row_norms); }

void fovea_row_norm_input_gradient(group_job *j) { run(j, fovea_row_norm_gradients); }

void fovea_row_norm_reductions(group_job *j) { fovea_parallel(j->pieces, 1, j, fovea_row_norm_sums); }
