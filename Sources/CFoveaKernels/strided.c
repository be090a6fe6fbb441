// Loops over tensors with arbitrary strides: broadcasting, and copies from one arrangement to another.
#include "parallel.h"

typedef struct {
  fovea_strided space;
  fovea_pair pair;
  const float *a, *b;
  const uint32_t *x;
  void *y;
} job;

// The offsets of row `row` of the iteration space (all axes but the last) in the three tensors.
FOVEA_INLINE void locate(const fovea_strided *s, int64_t row, int64_t *offset) {
  offset[0] = offset[1] = offset[2] = 0;
  for (int64_t axis = s->rank - 2; axis >= 0; axis--) {
    int64_t index = row % s->size[axis];
    row /= s->size[axis];
    for (int t = 0; t < 3; t++) offset[t] += index * s->stride[t][axis];
  }
}

FOVEA_INLINE float combine(fovea_pair pair, float a, float b) {
  switch (pair) {
    case FOVEA_ADD: return a + b;
    case FOVEA_SUBTRACT: return a - b;
    case FOVEA_MULTIPLY: return a * b;
    default: return a / b;
  }
}

FOVEA_INLINE void pair_row(fovea_pair pair, int64_t n, const float *a, int64_t sa, const float *b, int64_t sb, float *y,
                           int64_t sy) {
  if (sa == 1 && sb == 1 && sy == 1)
    FOVEA_EACH for (int64_t i = 0; i < n; i++) y[i] = combine(pair, a[i], b[i]);
  else if (sa == 1 && sb == 0 && sy == 1)
    FOVEA_EACH for (int64_t i = 0; i < n; i++) y[i] = combine(pair, a[i], b[0]);
  else if (sa == 0 && sb == 1 && sy == 1)
    FOVEA_EACH for (int64_t i = 0; i < n; i++) y[i] = combine(pair, a[0], b[i]);
  else
    for (int64_t i = 0; i < n; i++) y[i * sy] = combine(pair, a[i * sa], b[i * sb]);
}

FOVEA_KERNEL void fovea_pair_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_strided *s = &j->space;
  int64_t last = s->rank - 1, n = s->size[last];
  int64_t sa = s->stride[0][last], sb = s->stride[1][last], sy = s->stride[2][last];
  for (int64_t row = begin; row < end; row++) {
    int64_t o[3];
    locate(s, row, o);
    const float *a = j->a + o[0], *b = j->b + o[1];
    float *y = (float *)j->y + o[2];
    switch (j->pair) {
      case FOVEA_ADD: pair_row(FOVEA_ADD, n, a, sa, b, sb, y, sy); break;
      case FOVEA_SUBTRACT: pair_row(FOVEA_SUBTRACT, n, a, sa, b, sb, y, sy); break;
      case FOVEA_MULTIPLY: pair_row(FOVEA_MULTIPLY, n, a, sa, b, sb, y, sy); break;
      default: pair_row(FOVEA_DIVIDE, n, a, sa, b, sb, y, sy);
    }
  }
}

FOVEA_KERNEL void fovea_copy_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_strided *s = &j->space;
  int64_t last = s->rank - 1, n = s->size[last], sx = s->stride[0][last], sy = s->stride[1][last];
  for (int64_t row = begin; row < end; row++) {
    int64_t o[3];
    locate(s, row, o);
    const uint32_t *x = j->x + o[0];
    uint32_t *y = (uint32_t *)j->y + o[1];
    if (sx == 1 && sy == 1)
      for (int64_t i = 0; i < n; i++) y[i] = x[i];
    else
      for (int64_t i = 0; i < n; i++) y[i * sy] = x[i * sx];
  }
}

static void run(job j, fovea_body body) {
  int64_t rows = 1, last = j.space.rank - 1;
  for (int64_t axis = 0; axis < last; axis++) rows *= j.space.size[axis];
  fovea_parallel(rows, fovea_max(1, 16384 / fovea_max(1, j.space.size[last])), &j, body);
}

void fovea_pair_strided(fovea_pair pair, fovea_strided space, const float *a, const float *b, float *y) {
  run((job){.space = space, .pair = pair, .a = a, .b = b, .y = y}, fovea_pair_rows);
}

void fovea_copy_strided(fovea_strided space, const uint32_t *x, uint32_t *y) {
  run((job){.space = space, .x = x, .y = y}, fovea_copy_rows);
}
