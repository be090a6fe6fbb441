// What the parts of Winograd's convolution share. A tile of outputs, 4×4 for windows of 3×3, 2×2 for those of 5×5, is computed
// from 6×6 numbers, the positions of the tile; one of 2×2 for windows of 3×3 from 4×4, where pairs of bfloat16 numbers are
// multiplied.
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
  // Likewise, where pairs are multiplied: the weights of one position fit the nearest cache.
  PAIR_CHUNK = 256,
  // The most tiles of which pairs lie side by side; even, since the last one takes the place of a pair.
  PAIR_TILES = 96,
};

// How transformed numbers lie: tile after tile, as floats or bfloat16; or block after block of channels or filters, and in it
// two tiles side by side, as what is added over tiles is multiplied in pairs.
typedef enum { WINOGRAD_FLOATS, WINOGRAD_HALVES, WINOGRAD_PAIRS } winograd_form;

// Tiles whose numbers lie in a worker's memory at once: for each position `inputs` has tiles × channels, `channels` of them from
// `channel` on; `outputs` tiles × filters, gradients of `filters` of them from `filter` on, or products of a group. From one
// position to the next it is `…_stride` numbers.
//
// `above`, unless it is null, is the row of inputs above the first tiles, which results have been written over; `below` the
// one below the last.
typedef struct {
  int64_t first, count, channel, channels, filter, filters, input_stride, output_stride;
  void *inputs, *outputs;
  const void *above, *below;
} winograd_tiles;

typedef struct {
  fovea_winograd c;
  // Numbers and outputs of a tile along an axis, and its numbers in all.
  int64_t side, tile, positions;
  // Down and across, and of all images; of whole blocks; of whole panels, and of these; how many channels at once.
  int64_t tiles[2], all, channels, panels, groups, chunk, chunks;
  const void *x, *weights, *residual;
  const float *bias;
  fovea_activation activation;
  void *y;
} winograd_job;

// An odd number of cache lines, each of `line` numbers: from position to position so, those of a tile do not share a set of the
// cache.
FOVEA_INLINE int64_t winograd_stride(int64_t count, int64_t line) { return (fovea_ceil_div(count, line) | 1) * line; }

// Likewise of transformed operands, which are bfloat16 where pairs are multiplied.
FOVEA_INLINE int64_t winograd_operand_stride(const fovea_winograd *c, int64_t count) {
  return winograd_stride(count, c->pairs ? 32 : 16);
}

// What they take.
FOVEA_INLINE int64_t winograd_operand_floats(const fovea_winograd *c, int64_t count) { return c->pairs ? count / 2 : count; }

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
void fovea_winograd_inputs(winograd_form form, const winograd_job *j, const winograd_tiles *t);
/// Transforms the weights of a piece: positions × panels × channels × PANEL.
void fovea_winograd_weights(const winograd_job *j, int64_t group, int64_t chunk, float *u);
/// Multiplies tiles by the weights of a piece. The first chunk begins the sums, others add to them.
void fovea_winograd_products(const winograd_job *j, const winograd_tiles *t, int64_t group, int64_t chunk,
                             const float *u);
/// Likewise by the weights that are packed for it, in pairs of channels.
void fovea_winograd_pair_products(const winograd_job *j, const winograd_tiles *t, int64_t group, int64_t chunk);
/// Transforms the products of a group back, adds what follows and stores.
void fovea_winograd_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group);
/// Transforms the gradients of outputs, which `j->y` holds.
void fovea_winograd_gradients(const winograd_job *j, const winograd_tiles *t);
/// Adds the products of inputs and gradients, over all tiles: positions × channels × filters, `m_stride` floats from one
/// position to the next. The first tiles begin the sums.
void fovea_winograd_correlations(const winograd_job *j, const winograd_tiles *t, bool adds, float *m, int64_t m_stride);
/// Likewise, in pairs of tiles.
void fovea_winograd_pair_correlations(const winograd_job *j, const winograd_tiles *t, bool adds, float *m,
                                      int64_t m_stride);
