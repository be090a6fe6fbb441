// What the parts of a weights' gradient in AMX's tiles share: for each tap of the window the product of gradients turned,
// filters × positions, and inputs, positions × channels.
#pragma once

#include "amx_window.h"

enum {
  // What is added in a row of tiles.
  STEP = 32,
  // The most positions at once, in steps: those of a block of filters fit the nearest cache.
  MOST_STEPS = 10,
  // Sums of a block of filters × channels: four tiles.
  TILE_FLOATS = 16 * AMX_ROWS,
  BLOCK_FLOATS = 4 * TILE_FLOATS,
};

typedef struct {
  amx_window w;
  // Positions of all images, in whole steps.
  int64_t all;
  // Sums of so many parts of the positions are added in the end; channels × filters are cut so.
  int64_t parts, cuts[2];
  // The most of a worker.
  int64_t channels, filters;
  // Positions at once.
  int64_t piece;
  // Pairs of inputs begin at even positions, and, if there are two copies, at odd ones. Numbers from copy to copy, and from 16
  // channels to the next.
  int64_t copies, copy, panel;
  // Numbers from filter to filter.
  int64_t row;
  const uint16_t *x, *g;
  float *dw, *partial;
  char *scratch;
} amx_plan;

// A worker's memory, in bytes from its start on.
typedef struct {
  int64_t gradients, sums, input_places, gradient_places, all;
} amx_places;

FOVEA_INLINE int64_t amx_weight_count(const amx_plan *p) { return p->w.tap_count * p->w.c.channels * p->w.c.filters; }

amx_plan fovea_amx_plan(fovea_amx_convolution c);
amx_places fovea_amx_places(const amx_plan *p);

/// `count` positions of `channels` channels, pairs of them side by side: panels of 16 channels, `panel` numbers apart, as
/// right tiles want them. `odd`, unless it is null, gets the pairs that begin at odd positions; `at` has one position more then.
void fovea_amx_pair(const uint16_t *x, amx_offsets at, int64_t count, int64_t channels, int64_t panel, uint16_t *even,
                    uint16_t *odd);
/// `count` positions of `filters` filters, filter after filter, `row` numbers apart, as left tiles want them.
void fovea_amx_turn(const uint16_t *g, amx_offsets at, int64_t count, int64_t filters, int64_t row, uint16_t *turned);
/// A tile of filters × channels to channels × filters, `row` floats apart.
void fovea_amx_give(const float *tile, int64_t row, float *dw);
