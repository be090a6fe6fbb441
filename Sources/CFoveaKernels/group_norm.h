// What group normalisation, and that of rows, share.
#pragma once

#include "parallel.h"

enum { LANES = 16, MOST = 4, ROWS = 256, PIECES = 64, ARRAYS = 6 };

typedef struct {
  fovea_channels layout;
  int64_t groups, range, ranges, units, pieces;
  float epsilon;
  const float *g, *x, *scale, *bias;
  float *y, *scratch;
  double *sums;  // of the pieces, for the reductions
} group_job;

/// The numbers for each channel of a range, with room for a register behind them.
FOVEA_INLINE int64_t fovea_padded(int64_t range) { return fovea_ceil_div(range, LANES) * LANES + LANES; }

/// Whether each example is one position, so that its groups are runs of neighbouring numbers.
FOVEA_INLINE bool fovea_is_row(const group_job *j) {
  return j->layout.inner == 1 && j->layout.blocks == 1 && j->layout.channels / j->groups >= LANES;
}

void fovea_row_norm(group_job *j);
void fovea_row_norm_input_gradient(group_job *j);
void fovea_row_norm_reductions(group_job *j);
