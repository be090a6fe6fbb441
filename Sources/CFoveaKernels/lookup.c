// Rows of a table by their numbers, and the sums on the way back.
#include <math.h>
#include <string.h>

#include "parallel.h"

enum { STRIP = 64 };

typedef struct {
  int64_t count, rows, width;
  const int32_t *indices;
  const float *x;
  float *y;
} job;

FOVEA_KERNEL void fovea_lookup_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    int64_t row = j->indices[i];
    float *y = j->y + i * j->width;
    if (row >= 0 && row < j->rows) memcpy(y, j->x + row * j->width, sizeof(float) * (size_t)j->width);
    else for (int64_t k = 0; k < j->width; k++) y[k] = NAN;
  }
}

// A piece is a strip of the columns: everything that comes to a number is added by one thread, in order.
FOVEA_KERNEL void fovea_lookup_gradient_strips(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t strip = begin; strip < end; strip++) {
    int64_t first = strip * STRIP, n = fovea_min(STRIP, j->width - first);
    for (int64_t row = 0; row < j->rows; row++) memset(j->y + row * j->width + first, 0, sizeof(float) * (size_t)n);
    for (int64_t i = 0; i < j->count; i++) {
      int64_t row = j->indices[i];
      if (row < 0 || row >= j->rows) continue;
      const float *g = j->x + i * j->width + first;
      float *y = j->y + row * j->width + first;
      FOVEA_EACH for (int64_t k = 0; k < n; k++) y[k] += g[k];
    }
  }
}

void fovea_lookup(int64_t count, int64_t rows, int64_t width, const float *table, const int32_t *indices, float *y) {
  job j = {count, rows, width, indices, table, y};
  fovea_parallel(count, fovea_max(1, 16384 / width), &j, fovea_lookup_rows);
}

void fovea_lookup_gradient(int64_t count, int64_t rows, int64_t width, const float *g, const int32_t *indices,
                           float *sums) {
  job j = {count, rows, width, indices, g, sums};
  fovea_parallel(fovea_ceil_div(width, STRIP), 1, &j, fovea_lookup_gradient_strips);
}
