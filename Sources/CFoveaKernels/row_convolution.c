// Convolution of few channels, such as those of a picture, in row-major order: what a window reads of a row is one run of
// numbers. So a row of outputs is a product of matrices whose left operand is the input itself, its rows overlapping.
#include <string.h>

#include "activation.h"
#include "products.h"

typedef struct {
  fovea_row_convolution c;
  const float *x, *w, *bias;
  fovea_activation activation;
  float *y, *scratch;
} job;

// Numbers of a padded row; under a row of the window; of packed weights in a panel.
FOVEA_INLINE int64_t padded_row(const fovea_row_convolution *c) {
  return ((c->output[1] - 1) * c->stride[1] + c->size[1]) * c->channels;
}
FOVEA_INLINE int64_t run(const fovea_row_convolution *c) { return c->size[1] * c->channels; }
FOVEA_INLINE int64_t depth(const fovea_row_convolution *c) { return c->size[0] * run(c); }
FOVEA_INLINE int64_t all_panels(const fovea_row_convolution *c) { return fovea_ceil_div(c->filters, PANEL); }

static int64_t packed_floats(const fovea_row_convolution *c) { return all_panels(c) * depth(c) * PANEL; }

// Padded rows of a worker: those of several windows, so that what neighbouring ones share is seldom moved.
FOVEA_INLINE int64_t most_rows(const fovea_row_convolution *c) { return fovea_min(3 * c->size[0], c->input[0]); }

size_t fovea_row_convolution_scratch(fovea_row_convolution c) {
  return (size_t)(packed_floats(&c) + c.workers * most_rows(&c) * padded_row(&c)) * sizeof(float);
}

// Pieces: panels.
static void pack(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_row_convolution *c = &j->c;
  for (int64_t panel = begin; panel < end; panel++) {
    int64_t first = panel * PANEL, count = fovea_min(PANEL, c->filters - first);
    for (int64_t d = 0; d < depth(c); d++) {
      float *to = j->scratch + (panel * depth(c) + d) * PANEL;
      memcpy(to, j->w + d * c->filters + first, (size_t)count * sizeof(float));
      memset(to + count, 0, (size_t)(PANEL - count) * sizeof(float));
    }
  }
}

// A row of the input from where the first window begins to where the last one ends, zeros beyond the edges.
static void pad_row(const fovea_row_convolution *c, const float *row, float *to) {
  int64_t length = padded_row(c), before = fovea_min(c->before[1] * c->channels, length);
  int64_t count = fovea_max(0, fovea_min(c->input[1] * c->channels, length - before));
  memset(to, 0, (size_t)before * sizeof(float));
  memcpy(to + before, row, (size_t)count * sizeof(float));
  memset(to + before + count, 0, (size_t)(length - before - count) * sizeof(float));
}

// Rows `first`..<`end` of an image, padded, the first of them at row `at` of the memory.
typedef struct {
  float *memory;
  int64_t image, first, end, at;
} padded_rows;

// Rows `first`..<`end` of an image, of which `rows` may have some already: where the first of them is.
static const float *pad_rows(const job *j, padded_rows *rows, int64_t image, int64_t first, int64_t end) {
  const fovea_row_convolution *c = &j->c;
  int64_t length = padded_row(c);
  if (image != rows->image || first > rows->end) *rows = (padded_rows){rows->memory, image, first, first, 0};
  rows->at += first - rows->first, rows->first = first;
  if (rows->at + end - first > most_rows(c)) {
    memmove(rows->memory, rows->memory + rows->at * length, (size_t)((rows->end - first) * length) * sizeof(float));
    rows->at = 0;
  }
  for (; rows->end < end; rows->end++)
    pad_row(c, j->x + (image * c->input[0] + rows->end) * c->input[1] * c->channels,
            rows->memory + (rows->at + rows->end - first) * length);
  return rows->memory + rows->at * length;
}

// The outputs of `rows` neighbouring positions and `panels` panels.
FOVEA_INLINE void output_tile(int rows, int panels, const job *j, int64_t begin, int64_t end, const float *left,
                              int64_t panel, float *y) {
  const fovea_row_convolution *c = &j->c;
  product_steps by = {c->stride[1] * c->channels, 1, PANEL, depth(c) * PANEL};
  fovea_lanes sum[MOST_ROWS][GROUP];
#pragma clang loop unroll(full)
  for (int p = 0; p < panels; p++) {
    int64_t first = (panel + p) * PANEL, count = fovea_min(PANEL, c->filters - first);
    float bias[PANEL] = {0};
    if (j->bias) memcpy(bias, j->bias + first, (size_t)count * sizeof(float));
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r][p] = FOVEA_LOAD(bias);
  }
  for (int64_t k = begin; k < end; k++)
    add_products(rows, panels, run(c), by, left + (k - begin) * padded_row(c),
                 j->scratch + (panel * depth(c) + k * run(c)) * PANEL, sum);
#pragma clang loop unroll(disable)
  for (int i = 0; i < rows * panels; i++) {
    int r = i % rows, p = i / rows;
    int64_t first = (panel + p) * PANEL;
    fovea_lanes v = sum[r][p];
    fovea_activate_lanes(j->activation, &v);
    float *to = y + r * c->y.position + first / c->width * c->y.block;
    if (c->width == PANEL) {
      FOVEA_STORE(to, v);
    } else {
      FOVEA_STORE_AS(fovea_half_lanes, to, v.lo);
      if (first + c->width < c->filters) FOVEA_STORE_AS(fovea_half_lanes, to + c->y.block, v.hi);
    }
  }
}

#define TILE_AT(count, some) \
  output_tile(count, some, j, begin, end, padded + row * c->stride[1] * c->channels, panel, y + row * c->y.position)

// One row of outputs of an image; the window's rows `begin`..<`end` lie inside it and are `padded`.
#define OUTPUT_ROW(name, all)                                                                                   \
  FOVEA_KERNEL void name(const job *j, int64_t begin, int64_t end, const float *padded, float *y) {             \
    const fovea_row_convolution *c = &j->c;                                                                     \
    int64_t rows = c->output[1], panels = all_panels(c);                                                        \
    all(TILE_AT);                                                                                               \
  }

OUTPUT_ROW(fovea_row_convolution_narrow, NARROW_TILES)
OUTPUT_ROW(fovea_row_convolution_wide, WIDE_TILES)

// Pieces: workers, which share the rows of outputs of all images.
static void work(void *context, int64_t first, int64_t last) {
  const job *j = context;
  const fovea_row_convolution *c = &j->c;
  for (int64_t worker = first; worker < last; worker++) {
    padded_rows held = {.memory = j->scratch + packed_floats(c) + worker * most_rows(c) * padded_row(c), .image = -1};
    int64_t rows = c->images * c->output[0];
    for (int64_t row = rows * worker / c->workers; row < rows * (worker + 1) / c->workers; row++) {
      int64_t image = row / c->output[0], o = row % c->output[0], top = o * c->stride[0] - c->before[0];
      int64_t begin = fovea_max(0, -top), end = fovea_max(begin, fovea_min(c->size[0], c->input[0] - top));
      const float *padded = pad_rows(j, &held, image, top + begin, top + end);
      float *y = j->y + image * c->y.image + o * c->output[1] * c->y.position;
      if (has_wide_registers()) fovea_row_convolution_wide(j, begin, end, padded, y);
      else fovea_row_convolution_narrow(j, begin, end, padded, y);
    }
  }
}

void fovea_row_convolve(fovea_row_convolution c, const float *x, const float *w, const float *bias,
                        fovea_activation activation, float *y, float *scratch) {
  job j = {.c = c, .x = x, .w = w, .bias = bias, .activation = activation, .y = y, .scratch = scratch};
  fovea_parallel(all_panels(&c), 1, &j, pack);
  fovea_parallel(c.workers, 1, &j, work);
}
