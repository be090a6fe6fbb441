// Tiles that lie edge to edge, each brought to its place in an image, with a bias and an activation on the way.
#include "activation.h"
#include "narrow_lanes.h"

enum { GRAIN = 16384 };

typedef struct {
  fovea_tiles t;
  fovea_activation activation;
  fovea_numbers x;
  const float *bias;
  fovea_result y;
} job;

// Up to 16 numbers of neighbouring channels; `count` is a constant but for the last ones of a row.
FOVEA_INLINE void piece(const job *j, bool rounds, int64_t from, int64_t to, const float *bias, int64_t count) {
  fovea_lanes v = 0.0f, b = 0.0f;
  if (j->x.narrow) {
    uint16_t halves[16] = {0};
    __builtin_memcpy(halves, (const uint16_t *)j->x.at + from, (size_t)count * sizeof(uint16_t));
    fovea_lanes_read(halves, 0, true, &v);
  } else {
    __builtin_memcpy(&v, (const float *)j->x.at + from, (size_t)count * sizeof(float));
  }
  if (bias) {
    __builtin_memcpy(&b, bias, (size_t)count * sizeof(float));
    v += b;
  }
  fovea_activate_lanes(j->activation, &v);
  if (j->y.narrow) {
    uint16_t halves[16];
    fovea_narrow(rounds, &v, halves);
    __builtin_memcpy((uint16_t *)j->y.at + to, halves, (size_t)count * sizeof(uint16_t));
  } else {
    __builtin_memcpy((float *)j->y.at + to, &v, (size_t)count * sizeof(float));
  }
}

// Rows of the images: in each, a row of every tile that it goes through. `width` channels lie together.
FOVEA_INLINE void rows_of(const job *j, bool rounds, int64_t begin, int64_t end, int64_t width) {
  const fovea_tiles *t = &j->t;
  const int64_t *windows = t->windows, *size = t->size;
  int64_t channels = t->channels, across = windows[2] * size[2];
  int64_t height = windows[1] * size[1], rows = windows[0] * size[0] * height, plane = rows * across * width;
  for (int64_t row = begin; row < end; row++) {
    int64_t image = row / rows, z = row % rows / height, y = row % height;
    int64_t first = ((image * windows[0] + z / size[0]) * windows[1] + y / size[1]) * windows[2];
    int64_t within = (z % size[0] * size[1] + y % size[1]) * size[2];
    int64_t to = image * t->image + row % rows * across * t->step;
    for (int64_t tile = 0; tile < windows[2]; tile++) {
      int64_t from = ((first + tile) * size[0] * size[1] * size[2] + within) * channels;
      for (int64_t u = 0; u < size[2]; u++, to += t->step)
        for (int64_t block = 0; block < channels / width; block++) {
          const float *bias = j->bias ? j->bias + block * width : 0;
          int64_t c = 0;
          for (; c + 16 <= width; c += 16, from += 16)
            piece(j, rounds, from, to + block * plane + c, bias ? bias + c : 0, 16);
          if (c == width) continue;
          piece(j, rounds, from, to + block * plane + c, bias ? bias + c : 0, width - c);
          from += width - c;
        }
    }
  }
}

FOVEA_INLINE void rows(const job *j, bool rounds, int64_t begin, int64_t end) {
  if (j->t.width == 16) rows_of(j, rounds, begin, end, 16);
  else if (j->t.width == 8) rows_of(j, rounds, begin, end, 8);
  else rows_of(j, rounds, begin, end, j->t.width);
}

FOVEA_KERNEL void fovea_tile_rows(void *context, int64_t begin, int64_t end) { rows(context, false, begin, end); }
FOVEA_ROUNDING_KERNEL void fovea_tile_rows_rounding(void *context, int64_t begin, int64_t end) {
  rows(context, true, begin, end);
}

void fovea_assemble_tiles(fovea_tiles t, fovea_activation activation, fovea_numbers x, const float *bias, fovea_result y) {
  job j = {.t = t, .activation = activation, .x = x, .bias = bias, .y = y};
  int64_t rows = t.images * t.windows[0] * t.size[0] * t.windows[1] * t.size[1];
  int64_t numbers = fovea_max(1, t.windows[2] * t.size[2] * t.channels);
  fovea_parallel(rows, fovea_max(1, GRAIN / numbers), &j, fovea_rounds() ? fovea_tile_rows_rounding : fovea_tile_rows);
}
