// What windows see, side by side, and the way back, where those that meet are added.
#include <string.h>

#include "window.h"

enum { STRIP = 64 };  // the channels of one piece of a fold

typedef struct {
  fovea_window w;
  int64_t channels;
  const float *x;
  float *y;
} job;

static size_t bytes(int64_t floats) { return sizeof(float) * (size_t)floats; }

// Patches: a piece is one output position of one image.

FOVEA_KERNEL void fovea_patches_positions(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_window *w = &j->w;
  int64_t outputs = fovea_positions(w->output), taps = fovea_positions(w->size), c = j->channels;
  for (int64_t row = begin; row < end; row++) {
    int64_t position = row % outputs;
    const float *x = j->x + row / outputs * fovea_positions(w->input) * c;
    float *y = j->y + row * taps * c;
    fovea_place place;
    fovea_clip(w, 0, position / (w->output[1] * w->output[2]), &place);
    fovea_clip(w, 1, position / w->output[2] % w->output[1], &place);
    fovea_clip(w, 2, position % w->output[2], &place);
    bool is_inside = true;
    for (int axis = 0; axis < 3; axis++) is_inside &= place.begin[axis] == 0 && place.end[axis] == w->size[axis];
    if (!is_inside) memset(y, 0, bytes(taps * c));
    FOVEA_FOR_WINDOW(w) memcpy(y + k * c, x + i * c, bytes(c));
  }
}

void fovea_patches(fovea_window w, int64_t images, int64_t channels, const float *x, float *y) {
  job j = {.w = w, .channels = channels, .x = x, .y = y};
  int64_t row = fovea_positions(w.size) * channels;
  fovea_parallel(images * fovea_positions(w.output), fovea_max(1, 16384 / row), &j, fovea_patches_positions);
}

// Back: a piece is a strip of channels of one image.
FOVEA_KERNEL void fovea_fold_strips(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_window *w = &j->w;
  int64_t inputs = fovea_positions(w->input), outputs = fovea_positions(w->output), taps = fovea_positions(w->size);
  int64_t channels = j->channels, strips = fovea_ceil_div(channels, STRIP);
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t image = piece / strips, first = piece % strips * STRIP, count = fovea_min(STRIP, channels - first);
    const float *g = j->x + image * outputs * taps * channels + first;
    float *dx = j->y + image * inputs * channels + first;
    for (int64_t i = 0; i < inputs; i++) memset(dx + i * channels, 0, bytes(count));
    FOVEA_FOR_OUTPUTS(w) FOVEA_FOR_WINDOW(w) {
      const float *from = g + (o * taps + k) * channels;
      float *to = dx + i * channels;
      FOVEA_EACH for (int64_t c = 0; c < count; c++) to[c] += from[c];
    }
  }
}

void fovea_patches_gradient(fovea_window w, int64_t images, int64_t channels, const float *g, float *dx) {
  job j = {.w = w, .channels = channels, .x = g, .y = dx};
  fovea_parallel(images * fovea_ceil_div(channels, STRIP), 1, &j, fovea_fold_strips);
}
