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

#define WINOGRAD_WIDTH 8
#define WINOGRAD_LANES fovea_half_lanes
#include "winograd_transforms.h"
#undef WINOGRAD_WIDTH
#undef WINOGRAD_LANES
#define WINOGRAD_WIDTH 16
#define WINOGRAD_LANES fovea_lanes
#include "winograd_transforms.h"
#undef WINOGRAD_WIDTH
#undef WINOGRAD_LANES

// One of four, each compiled for its width and its type of numbers.
#define CHOOSE(transform, width, narrow, ...)                         \
  do {                                                                \
    if ((width) == 16 && (narrow)) transform##_16(__VA_ARGS__, true); \
    else if ((width) == 16) transform##_16(__VA_ARGS__, false);       \
    else if (narrow) transform##_8(__VA_ARGS__, true);                \
    else transform##_8(__VA_ARGS__, false);                           \
  } while (0)

// And for its size of tiles.
#define CHOOSE_TILE(transform, j, ...)                                         \
  do {                                                                         \
    if ((j)->tile == 4) CHOOSE(transform, (j)->c.width, (j)->c.narrow_y, 4, j, __VA_ARGS__); \
    else CHOOSE(transform, (j)->c.width, (j)->c.narrow_y, 2, j, __VA_ARGS__);  \
  } while (0)

FOVEA_KERNEL void fovea_winograd_inputs(const winograd_job *j, const winograd_tiles *t) {
  CHOOSE(input_tiles, j->c.width, j->c.narrow_x, j, t);
}

FOVEA_KERNEL void fovea_winograd_outputs(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  CHOOSE_TILE(output_tiles, j, t, group);
}

FOVEA_KERNEL void fovea_winograd_gradients(const winograd_job *j, const winograd_tiles *t, int64_t group) {
  CHOOSE_TILE(gradient_tiles, j, t, group);
}
