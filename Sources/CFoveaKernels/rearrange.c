// Numbers moved as a window, a border or a table says, and the way back, where those that meet are added.
#include <string.h>

#include "window.h"

enum { STRIP = 64 };  // the channels of one piece of a fold

typedef struct {
  fovea_window w;
  fovea_border border;
  int64_t channels, count;
  const int32_t *places;
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

// Borders: a piece is a row of the last spatial axis.

FOVEA_KERNEL void fovea_border_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_border *b = &j->border;
  const int64_t *in = b->input, *out = b->output;
  for (int64_t row = begin; row < end; row++) {
    int64_t h = row % out[1], d = row / out[1] % out[0], image = row / (out[1] * out[0]);
    const float *x =
        j->x + ((image * in[0] + b->sources[0][d]) * in[1] + b->sources[1][h]) * in[2] * b->channels;
    float *y = j->y + row * out[2] * b->channels;
    for (int64_t i = 0; i < out[2]; i++)
      memcpy(y + i * b->channels, x + b->sources[2][i] * b->channels, bytes(b->channels));
  }
}

void fovea_border_pad(fovea_border b, const float *x, float *y) {
  job j = {.border = b, .x = x, .y = y};
  int64_t grain = fovea_max(1, 16384 / (b.output[2] * b.channels));
  fovea_parallel(b.images * b.output[0] * b.output[1], grain, &j, fovea_border_rows);
}

FOVEA_KERNEL void fovea_border_gradient_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_border *b = &j->border;
  const int64_t *in = b->input, *out = b->output;
  for (int64_t row = begin; row < end; row++) {
    int64_t h = row % in[1], d = row / in[1] % in[0], image = row / (in[1] * in[0]);
    float *dx = j->y + row * in[2] * b->channels;
    memset(dx, 0, bytes(in[2] * b->channels));
    for (int64_t u = b->starts[0][d]; u < b->starts[0][d + 1]; u++)
      for (int64_t v = b->starts[1][h]; v < b->starts[1][h + 1]; v++) {
        const float *g =
            j->x + ((image * out[0] + b->places[0][u]) * out[1] + b->places[1][v]) * out[2] * b->channels;
        for (int64_t i = 0; i < out[2]; i++) {
          const float *from = g + i * b->channels;
          float *to = dx + b->sources[2][i] * b->channels;
          FOVEA_EACH for (int64_t c = 0; c < b->channels; c++) to[c] += from[c];
        }
      }
  }
}

void fovea_border_pad_gradient(fovea_border b, const float *g, float *dx) {
  job j = {.border = b, .x = g, .y = dx};
  int64_t grain = fovea_max(1, 16384 / (b.input[2] * b.channels));
  fovea_parallel(b.images * b.input[0] * b.input[1], grain, &j, fovea_border_gradient_rows);
}

// Channels by a table: a piece is a row of them.

FOVEA_KERNEL void fovea_pick_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t row = begin; row < end; row++)
    for (int64_t i = 0; i < j->count; i++) j->y[row * j->count + i] = j->x[row * j->channels + j->places[i]];
}

FOVEA_KERNEL void fovea_place_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  memset(j->y + begin * j->channels, 0, bytes((end - begin) * j->channels));
  for (int64_t row = begin; row < end; row++)
    for (int64_t i = 0; i < j->count; i++) j->y[row * j->channels + j->places[i]] += j->x[row * j->count + i];
}

void fovea_pick_channels(int64_t rows, int64_t channels, int64_t count, const int32_t *places, const float *x,
                         float *y) {
  job j = {.channels = channels, .count = count, .places = places, .x = x, .y = y};
  fovea_parallel(rows, fovea_max(1, 16384 / count), &j, fovea_pick_rows);
}

void fovea_place_channels(int64_t rows, int64_t channels, int64_t count, const int32_t *places, const float *x,
                          float *y) {
  job j = {.channels = channels, .count = count, .places = places, .x = x, .y = y};
  fovea_parallel(rows, fovea_max(1, 16384 / (count + channels)), &j, fovea_place_rows);
}
