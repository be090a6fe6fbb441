// Products of matrices, as many rows and panels of columns at once as there are registers.
#pragma once

#include "parallel.h"

enum {
  // Columns that lie next to one another.
  PANEL = 16,
  // The most panels, and rows, at once.
  GROUP = 2,
  MOST_ROWS = 12,
};

// How far it is from one number to the next: in the left operand along its rows and along what is summed; in the right one
// along what is summed, and from one panel to the next.
typedef struct {
  int64_t row, left, right, panel;
} product_steps;

// Adds `depth` products to the sums of `rows` rows and `panels` panels.
FOVEA_INLINE void add_products(int rows, int panels, int64_t depth, product_steps by, const float *left,
                               const float *right, fovea_lanes sum[MOST_ROWS][GROUP]) {
  FOVEA_FAST_SUMS
  for (int64_t d = 0; d < depth; d++) {
    fovea_lanes columns[GROUP];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) columns[p] = FOVEA_LOAD(right + d * by.right + p * by.panel);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      fovea_lanes number = left[r * by.row + d * by.left];
#pragma clang loop unroll(full)
      for (int p = 0; p < panels; p++) sum[r][p] += number * columns[p];
    }
  }
}

// Registers of 8 numbers hold the sums of 6 rows by one panel; 32 registers of 16 those of 12 rows by two. `tile(rows,
// panels)` is run from `row` and `panel` on until all of them are done.
#define TILES_OF_ROWS(tile, count, panels) \
  for (; row + (count) <= rows; row += (count)) tile(count, panels)

#define PANEL_TILES(tile, most, panels) \
  do {                                  \
    int64_t row = 0;                    \
    TILES_OF_ROWS(tile, most, panels);  \
    TILES_OF_ROWS(tile, 4, panels);     \
    TILES_OF_ROWS(tile, 2, panels);     \
    TILES_OF_ROWS(tile, 1, panels);     \
  } while (0)

#define NARROW_TILES(tile) \
  for (int64_t panel = 0; panel < panels; panel++) PANEL_TILES(tile, 6, 1)

#define WIDE_TILES(tile)                                              \
  for (int64_t panel = 0; panel < panels; panel += GROUP) {           \
    if (panels - panel >= GROUP) PANEL_TILES(tile, MOST_ROWS, GROUP); \
    else PANEL_TILES(tile, MOST_ROWS, 1);                             \
  }

// Whether WIDE_TILES are for this processor.
static inline bool has_wide_registers(void) { return __builtin_cpu_supports("x86-64-v4"); }
