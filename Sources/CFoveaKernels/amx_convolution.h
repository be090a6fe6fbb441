// What the parts of a convolution in AMX's tiles share, and of the gradient of its input. For a block of 32 positions and
// one of 32 columns, numbers of what is written, they add products of what is read, positions × depth, as it lies in a
// row-major image, and of weights, depth × columns, in pairs; 32 of the depth at a time, tap by tap, so that the nearest
// cache keeps from tap to tap what is read.
//
// Forward, the phases of the inputs are read, for all taps at once. Of the gradient each phase is written, from the taps
// that meet it.
#pragma once

#include "activation.h"
#include "amx_window.h"

enum {
  // Numbers of a right tile, and of a step of weights for a block of columns.
  WEIGHT_TILE = AMX_ROWS * AMX_HALVES,
  WEIGHT_STEP = 2 * WEIGHT_TILE,
};

typedef struct {
  amx_window w;
  bool turned;
  // Numbers of a position that are read and written; the first in whole steps.
  int64_t read, written, depth;
  // Blocks of columns, and steps of one.
  int64_t blocks, steps;
  // Phases that are read, and positions that these need from `lowest` on, `w.span` more than are written.
  int64_t phases, lowest;
  // Whether positions of images are read where they lie: no shifts, gaps or missing numbers.
  bool direct;
  // Positions of a piece, which stay in a core's cache as they are read, and how many there are; blocks of columns whose weights
  // do, too; into how many shares blocks are cut.
  int64_t piece, pieces, group, cuts;
  // What is read, once it is packed: numbers from position to position, and from phase to phase; where taps begin.
  int64_t position, phase, taps[MOST_TAPS];
  const uint16_t *from, *weights;
  // What is read is taken times the factor, and the offset added, unless they are null; then it may be rectified.
  float *factor, *offset;
  bool rectifies;
  const float *bias;
  const void *residual;
  fovea_activation activation;
  bool wide;
  void *to;
  char *scratch;
} amx_layer;

amx_layer fovea_amx_layer(fovea_amx_convolution c, bool turned);
/// The positions that a piece of so many needs.
FOVEA_INLINE int64_t amx_reach(const amx_layer *l, int64_t positions) { return positions + l->w.span; }

/// `count` positions, zeros in gaps and where numbers are missing.
void fovea_amx_copy(const amx_layer *l, amx_offsets at, int64_t count, uint16_t *to);
/// What follows the sums of a block, positions × 32 columns from `column` on.
void fovea_amx_finish(const amx_layer *l, const float *sums, amx_offsets at, int64_t count, int64_t column);
