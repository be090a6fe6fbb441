// From images to transformed tiles, and back: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", §4.1.
#include "winograd.h"

// The image of a tile, and where in it its outputs begin.
typedef struct {
  int64_t image, row, column;
} winograd_place;

FOVEA_INLINE winograd_place place_of(const winograd_job *j, int64_t tile) {
  int64_t row = tile / j->tiles[1];
  return (winograd_place){row / j->tiles[0], row % j->tiles[0] * TILE, tile % j->tiles[1] * TILE};
}

#define WINOGRAD_WIDTH 8
#include "winograd_transforms.h"
#undef WINOGRAD_WIDTH
#define WINOGRAD_WIDTH 16
#include "winograd_transforms.h"
#undef WINOGRAD_WIDTH

FOVEA_KERNEL void fovea_winograd_inputs(const winograd_job *j, const winograd_tiles *t) {
  if (j->c.width == 16) input_tiles_16(j, t);
  else input_tiles_8(j, t);
}

FOVEA_KERNEL void fovea_winograd_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  if (j->c.width == 16) output_tiles_16(j, t, group);
  else output_tiles_8(j, t, group);
}

FOVEA_KERNEL void fovea_winograd_gradients(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  if (j->c.width == 16) gradient_tiles_16(j, t, group);
  else gradient_tiles_8(j, t, group);
}
