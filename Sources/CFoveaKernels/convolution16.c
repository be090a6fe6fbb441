// Convolution over images in blocks of 16, forward and backward. One piece of work is one block.
#include <string.h>

#include "activation.h"
#include "parallel.h"

enum { LANES = 16 };

typedef struct {
  fovea_convolution16 c;
  const float *g, *x, *w, *bias;
  fovea_activation activation;
  float *y, *scratch;
  int64_t scratch_stride;  // floats of scratch for each block
} job;

// A block's images with zeros left and right, so that no window is cut at the sides.
static int64_t padded_width(const fovea_convolution16 *c) { return c->input[1] + c->before[1] + c->after[1]; }

static bool needs_padding(const fovea_convolution16 *c) { return c->before[1] > 0 || c->after[1] > 0; }

static int64_t padded_floats(const fovea_convolution16 *c) {
  return needs_padding(c) ? c->input[0] * padded_width(c) * c->channels * LANES : 0;
}

static int64_t weight_count(const fovea_convolution16 *c) {
  return c->size[0] * c->size[1] * c->channels * c->filters;
}

// The convolution that takes the output's gradient to the input's: kernels turned round, channels exchanged.
static fovea_convolution16 reversed(fovea_convolution16 c) {
  fovea_convolution16 r = {.blocks = c.blocks, .channels = c.filters, .filters = c.channels};
  for (int axis = 0; axis < 2; axis++) {
    r.input[axis] = c.output[axis], r.output[axis] = c.input[axis], r.size[axis] = c.size[axis];
    r.before[axis] = c.size[axis] - 1 - c.before[axis];
    r.after[axis] = c.input[axis] + c.size[axis] - 1 - c.output[axis] - r.before[axis];
  }
  return r;
}

size_t fovea_convolution16_scratch(fovea_convolution16 c) {
  fovea_convolution16 r = reversed(c);
  int64_t forward = padded_floats(&c) + weight_count(&c);
  int64_t backward = padded_floats(&r);
  return (size_t)(c.blocks * fovea_max(forward, backward) + weight_count(&c)) * sizeof(float);
}

// Copies a block with its sides padded, if it needs to be; gives what to read, and its width.
FOVEA_INLINE const float *pad_sides(const job *j, const float *block, float *scratch, int64_t *width) {
  const fovea_convolution16 *c = &j->c;
  int64_t position = c->channels * LANES;
  *width = padded_width(c);
  if (!needs_padding(c)) return block;
  for (int64_t row = 0; row < c->input[0]; row++) {
    float *to = scratch + row * *width * position;
    memset(to, 0, sizeof(float) * (size_t)(c->before[1] * position));
    memcpy(to + c->before[1] * position, block + row * c->input[1] * position,
           sizeof(float) * (size_t)(c->input[1] * position));
    memset(to + (c->before[1] + c->input[1]) * position, 0, sizeof(float) * (size_t)(c->after[1] * position));
  }
  return scratch;
}

// The rows of the kernel that meet the image at output row `row`.
FOVEA_INLINE void kernel_rows(const fovea_convolution16 *c, int64_t row, int64_t *begin, int64_t *end) {
  *begin = fovea_max(0, c->before[0] - row);
  *end = fovea_min(c->size[0], c->input[0] + c->before[0] - row);
}

// `positions` neighbouring outputs of `filters` neighbouring filters, all in registers. `x` is where the first window
// begins; a window's row is `span` = kernel width · channels registers that follow one another.
FOVEA_INLINE void forward_tile(const job *j, int positions, int filters, const float *x, int64_t width, int64_t begin,
                               int64_t end, int64_t filter, float *y) {
  FOVEA_FAST_SUMS
  const fovea_convolution16 *c = &j->c;
  int64_t position = c->channels * LANES, span = c->size[1] * c->channels;
  fovea_lanes sum[8][6];
#pragma clang loop unroll(full)
  for (int o = 0; o < filters; o++) {
    float start = j->bias ? j->bias[filter + o] : 0;
#pragma clang loop unroll(full)
    for (int p = 0; p < positions; p++) sum[p][o] = start;
  }
  for (int64_t k = begin; k < end; k++) {
    const float *row = x + k * width * position, *w = j->w + k * span * c->filters + filter;
    for (int64_t s = 0; s < span; s++, row += LANES, w += c->filters) {
      fovea_lanes input[8];
#pragma clang loop unroll(full)
      for (int p = 0; p < positions; p++) input[p] = FOVEA_LOAD(row + p * position);
#pragma clang loop unroll(full)
      for (int o = 0; o < filters; o++) {
        fovea_lanes weight = w[o];
#pragma clang loop unroll(full)
        for (int p = 0; p < positions; p++) sum[p][o] += input[p] * weight;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < positions; p++)
#pragma clang loop unroll(full)
    for (int o = 0; o < filters; o++) {
      fovea_lanes v = sum[p][o];
      float *to = y + (p * c->filters + o) * LANES;
      fovea_activate_lanes(j->activation, &v);
      FOVEA_STORE(to, v);
    }
}

// A row of outputs for `filters` filters, in tiles of `positions`, the rest one by one.
#define FORWARD_ROW(positions, filters)                                                                   \
  do {                                                                                                    \
    int64_t p = 0;                                                                                        \
    for (; p + (positions) <= c->output[1]; p += (positions))                                             \
      forward_tile(j, positions, filters, x + p * position, width, begin, end, filter, y + p * out);      \
    for (; p < c->output[1]; p++)                                                                         \
      forward_tile(j, 1, filters, x + p * position, width, begin, end, filter, y + p * out);              \
    filter += (filters), y += (filters) * LANES;                                                          \
  } while (0)

FOVEA_KERNEL void fovea_forward16_blocks(void *context, int64_t first, int64_t last) {
  const job *j = context;
  const fovea_convolution16 *c = &j->c;
  int64_t position = c->channels * LANES, out = c->filters * LANES, width;
  for (int64_t block = first; block < last; block++) {
    const float *image = j->x + block * c->input[0] * c->input[1] * position;
    const float *padded = pad_sides(j, image, j->scratch + block * j->scratch_stride, &width);
    for (int64_t row = 0; row < c->output[0]; row++) {
      int64_t begin, end, filter = 0;
      kernel_rows(c, row, &begin, &end);
      // `begin` may be past the image's top: the pointer is where kernel row 0 would be.
      const float *x = padded + (row - c->before[0]) * width * position;
      float *y = j->y + (block * c->output[0] + row) * c->output[1] * out;
      while (c->filters - filter >= 6 && (c->filters - filter) % 4 != 0) FORWARD_ROW(4, 6);
      while (c->filters - filter >= 4) FORWARD_ROW(6, 4);
      while (c->filters - filter >= 2) FORWARD_ROW(8, 2);
      while (c->filters - filter >= 1) FORWARD_ROW(8, 1);
    }
  }
}

void fovea_convolution16_forward(fovea_convolution16 c, const float *x, const float *w, const float *bias,
                                 fovea_activation activation, float *y, float *scratch) {
  job j = {.c = c, .x = x, .w = w, .bias = bias, .activation = activation, .y = y, .scratch = scratch,
           .scratch_stride = padded_floats(&c)};
  fovea_parallel(c.blocks, 1, &j, fovea_forward16_blocks);
}

void fovea_convolution16_input_gradient(fovea_convolution16 c, const float *g, const float *w, float *dx,
                                        float *scratch) {
  fovea_convolution16 r = reversed(c);
  int64_t taps = c.size[0] * c.size[1];
  for (int64_t k = 0; k < taps; k++)
    for (int64_t i = 0; i < c.channels; i++)
      for (int64_t o = 0; o < c.filters; o++)
        scratch[((taps - 1 - k) * c.filters + o) * c.channels + i] = w[(k * c.channels + i) * c.filters + o];
  fovea_convolution16_forward(r, g, scratch, NULL, FOVEA_IDENTITY, dx, scratch + weight_count(&c));
}

// For one row of the kernel, `taps` neighbouring places of (kernel column, channel) and `filters` neighbouring filters:
// the sum over a block of input times gradient, all in registers.
FOVEA_INLINE void weights_tile(const job *j, int taps, int filters, const float *x, int64_t width, const float *g,
                               int64_t kernel_row, int64_t tap, int64_t filter, float *dw) {
  FOVEA_FAST_SUMS
  const fovea_convolution16 *c = &j->c;
  int64_t position = c->channels * LANES, out = c->filters * LANES;
  int64_t begin = fovea_max(0, c->before[0] - kernel_row);
  int64_t end = fovea_min(c->output[0], c->input[0] + c->before[0] - kernel_row);
  fovea_lanes sum[6][6];
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++)
#pragma clang loop unroll(full)
    for (int o = 0; o < filters; o++) sum[t][o] = 0;
  for (int64_t row = begin; row < end; row++) {
    const float *input = x + (row + kernel_row - c->before[0]) * width * position + tap * LANES;
    const float *gradient = g + row * c->output[1] * out + filter * LANES;
    for (int64_t p = 0; p < c->output[1]; p++, input += position, gradient += out) {
      fovea_lanes in[6];
#pragma clang loop unroll(full)
      for (int t = 0; t < taps; t++) in[t] = FOVEA_LOAD(input + t * LANES);
#pragma clang loop unroll(full)
      for (int o = 0; o < filters; o++) {
        fovea_lanes up = FOVEA_LOAD(gradient + o * LANES);
#pragma clang loop unroll(full)
        for (int t = 0; t < taps; t++) sum[t][o] += in[t] * up;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++)
#pragma clang loop unroll(full)
    for (int o = 0; o < filters; o++) {
      float total = 0;
      for (int lane = 0; lane < LANES; lane++) total += sum[t][o][lane];
      dw[(tap + t) * c->filters + filter + o] = total;
    }
}

#define WEIGHTS_COLUMN(filters)                                                                            \
  do {                                                                                                     \
    int64_t tap = 0;                                                                                       \
    for (; tap + 5 <= span; tap += 5) weights_tile(j, 5, filters, padded, width, g, k, tap, filter, row);  \
    for (; tap < span; tap++) weights_tile(j, 1, filters, padded, width, g, k, tap, filter, row);          \
    filter += (filters);                                                                                   \
  } while (0)

FOVEA_KERNEL void fovea_weights16_blocks(void *context, int64_t first, int64_t last) {
  const job *j = context;
  const fovea_convolution16 *c = &j->c;
  int64_t position = c->channels * LANES, span = c->size[1] * c->channels, width;
  for (int64_t block = first; block < last; block++) {
    float *partial = j->scratch + block * j->scratch_stride;
    const float *image = j->x + block * c->input[0] * c->input[1] * position;
    const float *padded = pad_sides(j, image, partial + weight_count(c), &width);
    const float *g = j->g + block * c->output[0] * c->output[1] * c->filters * LANES;
    for (int64_t k = 0; k < c->size[0]; k++) {
      float *row = partial + k * span * c->filters;
      int64_t filter = 0;
      while (c->filters - filter >= 4) WEIGHTS_COLUMN(4);
      while (c->filters - filter >= 2) WEIGHTS_COLUMN(2);
      while (c->filters - filter >= 1) WEIGHTS_COLUMN(1);
    }
  }
}

void fovea_convolution16_weights_gradient(fovea_convolution16 c, const float *g, const float *x, float *dw,
                                          float *scratch) {
  int64_t count = weight_count(&c);
  job j = {.c = c, .g = g, .x = x, .scratch = scratch, .scratch_stride = padded_floats(&c) + count};
  fovea_parallel(c.blocks, 1, &j, fovea_weights16_blocks);
  for (int64_t i = 0; i < count; i++) {
    double sum = 0;
    for (int64_t block = 0; block < c.blocks; block++) sum += scratch[block * j.scratch_stride + i];
    dw[i] = (float)sum;
  }
}
