// What the parts of Winograd's convolution share. A tile of outputs, 4×4 for windows of 3×3, 2×2 for those of 5×5, is computed
// from 6×6 numbers, the positions of the tile.
#pragma once

#include "activation.h"
#include "narrow_lanes.h"
#include "products.h"
#include "winograd_points.h"

enum {
  // The most outputs of a tile along an axis.
  MOST_OUTPUTS = 4,
  // Channels that are multiplied in one go, by a group of panels: a piece of weights, which, transformed, fits a core's own
  // cache.
  CHUNK = 64,
  // From one position of a piece to the next: an odd number of cache lines.
  WEIGHT_STRIDE = (GROUP * CHUNK * PANEL / 16 | 1) * 16,
  PIECE_FLOATS = POSITIONS * WEIGHT_STRIDE,
};

// Tiles whose numbers lie in a worker's memory at once: `inputs` is positions × tiles × channels, `channels` of them from
// `channel` on; `outputs`, products or gradients, is positions × tiles × filters of a group. From one position to the next
// it is `…_stride` floats.
//
// `above`, unless it is null, is the row of inputs above the first tiles, which results have been written over; `below` the
// one below the last.
typedef struct {
  int64_t first, count, channel, channels, input_stride, output_stride;
  float *inputs, *outputs;
  const void *above, *below;
} winograd_tiles;

typedef struct {
  fovea_winograd c;
  // Outputs of a tile along an axis.
  int64_t tile;
  // Down and across, and of all images; of whole blocks; of whole panels, and of these.
  int64_t tiles[2], all, channels, panels, groups, chunks;
  const void *x, *weights, *residual;
  const float *bias;
  fovea_activation activation;
  void *y;
} winograd_job;

// An odd number of cache lines: from position to position so, those of a tile do not share a set of the cache.
FOVEA_INLINE int64_t winograd_stride(int64_t floats) { return (fovea_ceil_div(floats, 16) | 1) * 16; }

// Number i of an image, which is bfloat16 if `narrow`.
FOVEA_INLINE const void *winograd_at(const void *x, int64_t i, bool narrow) {
  return (const char *)x + i * (narrow ? 2 : 4);
}

// A row of inputs on its own: blocks as far apart as they are in the image's rows.
FOVEA_INLINE int64_t winograd_row_block(const fovea_winograd *c) {
  return c->x.block == c->width ? c->width : c->input[1] * c->width;
}

/// What does not depend on how the work is shared.
winograd_job fovea_winograd_job(fovea_winograd c);
/// Transforms the inputs of tiles.
void fovea_winograd_inputs(const winograd_job *j, const winograd_tiles *t);
/// Transforms the weights of a piece: positions × panels × channels × PANEL.
void fovea_winograd_weights(const winograd_job *j, int64_t group, int64_t chunk, float *u);
/// Multiplies tiles by the weights of a piece. The first chunk begins the sums, others add to them.
void fovea_winograd_products(const winograd_job *j, const winograd_tiles *t, int64_t group, int64_t chunk,
                             const float *u);
/// Transforms the products of a group back, adds what follows and stores.
void fovea_winograd_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group);
/// Transforms the gradients of a group's outputs, which `j->y` holds.
void fovea_winograd_gradients(const winograd_job *j, const winograd_tiles *t, int64_t group);
/// Adds the products of inputs and gradients, over all tiles: positions × channels × filters of a group, `m_stride` floats
/// from one position to the next. The first tiles begin the sums.
void fovea_winograd_correlations(const winograd_job *j, const winograd_tiles *t, int64_t group, bool adds, float *m,
                                 int64_t m_stride);
