// From images to transformed tiles, and back: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", §4.1.
#include "winograd.h"

// The image of a tile, and where in it its outputs begin.
typedef struct {
  int64_t image, row, column;
} winograd_place;

FOVEA_INLINE winograd_place place_of(const winograd_job *j, int64_t tile) {
  int64_t row = tile / j->tiles[1];
  return (winograd_place){row / j->tiles[0], row % j->tiles[0] * j->tile, tile % j->tiles[1] * j->tile};
}

// Where the inputs of a tile begin, in its image, whether all of them lie in it, and the rows that lie elsewhere.
typedef struct {
  int64_t image, top, left;
  bool inside;
  const void *above, *below;
} winograd_view;

FOVEA_INLINE winograd_view view_of(int side, const winograd_job *j, const winograd_tiles *t, int64_t tile) {
  const fovea_winograd *c = &j->c;
  winograd_place place = place_of(j, t->first + tile);
  winograd_view view = {.image = place.image, .top = place.row - c->before[0], .left = place.column - c->before[1]};
  view.inside = view.top >= 0 && view.left >= 0 && view.top + side <= c->input[0] && view.left + side <= c->input[1];
  if (tile < j->tiles[1] && view.top >= 0) view.above = t->above;
  if (tile >= t->count - j->tiles[1] && view.top + side <= c->input[0]) view.below = t->below;
  return view;
}

#define WINOGRAD_INLINE FOVEA_INLINE
#define WINOGRAD_NARROW 0
#define WINOGRAD_NAME 8
#define WINOGRAD_WIDTH 8
#define WINOGRAD_LANES fovea_half_lanes
#include "winograd_transforms.h"
#undef WINOGRAD_NAME
#undef WINOGRAD_WIDTH
#undef WINOGRAD_LANES
#define WINOGRAD_NAME 16
#define WINOGRAD_WIDTH 16
#define WINOGRAD_LANES fovea_lanes
#include "winograd_transforms.h"
#undef WINOGRAD_INLINE
#undef WINOGRAD_NARROW
#undef WINOGRAD_NAME
#define WINOGRAD_INLINE FOVEA_ROUNDING_INLINE
#define WINOGRAD_NARROW 1
#define WINOGRAD_NAME pairs
#include "winograd_transforms.h"

// Floats, in blocks of either width.
#define CHOOSE_WIDTH(transform, j, ...)                  \
  do {                                                   \
    if ((j)->c.width == 16) transform##_16(__VA_ARGS__); \
    else transform##_8(__VA_ARGS__);                     \
  } while (0)

FOVEA_KERNEL void fovea_winograd_float_inputs(const winograd_job *j, const winograd_tiles *t) {
  CHOOSE_WIDTH(input_tiles, j, SIDE, WINOGRAD_FLOATS, j, t);
}

FOVEA_KERNEL void fovea_winograd_float_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  if (j->tile == 4) CHOOSE_WIDTH(output_tiles, j, SIDE, 4, j, t, group, false);
  else CHOOSE_WIDTH(output_tiles, j, SIDE, 2, j, t, group, false);
}

FOVEA_KERNEL void fovea_winograd_float_gradients(const winograd_job *j, const winograd_tiles *t) {
  if (j->tile == 4) CHOOSE_WIDTH(gradient_tiles, j, SIDE, 4, WINOGRAD_FLOATS, j, t);
  else CHOOSE_WIDTH(gradient_tiles, j, SIDE, 2, WINOGRAD_FLOATS, j, t);
}

FOVEA_ROUNDING_KERNEL void fovea_winograd_pair_inputs(winograd_form form, const winograd_job *j, const winograd_tiles *t) {
  if (form == WINOGRAD_PAIRS) input_tiles_pairs(PAIR_SIDE, WINOGRAD_PAIRS, j, t);
  else input_tiles_pairs(PAIR_SIDE, WINOGRAD_HALVES, j, t);
}

FOVEA_ROUNDING_KERNEL void fovea_winograd_pair_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  if (j->c.wide_y) output_tiles_pairs(PAIR_SIDE, 2, j, t, group, false);
  else output_tiles_pairs(PAIR_SIDE, 2, j, t, group, true);
}

FOVEA_ROUNDING_KERNEL void fovea_winograd_pair_gradients(const winograd_job *j, const winograd_tiles *t) {
  gradient_tiles_pairs(PAIR_SIDE, 2, WINOGRAD_PAIRS, j, t);
}

void fovea_winograd_inputs(winograd_form form, const winograd_job *j, const winograd_tiles *t) {
  if (form == WINOGRAD_FLOATS) fovea_winograd_float_inputs(j, t);
  else fovea_winograd_pair_inputs(form, j, t);
}

void fovea_winograd_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  if (j->c.pairs) fovea_winograd_pair_outputs(j, t, group);
  else fovea_winograd_float_outputs(j, t, group);
}

void fovea_winograd_gradients(const winograd_job *j, const winograd_tiles *t) {
  if (j->c.pairs) fovea_winograd_pair_gradients(j, t);
  else fovea_winograd_float_gradients(j, t);
}
