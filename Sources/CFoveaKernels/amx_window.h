// The positions of a convolution, for AMX's tiles. For each tap of the window a convolution, and the gradient of its
// weights, is a product of matrices, and a tap is nothing but a shift: positions of all images are counted in one row, with
// gaps of zeros after rows and images, where taps find what lies beyond an edge.
//
// Of a strided window, taps meet different inputs, every second one from the first or from the second on: such inputs are a
// phase.
#pragma once

#include "amx.h"

enum {
  // Channels, filters or positions of one product: two tiles of each side.
  BLOCK = 32,
  MOST_TAPS = 64,
  MOST_PHASES = 16,
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
  // Where phases begin, and how many there are. Inputs are needed from position `lowest` on, `span` more than outputs.
  int64_t phases[MOST_PHASES][2], phase_count, lowest, span;
} amx_window;

// Where the numbers of some positions begin, counted in numbers; -1 in gaps.
typedef const int64_t *amx_offsets;

amx_window fovea_amx_window(fovea_amx_convolution c);
/// The numbers of `count` inputs of a phase from `position` on.
void fovea_amx_find_inputs(const amx_window *w, int64_t phase, int64_t position, int64_t count, int64_t *at);
/// Those of outputs.
void fovea_amx_find_outputs(const amx_window *w, int64_t position, int64_t count, int64_t *at);
