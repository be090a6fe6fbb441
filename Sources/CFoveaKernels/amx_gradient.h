// What the parts of a weights' gradient in AMX's tiles share. For each tap of the window it is a product of matrices, gradients
// turned (filters × positions) by inputs (positions × channels), and a tap is nothing but a shift: positions of all images are
// counted in one row, with gaps of zeros after rows and images, where taps find what lies beyond an edge.
//
// Of a strided window, taps meet different inputs, every second one from the first or from the second on: such inputs are a
// phase.
#pragma once

#include "amx.h"

enum {
  // Channels, filters and positions of one product: two tiles of each side, and what is added in a row of them.
  BLOCK = 32,
  STEP = 32,
  // The most positions at once, in steps: those of a block of filters fit the nearest cache.
  MOST_STEPS = 10,
  MOST_TAPS = 64,
  MOST_PHASES = 16,
  // Sums of a block of filters × channels: four tiles.
  TILE_FLOATS = 16 * AMX_ROWS,
  BLOCK_FLOATS = 4 * TILE_FLOATS,
};

typedef struct {
  int64_t phase, shift;
} amx_tap;

typedef struct {
  fovea_amx_convolution c;
  // Positions of an image with its gaps; of all images.
  int64_t rows, columns, all;
  amx_tap taps[MOST_TAPS];
  int64_t tap_count;
  // Where phases begin, and how many there are. Inputs are needed from position `lowest` on, `span` more than gradients.
  int64_t phases[MOST_PHASES][2], phase_count, lowest, span;
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

FOVEA_INLINE int64_t amx_divide_down(int64_t a, int64_t b) { return a >= 0 ? a / b : -fovea_ceil_div(-a, b); }

FOVEA_INLINE int64_t amx_weight_count(const amx_plan *p) { return p->tap_count * p->c.channels * p->c.filters; }

amx_plan fovea_amx_plan(fovea_amx_convolution c);
amx_places fovea_amx_places(const amx_plan *p);

// Where the channels of some positions begin, counted in numbers; -1 in gaps.
typedef const int64_t *amx_offsets;

/// `count` positions of `channels` channels, pairs of them side by side: panels of 16 channels, `panel` numbers apart, as
/// right tiles want them. `odd`, unless it is null, gets the pairs that begin at odd positions; `at` has one position more then.
void fovea_amx_pair(const uint16_t *x, amx_offsets at, int64_t count, int64_t channels, int64_t panel, uint16_t *even,
                    uint16_t *odd);
/// `count` positions of `filters` filters, filter after filter, `row` numbers apart, as left tiles want them.
void fovea_amx_turn(const uint16_t *g, amx_offsets at, int64_t count, int64_t filters, int64_t row, uint16_t *turned);
/// A tile of filters × channels to channels × filters, `row` floats apart.
void fovea_amx_give(const float *tile, int64_t row, float *dw);
