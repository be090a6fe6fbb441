// How weights lie for the product of a few rows: panels of columns, cut into slabs of steps. A step is a row of weights, or two
// of them where numbers are bfloat16, whose instruction multiplies pairs.
#pragma once

#include "parallel.h"

enum {
  LANES = 16,
  // Columns of a panel, in registers; a cache line of a step holds the weights of one.
  REGISTERS = 4,
  PANEL = REGISTERS * LANES,
  LINE = 64,
  STEP_BYTES = REGISTERS * LINE,
  // Steps of all panels that lie together, the last slab aside: so many rows can be packed at a time.
  SLAB = 2048,
  // Steps between reading sums and writing them: their weights, and the next ones, fit the nearest cache.
  CHUNK = 64,
  // Rows at once; all of them, where AMX multiplies.
  GROUP = 4,
};

// Numbers of a row that meet the weights of a chunk, or pairs of them.
typedef uint32_t chunk[CHUNK];

// Adds the products of some rows, of pairs, with a chunk of weights to their sums; `lines` and `next` as few_rows.c has them.
void fovea_few_rows_add_pairs(int64_t rows, int64_t lines, int64_t steps, const chunk *x, const char *w, const char *next,
                              float *sums);
// Likewise of all rows at once, in AMX's tiles; `x` and `sums` have 16.
void fovea_few_rows_add_tiles(int64_t rows, int64_t lines, int64_t steps, const chunk *x, const char *w, const char *next,
                              float *sums);

FOVEA_INLINE int64_t few_rows_steps(const fovea_few_rows *p) { return p->narrow ? fovea_ceil_div(p->depth, 2) : p->depth; }

FOVEA_INLINE int64_t few_rows_panels(const fovea_few_rows *p) { return fovea_ceil_div(p->columns, PANEL); }

// Where the weights of a step begin in a panel, from where those of all do.
FOVEA_INLINE int64_t few_rows_place(const fovea_few_rows *p, int64_t panel, int64_t step) {
  int64_t slab = step / SLAB * SLAB, length = fovea_min(SLAB, few_rows_steps(p) - slab);
  return (slab * few_rows_panels(p) + panel * length + (step - slab)) * STEP_BYTES;
}
