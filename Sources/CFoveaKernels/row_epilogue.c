// What follows a matrix product: bias, residual sum and activation of each row, in one pass.
#include "activation.h"

enum { GRAIN = 16384 };

typedef struct {
  int64_t columns;
  const float *bias, *residual;
  fovea_activation activation;
  float *y;
} job;

// 16 columns in place; the zeros stand for a bias or a residual that is not there.
FOVEA_INLINE void epilogue(const job *j, float *y, const float *bias, const float *residual) {
  static const float zeros[16] = {0};
  fovea_lanes v = FOVEA_LOAD(y) + FOVEA_LOAD(bias ? bias : zeros) + FOVEA_LOAD(residual ? residual : zeros);
  fovea_activate_lanes(j->activation, &v);
  FOVEA_STORE(y, v);
}

FOVEA_KERNEL void fovea_row_epilogue_rows(const job *j, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  int64_t whole = j->columns / 16 * 16, rest = j->columns - whole;
  for (int64_t row = begin; row < end; row++) {
    float *y = j->y + row * j->columns;
    const float *residual = j->residual ? j->residual + row * j->columns : 0;
    for (int64_t c = 0; c < whole; c += 16) {
      epilogue(j, y + c, j->bias ? j->bias + c : 0, residual ? residual + c : 0);
    }
    if (rest == 0) continue;
    float tail[3][16] = {{0}};
    __builtin_memcpy(tail[0], y + whole, (size_t)rest * sizeof(float));
    if (j->bias) __builtin_memcpy(tail[1], j->bias + whole, (size_t)rest * sizeof(float));
    if (residual) __builtin_memcpy(tail[2], residual + whole, (size_t)rest * sizeof(float));
    epilogue(j, tail[0], tail[1], tail[2]);
    __builtin_memcpy(y + whole, tail[0], (size_t)rest * sizeof(float));
  }
}

static void rows(void *context, int64_t begin, int64_t end) { fovea_row_epilogue_rows(context, begin, end); }

void fovea_row_epilogue(int64_t count, int64_t columns, const float *bias, const float *residual,
                        fovea_activation activation, float *y) {
  job j = {.columns = columns, .bias = bias, .residual = residual, .activation = activation, .y = y};
  fovea_parallel(count, fovea_max(1, GRAIN / columns), &j, rows);
}
