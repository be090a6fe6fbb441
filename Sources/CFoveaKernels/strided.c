// Copies from one arrangement of a tensor to another.
#include "parallel.h"

typedef struct {
  fovea_strided space;
  const uint32_t *x;
  uint32_t *y;
} job;

// The offsets of row `row` of the iteration space (all axes but the last) in both tensors.
FOVEA_INLINE void locate(const fovea_strided *s, int64_t row, int64_t *offset) {
  offset[0] = offset[1] = 0;
  for (int64_t axis = s->rank - 2; axis >= 0; axis--) {
    int64_t index = row % s->size[axis];
    row /= s->size[axis];
    for (int t = 0; t < 2; t++) offset[t] += index * s->stride[t][axis];
  }
}

FOVEA_KERNEL void fovea_copy_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_strided *s = &j->space;
  int64_t last = s->rank - 1, n = s->size[last], sx = s->stride[0][last], sy = s->stride[1][last];
  for (int64_t row = begin; row < end; row++) {
    int64_t o[2];
    locate(s, row, o);
    const uint32_t *x = j->x + o[0];
    uint32_t *y = j->y + o[1];
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

void fovea_copy_strided(fovea_strided space, const uint32_t *x, uint32_t *y) {
  run((job){.space = space, .x = x, .y = y}, fovea_copy_rows);
}
