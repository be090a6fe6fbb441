// Local response normalisation over neighbouring channels of rows.
#include <string.h>

#include "activation.h"

typedef struct {
  fovea_response r;
  const float *g, *x;
  float *y, *scratch;
  int64_t grain;
} job;

enum { PIECES = 64 };

// Room for a row with the window's reach on both sides, filled up to whole registers.
static int64_t padded(fovea_response r) { return fovea_ceil_div(r.channels + r.size, 16) * 16 + 32; }

size_t fovea_response_scratch(fovea_response r) { return (size_t)(PIECES * 3 * padded(r)) * sizeof(float); }

// k + alpha · Σ x² for a row; `squares` has room before and after the row.
FOVEA_INLINE void bases(fovea_response r, const float *x, float *squares, float *base) {
  FOVEA_FAST_SUMS
  int64_t before = r.size / 2;
  for (int64_t c = 0; c < r.channels; c++) squares[before + c] = x[c] * x[c];
  for (int64_t c = 0; c < r.channels; c += 16) {
    fovea_lanes sum = 0;
    for (int64_t i = 0; i < r.size; i++) sum += FOVEA_LOAD(squares + c + i);
    FOVEA_STORE(base + c, r.k + r.alpha * sum);
  }
}

FOVEA_KERNEL void fovea_response_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  fovea_response r = j->r;
  float *squares = j->scratch + begin / j->grain * 3 * padded(r), *base = squares + padded(r);
  memset(squares, 0, sizeof(float) * (size_t)(2 * padded(r)));
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->x + row * r.channels;
    float *y = j->y + row * r.channels;
    bases(r, x, squares, base);
    for (int64_t c = 0; c < r.channels; c += 16) {
      fovea_lanes power = FOVEA_LOAD(base + c);
      fovea_power(&power, -r.beta);
      FOVEA_STORE(base + c, power);
    }
    FOVEA_EACH for (int64_t c = 0; c < r.channels; c++) y[c] = x[c] * base[c];
  }
}

FOVEA_KERNEL void fovea_response_gradient_rows(void *context, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  const job *j = context;
  fovea_response r = j->r;
  float *squares = j->scratch + begin / j->grain * 3 * padded(r), *base = squares + padded(r),
        *products = base + padded(r);
  int64_t before = (r.size - 1) / 2;  // the window turned round
  memset(squares, 0, sizeof(float) * (size_t)(3 * padded(r)));
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->x + row * r.channels, *g = j->g + row * r.channels;
    float *dx = j->y + row * r.channels;
    bases(r, x, squares, base);
    for (int64_t c = 0; c < r.channels; c += 16) {
      fovea_lanes d = FOVEA_LOAD(base + c), power = d;
      fovea_power(&power, -r.beta);
      FOVEA_STORE(squares + c, power / d);
      FOVEA_STORE(base + c, power);
    }
    FOVEA_EACH for (int64_t c = 0; c < r.channels; c++) products[before + c] = g[c] * x[c] * squares[c];
    for (int64_t c = 0; c < r.channels; c += 16) {
      fovea_lanes sum = 0;
      for (int64_t i = 0; i < r.size; i++) sum += FOVEA_LOAD(products + c + i);
      FOVEA_STORE(squares + c, 2 * r.alpha * r.beta * sum);
    }
    FOVEA_EACH for (int64_t c = 0; c < r.channels; c++) dx[c] = g[c] * base[c] - x[c] * squares[c];
    memset(squares, 0, sizeof(float) * (size_t)padded(r));
  }
}

static void run(job j, fovea_body body) {
  j.grain = fovea_max(fovea_ceil_div(j.r.rows, PIECES), fovea_max(1, 4096 / j.r.channels));
  fovea_parallel(j.r.rows, j.grain, &j, body);
}

void fovea_response_norm(fovea_response r, const float *x, float *y, float *scratch) {
  run((job){.r = r, .x = x, .y = y, .scratch = scratch}, fovea_response_rows);
}

void fovea_response_norm_gradient(fovea_response r, const float *g, const float *x, float *dx, float *scratch) {
  run((job){.r = r, .g = g, .x = x, .y = dx, .scratch = scratch}, fovea_response_gradient_rows);
}
