// Sums, means and largest values along one run of axes, and the cross-entropy of class scores; one-hot rows.
#include <float.h>
#include <math.h>

#include "parallel.h"

typedef struct {
  fovea_reduction kind;
  int64_t length, inner;
  const float *x;
  float *y;
} job;

FOVEA_INLINE float fold(fovea_reduction kind, float a, float b) {
  return kind == FOVEA_LARGEST ? (b > a ? b : a) : a + b;
}

// A long run is added in pieces, so that the rounding error does not grow with its length.
enum { PIECE = 256, STRIP = 64 };

FOVEA_INLINE void reduce_one(const job *j, fovea_reduction kind, int64_t outer) {
  FOVEA_FAST_SUMS
  float start = kind == FOVEA_LARGEST ? -INFINITY : 0, share = kind == FOVEA_MEAN ? 1 / (float)j->length : 1;
  const float *x = j->x + outer * j->length * j->inner;
  float *y = j->y + outer * j->inner;
  for (int64_t strip = 0; strip < j->inner; strip += STRIP) {
    int64_t n = fovea_min(STRIP, j->inner - strip);
    double total[STRIP];
    for (int64_t i = 0; i < n; i++) total[i] = start;
    for (int64_t first = 0; first < j->length; first += PIECE) {
      float part[STRIP];
      for (int64_t i = 0; i < n; i++) part[i] = start;
      if (j->inner == 1) {
        float p = start;
        for (int64_t k = first; k < fovea_min(first + PIECE, j->length); k++) p = fold(kind, p, x[k]);
        part[0] = p;
      } else
        for (int64_t k = first; k < fovea_min(first + PIECE, j->length); k++)
          for (int64_t i = 0; i < n; i++) part[i] = fold(kind, part[i], x[k * j->inner + strip + i]);
      for (int64_t i = 0; i < n; i++)
        total[i] = kind == FOVEA_LARGEST ? (part[i] > total[i] ? part[i] : total[i]) : total[i] + part[i];
    }
    for (int64_t i = 0; i < n; i++) y[strip + i] = (float)total[i] * share;
  }
}

FOVEA_KERNEL void fovea_reduce_outer(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t outer = begin; outer < end; outer++) switch (j->kind) {
      case FOVEA_SUM: reduce_one(j, FOVEA_SUM, outer); break;
      case FOVEA_MEAN: reduce_one(j, FOVEA_MEAN, outer); break;
      default: reduce_one(j, FOVEA_LARGEST, outer);
    }
}

void fovea_reduce(fovea_reduction kind, int64_t outer, int64_t length, int64_t inner, const float *x, float *y) {
  job j = {kind, length, inner, x, y};
  fovea_parallel(outer, fovea_max(1, 16384 / fovea_max(1, length * inner)), &j, fovea_reduce_outer);
}

typedef struct {
  int64_t length, inner;
  const float *g, *x, *y;
  float *dx;
} largest;

FOVEA_KERNEL void fovea_largest_gradient_outer(void *context, int64_t begin, int64_t end) {
  const largest *j = context;
  for (int64_t outer = begin; outer < end; outer++)
    for (int64_t strip = 0; strip < j->inner; strip += STRIP) {
      int64_t n = fovea_min(STRIP, j->inner - strip), start = outer * j->length * j->inner + strip;
      const float *x = j->x + start, *y = j->y + outer * j->inner + strip, *g = j->g + outer * j->inner + strip;
      float *dx = j->dx + start, share[STRIP];
      for (int64_t i = 0; i < n; i++) share[i] = 0;
      for (int64_t k = 0; k < j->length; k++)
        for (int64_t i = 0; i < n; i++) share[i] += x[k * j->inner + i] == y[i];
      for (int64_t i = 0; i < n; i++) share[i] = g[i] / share[i];
      for (int64_t k = 0; k < j->length; k++)
        for (int64_t i = 0; i < n; i++) dx[k * j->inner + i] = x[k * j->inner + i] == y[i] ? share[i] : 0;
    }
}

void fovea_largest_gradient(int64_t outer, int64_t length, int64_t inner, const float *g, const float *x,
                            const float *y, float *dx) {
  largest j = {length, inner, g, x, y, dx};
  fovea_parallel(outer, fovea_max(1, 16384 / fovea_max(1, length * inner)), &j, fovea_largest_gradient_outer);
}

typedef struct {
  int64_t classes;
  const float *g, *logits;
  const int32_t *labels;
  float *y;
} scores;

// The largest score of a row, and the logarithm of the sum of exponentials above it.
FOVEA_INLINE void row_sum(const float *x, int64_t classes, float *largest, float *sum) {
  float m = -INFINITY, s = 0;
  for (int64_t c = 0; c < classes; c++) m = x[c] > m ? x[c] : m;
  for (int64_t c = 0; c < classes; c++) s += expf(x[c] - m);
  *largest = m, *sum = s;
}

FOVEA_KERNEL void fovea_cross_entropy_rows(void *context, int64_t begin, int64_t end) {
  const scores *j = context;
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->logits + row * j->classes;
    float largest, sum;
    row_sum(x, j->classes, &largest, &sum);
    int32_t label = j->labels[row];
    j->y[row] = label >= 0 && label < j->classes ? logf(sum) + (largest - x[label]) : NAN;
  }
}

FOVEA_KERNEL void fovea_cross_entropy_gradient_rows(void *context, int64_t begin, int64_t end) {
  const scores *j = context;
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->logits + row * j->classes;
    float *y = j->y + row * j->classes, largest, sum;
    row_sum(x, j->classes, &largest, &sum);
    bool valid = j->labels[row] >= 0 && j->labels[row] < j->classes;
    for (int64_t c = 0; c < j->classes; c++)
      y[c] = !valid ? NAN : j->g[row] * (expf(x[c] - largest) / sum - (c == j->labels[row]));
  }
}

void fovea_cross_entropy(int64_t rows, int64_t classes, const float *logits, const int32_t *labels, float *losses) {
  scores j = {.classes = classes, .logits = logits, .labels = labels, .y = losses};
  fovea_parallel(rows, fovea_max(1, 2048 / classes), &j, fovea_cross_entropy_rows);
}

void fovea_cross_entropy_gradient(int64_t rows, int64_t classes, const float *g, const float *logits,
                                  const int32_t *labels, float *dx) {
  scores j = {.classes = classes, .g = g, .logits = logits, .labels = labels, .y = dx};
  fovea_parallel(rows, fovea_max(1, 2048 / classes), &j, fovea_cross_entropy_gradient_rows);
}

FOVEA_KERNEL void fovea_one_hot_rows(void *context, int64_t begin, int64_t end) {
  const scores *j = context;
  for (int64_t row = begin; row < end; row++)
    for (int64_t c = 0; c < j->classes; c++) j->y[row * j->classes + c] = c == j->labels[row];
}

void fovea_one_hot(int64_t rows, int64_t classes, const int32_t *labels, float *y) {
  scores j = {.classes = classes, .labels = labels, .y = y};
  fovea_parallel(rows, fovea_max(1, 16384 / classes), &j, fovea_one_hot_rows);
}
