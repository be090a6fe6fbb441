// Sums, means and largest values along one run of axes, and the cross-entropy of class scores; one-hot rows.
#include <float.h>
#include <math.h>

#include "activation.h"

typedef struct {
  fovea_reduction kind;
  int64_t length, inner;
  const float *x;
  float *y;
} job;

// The larger number; what is not a number wins.
FOVEA_INLINE double larger(double a, double b) { return a > b || a != a ? a : b; }

FOVEA_INLINE float fold(fovea_reduction kind, float a, float b) {
  return kind == FOVEA_LARGEST ? (b > a || b != b ? b : a) : a + b;
}

// A long run is added in pieces, so that the rounding error does not grow with its length.
enum { PIECE = 256, STRIP = 64 };

// a = a folded with b, for 16 numbers.
FOVEA_INLINE void fold_lanes(fovea_reduction kind, fovea_lanes *a, const fovea_lanes *b) {
  if (kind == FOVEA_LARGEST) *a = ((*b > *a) | (*b != *b)) ? *b : *a;
  else *a += *b;
}

FOVEA_INLINE void fold_load(fovea_reduction kind, fovea_lanes *a, const float *x) {
  fovea_lanes b = FOVEA_LOAD(x);
  fold_lanes(kind, a, &b);
}

// The fold of neighbouring numbers.
FOVEA_INLINE double reduce_run(const float *x, fovea_reduction kind, int64_t length) {
  float start = kind == FOVEA_LARGEST ? -INFINITY : 0;
  double total = start;
  for (int64_t first = 0; first < length; first += PIECE) {
    int64_t end = fovea_min(first + PIECE, length), k = first;
    fovea_lanes a = start, b = start, c = start, d = start;
    for (; k + 64 <= end; k += 64) {
      fold_load(kind, &a, x + k), fold_load(kind, &b, x + k + 16);
      fold_load(kind, &c, x + k + 32), fold_load(kind, &d, x + k + 48);
    }
    for (; k + 16 <= end; k += 16) fold_load(kind, &a, x + k);
    fold_lanes(kind, &a, &b), fold_lanes(kind, &c, &d), fold_lanes(kind, &a, &c);
    float part = start;
    for (int i = 0; i < 16; i++) part = fold(kind, part, a[i]);
    for (; k < end; k++) part = fold(kind, part, x[k]);
    total = kind == FOVEA_LARGEST ? larger(part, total) : total + part;
  }
  return total;
}

FOVEA_INLINE void reduce_one(const job *j, fovea_reduction kind, int64_t outer) {
  FOVEA_FAST_SUMS
  if (j->inner == 1) {
    double total = reduce_run(j->x + outer * j->length, kind, j->length);
    j->y[outer] = (float)(kind == FOVEA_MEAN ? total / (double)j->length : total);
    return;
  }
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
      for (int64_t k = first; k < fovea_min(first + PIECE, j->length); k++)
        for (int64_t i = 0; i < n; i++) part[i] = fold(kind, part[i], x[k * j->inner + strip + i]);
      for (int64_t i = 0; i < n; i++)
        total[i] = kind == FOVEA_LARGEST ? larger(part[i], total[i]) : total[i] + part[i];
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

// One long run, as of a loss, in parts that several threads take.
enum { PARTS = 64 };

typedef struct {
  fovea_reduction kind;
  int64_t length;
  const float *x;
  double parts[PARTS];
} whole;

FOVEA_KERNEL void fovea_reduce_parts(void *context, int64_t begin, int64_t end) {
  whole *j = context;
  for (int64_t part = begin; part < end; part++) {
    int64_t first = part * j->length / PARTS, length = (part + 1) * j->length / PARTS - first;
    j->parts[part] = j->kind == FOVEA_LARGEST ? reduce_run(j->x + first, FOVEA_LARGEST, length)
                                              : reduce_run(j->x + first, FOVEA_SUM, length);
  }
}

static float reduce_whole(fovea_reduction kind, int64_t length, const float *x) {
  whole j = {.kind = kind, .length = length, .x = x};
  fovea_parallel(PARTS, fovea_max(1, 16384 * PARTS / length), &j, fovea_reduce_parts);
  double total = j.parts[0];
  for (int i = 1; i < PARTS; i++)
    total = kind == FOVEA_LARGEST ? larger(j.parts[i], total) : total + j.parts[i];
  return (float)(kind == FOVEA_MEAN ? total / (double)length : total);
}

void fovea_reduce(fovea_reduction kind, int64_t outer, int64_t length, int64_t inner, const float *x, float *y) {
  if (outer == 1 && inner == 1 && length >= 16384) {
    y[0] = reduce_whole(kind, length, x);
    return;
  }
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
  float m = (float)reduce_run(x, FOVEA_LARGEST, classes), s = 0;
  fovea_lanes total = 0;
  int64_t c = 0;
  for (; c + 16 <= classes; c += 16) {
    fovea_lanes e = FOVEA_LOAD(x + c) - m;
    fovea_exponential(&e);
    total += e;
  }
  for (int i = 0; i < 16; i++) s += total[i];
  for (; c < classes; c++) s += expf(x[c] - m);
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
    float factor = valid ? j->g[row] / sum : NAN;
    int64_t c = 0;
    for (; c + 16 <= j->classes; c += 16) {
      fovea_lanes e = FOVEA_LOAD(x + c) - largest;
      fovea_exponential(&e);
      FOVEA_STORE(y + c, e * factor);
    }
    for (; c < j->classes; c++) y[c] = expf(x[c] - largest) * factor;
    if (valid) y[j->labels[row]] -= j->g[row];
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
