// Sparse linear maps along one axis, or along two neighbouring axes at once: `outer × rows × columns × inner`.
#include <string.h>

#include "parallel.h"

typedef struct {
  fovea_sparse rows, columns;
  int64_t inner, grain, slots;
  const float *x;
  float *y, *scratch;
} job;

// y = Σ weight · x[index & mask] over the entries of `row`; x has rows of `length`.
FOVEA_INLINE void combine(const fovea_sparse *m, int64_t row, const float *x, int64_t mask, int64_t length, float *y) {
  int64_t count = m->starts[row + 1] - m->starts[row];
  const int32_t *index = m->indices + m->starts[row];
  const float *weight = m->weights + m->starts[row];
  if (count == 1 && weight[0] == 1) {
    memcpy(y, x + (index[0] & mask) * length, sizeof(float) * (size_t)length);
    return;
  }
  int64_t k = 0;
  for (; k + 64 <= length; k += 64) {
    fovea_lanes sum[4] = {0};
    for (int64_t e = 0; e < count; e++) {
      const float *source = x + (index[e] & mask) * length + k;
      for (int i = 0; i < 4; i++) sum[i] += weight[e] * FOVEA_LOAD(source + 16 * i);
    }
    for (int i = 0; i < 4; i++) FOVEA_STORE(y + k + 16 * i, sum[i]);
  }
  for (; k + 16 <= length; k += 16) {
    fovea_lanes sum = 0;
    for (int64_t e = 0; e < count; e++) sum += weight[e] * FOVEA_LOAD(x + (index[e] & mask) * length + k);
    FOVEA_STORE(y + k, sum);
  }
  for (; k < length; k++) {
    float sum = 0;
    for (int64_t e = 0; e < count; e++) sum += weight[e] * x[(index[e] & mask) * length + k];
    y[k] = sum;
  }
}

enum { ALL = -1 };

// One row of x, mapped along its columns.
FOVEA_INLINE void map_columns(const job *j, const float *x, float *y) {
  for (int64_t column = 0; column < j->columns.outputs; column++)
    combine(&j->columns, column, x, ALL, j->inner, y + column * j->inner);
}

FOVEA_KERNEL void fovea_map_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t length = j->inner;
  for (int64_t row = begin; row < end; row++) {
    int64_t outer = row / j->rows.outputs, i = row % j->rows.outputs;
    combine(&j->rows, i, j->x + outer * j->rows.inputs * length, ALL, length, j->y + row * length);
  }
}

enum { MAX_SLOTS = 32 };

// Neighbouring outputs read the same rows: those that are mapped along the columns already are kept in slots.
FOVEA_KERNEL void fovea_map_rows_and_columns(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_sparse *rows = &j->rows;
  int64_t input = j->columns.inputs * j->inner, length = j->columns.outputs * j->inner, mask = j->slots - 1;
  int64_t kept[MAX_SLOTS], last = -1;
  float *slots = j->scratch + begin / j->grain * j->slots * length;
  for (int64_t row = begin; row < end; row++) {
    int64_t outer = row / rows->outputs, i = row % rows->outputs;
    const float *x = j->x + outer * rows->inputs * input;
    float *y = j->y + row * length;
    if (outer != last)
      for (int64_t s = 0; s < j->slots; s++) kept[s] = -1;
    last = outer;
    int64_t first = rows->starts[i], after = rows->starts[i + 1];
    bool fits = first == after || rows->indices[after - 1] - rows->indices[first] < j->slots;
    if (!fits) memset(y, 0, sizeof(float) * (size_t)length);
    for (int64_t e = first; e < after; e++) {
      int64_t index = rows->indices[e], slot = index & mask;
      if (kept[slot] != index) map_columns(j, x + index * input, slots + slot * length);
      kept[slot] = index;
      if (!fits)
        for (int64_t k = 0; k < length; k++) y[k] += rows->weights[e] * slots[slot * length + k];
    }
    if (fits) combine(rows, i, slots, mask, length, y);
  }
}

// At most this many pieces, each with slots of its own.
enum { PIECES = 64 };

static int64_t slots_for(int64_t span) {
  int64_t slots = 1;
  while (slots < span && slots < MAX_SLOTS) slots *= 2;
  return slots;
}

size_t fovea_sparse_map_scratch(int64_t span, int64_t columns, int64_t inner) {
  return sizeof(float) * (size_t)(PIECES * slots_for(span) * columns * inner);
}

void fovea_sparse_map(int64_t outer, fovea_sparse rows, int64_t inner, const float *x, float *y) {
  job j = {.rows = rows, .inner = inner, .x = x, .y = y};
  fovea_parallel(outer * rows.outputs, fovea_max(1, 16384 / inner), &j, fovea_map_rows);
}

void fovea_sparse_map_plane(int64_t outer, fovea_sparse rows, int64_t span, fovea_sparse columns, int64_t inner,
                            const float *x, float *y, float *scratch) {
  int64_t count = outer * rows.outputs, length = columns.outputs * inner;
  job j = {.rows = rows, .columns = columns, .inner = inner, .x = x, .y = y, .scratch = scratch,
           .slots = slots_for(span),
           .grain = fovea_max(fovea_ceil_div(count, PIECES), fovea_max(1, 16384 / length))};
  fovea_parallel(count, j.grain, &j, fovea_map_rows_and_columns);
}
