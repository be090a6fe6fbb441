// What follows a matrix product: bias, residual sum and activation of each row, in one pass.
#include "activation.h"

enum { GRAIN = 16384 };

typedef struct {
  int64_t columns;
  const float *bias, *residual;
  fovea_activation activation;
  float *y;
} job;

FOVEA_KERNEL void fovea_row_epilogue_rows(const job *j, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  for (int64_t row = begin; row < end; row++) {
    float *y = j->y + row * j->columns;
    const float *residual = j->residual ? j->residual + row * j->columns : 0;
    for (int64_t c = 0; c < j->columns; c += 16) {
      int64_t n = fovea_min(16, j->columns - c);
      float tail[3][16] = {{0}};
      const float *from = y + c, *bias = j->bias ? j->bias + c : tail[1], *other = residual ? residual + c : tail[2];
      float *to = y + c;
      if (n < 16) {
        __builtin_memcpy(tail[0], from, (size_t)n * sizeof(float));
        if (j->bias) __builtin_memcpy(tail[1], bias, (size_t)n * sizeof(float));
        if (residual) __builtin_memcpy(tail[2], other, (size_t)n * sizeof(float));
        from = to = tail[0], bias = tail[1], other = tail[2];
      }
      fovea_lanes v = FOVEA_LOAD(from) + FOVEA_LOAD(bias) + FOVEA_LOAD(other);
      fovea_activate_lanes(j->activation, &v);
      FOVEA_STORE(to, v);
      if (n < 16) __builtin_memcpy(y + c, tail[0], (size_t)n * sizeof(float));
    }
  }
}

static void rows(void *context, int64_t begin, int64_t end) { fovea_row_epilogue_rows(context, begin, end); }

void fovea_row_epilogue(int64_t count, int64_t columns, const float *bias, const float *residual,
                        fovea_activation activation, float *y) {
  job j = {.columns = columns, .bias = bias, .residual = residual, .activation = activation, .y = y};
  fovea_parallel(count, fovea_max(1, GRAIN / columns), &j, rows);
}
