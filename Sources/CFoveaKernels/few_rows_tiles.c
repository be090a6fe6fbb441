// The products of 5 to 16 rows with a chunk of bfloat16 weights, in AMX's tiles: steps of weights are rows of the right ones.
#include "amx.h"
#include "few_rows.h"

// A rest of steps that fills no tile is added as pairs.
FOVEA_AMX_KERNEL void fovea_few_rows_add_tiles(int64_t rows, int64_t lines, int64_t steps, const chunk *x, const char *w,
                                               const char *next, float *sums) {
  int64_t whole = steps / AMX_ROWS * AMX_ROWS;
  AMX_LOAD(0, sums, PANEL * 4);
  AMX_LOAD(1, sums + LANES, PANEL * 4);
  AMX_LOAD(2, sums + 2 * LANES, PANEL * 4);
  AMX_LOAD(3, sums + 3 * LANES, PANEL * 4);
  for (int64_t step = 0; step < whole; step += AMX_ROWS) {
    const char *from = w + step * STEP_BYTES, *later = next + step * STEP_BYTES;
    for (int64_t line = 0; line < AMX_ROWS * REGISTERS; line++) __builtin_prefetch(later + line * LINE, 0, 2);
    AMX_LOAD(4, x[0] + step, sizeof(chunk));
    AMX_LOAD(5, from, STEP_BYTES);
    AMX_ADD(0, 4, 5);
    AMX_LOAD(6, from + LINE, STEP_BYTES);
    AMX_ADD(1, 4, 6);
    AMX_LOAD(5, from + 2 * LINE, STEP_BYTES);
    AMX_ADD(2, 4, 5);
    AMX_LOAD(6, from + 3 * LINE, STEP_BYTES);
    AMX_ADD(3, 4, 6);
  }
  AMX_STORE(0, sums, PANEL * 4);
  AMX_STORE(1, sums + LANES, PANEL * 4);
  AMX_STORE(2, sums + 2 * LANES, PANEL * 4);
  AMX_STORE(3, sums + 3 * LANES, PANEL * 4);
  if (whole == steps) return;
  for (int64_t row = 0; row < rows; row += GROUP)
    fovea_few_rows_add_pairs(fovea_min(GROUP, rows - row), lines, steps - whole,
                             (const chunk *)(x[row] + whole), w + whole * STEP_BYTES, next + whole * STEP_BYTES,
                             sums + row * PANEL);
}
