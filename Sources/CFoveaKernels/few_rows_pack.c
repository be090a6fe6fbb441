// Weights as few_rows.c reads them.
#include <string.h>

#include "few_rows.h"

typedef struct {
  fovea_few_rows p;
  bool turned;
  const void *w;
  char *packed;
} pack_job;

// Numbers of any type of this size, `pair` of them in a step, one row of weights apart. Zeros stand beyond the last row and
// column.
#define PACK(name, number, pair)                                                                                 \
  FOVEA_KERNEL void name(const pack_job *j, int64_t step, int64_t panel, char *packed) {                         \
    const fovea_few_rows *p = &j->p;                                                                             \
    int64_t first = panel * PANEL, count = fovea_min(PANEL, p->columns - first);                                 \
    int64_t step_of_column = j->turned ? p->depth : 1, step_of_row = j->turned ? 1 : p->columns;                 \
    number *to = (number *)packed;                                                                               \
    memset(to, 0, STEP_BYTES);                                                                                   \
    for (int64_t half = 0; half < (pair); half++) {                                                              \
      int64_t row = step * (pair) + half;                                                                        \
      if (row == p->depth) break;                                                                                \
      const number *from = (const number *)j->w + row * step_of_row + first * step_of_column;                    \
      for (int64_t c = 0; c < count; c++) to[c * (pair) + half] = from[c * step_of_column];                      \
    }                                                                                                            \
  }

PACK(fovea_few_rows_pack_floats, uint32_t, 1)
PACK(fovea_few_rows_pack_halves, uint16_t, 2)

// Pieces: panels of a slab.
static void pack(void *context, int64_t begin, int64_t end) {
  const pack_job *j = context;
  int64_t panels = few_rows_panels(&j->p), steps = few_rows_steps(&j->p);
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t slab = piece / panels * SLAB, panel = piece % panels;
    char *packed = j->packed + few_rows_place(&j->p, panel, slab);
    for (int64_t step = slab; step < fovea_min(slab + SLAB, steps); step++, packed += STEP_BYTES) {
      if (j->p.narrow) fovea_few_rows_pack_halves(j, step, panel, packed);
      else fovea_few_rows_pack_floats(j, step, panel, packed);
    }
  }
}

size_t fovea_few_rows_weights(fovea_few_rows p) {
  return (size_t)(few_rows_steps(&p) * few_rows_panels(&p) * STEP_BYTES);
}

int64_t fovea_few_rows_together(fovea_few_rows p) { return p.narrow ? 2 * SLAB : SLAB; }

void fovea_few_rows_pack(fovea_few_rows p, bool turned, const void *w, void *packed) {
  pack_job j = {p, turned, w, packed};
  fovea_parallel(fovea_ceil_div(few_rows_steps(&p), SLAB) * few_rows_panels(&p), 1, &j, pack);
}
