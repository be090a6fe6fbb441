// Max and average pooling, forward and backward, for images in channel blocks: a position holds `width` neighbouring
// channels. Each image and channel block is independent; the backward kernels walk the outputs of one and scatter.
#include <math.h>
#include <string.h>

#include "parallel.h"

typedef struct {
  fovea_pooling p;
  const float *g, *x;
  float *y;
} job;

typedef struct {
  int64_t first[3], begin[3], end[3];
} window;

// The positions k of the window at output `o` that lie inside the input: begin..<end along each axis.
FOVEA_INLINE void clip(const fovea_pooling *p, int axis, int64_t o, window *w) {
  int64_t first = o * p->stride[axis] - p->before[axis], d = p->dilation[axis], room = p->input[axis] - first;
  w->first[axis] = first;
  w->begin[axis] = first >= 0 ? 0 : d == 1 ? -first : fovea_ceil_div(-first, d);
  w->end[axis] = room <= 0 ? 0 : fovea_min(p->size[axis], d == 1 ? room : fovea_ceil_div(room, d));
}

// The body runs for every output, with `w`, its window, and `o`, its offset.
#define FOR_OUTPUTS                                                                             \
  window w;                                                                                     \
  int64_t o = 0;                                                                                \
  for (int64_t od = 0; od < p->output[0]; od++)                                                 \
    for (int64_t oh = (clip(p, 0, od, &w), 0); oh < p->output[1]; oh++)                         \
      for (int64_t ow = (clip(p, 1, oh, &w), 0); ow < p->output[2]; ow++, o += width)           \
        if (clip(p, 2, ow, &w), true)

// The body runs with `i`, the offset of an input position, in row-major order of the window.
#define FOR_WINDOW                                                                              \
  for (int64_t kd = w.begin[0]; kd < w.end[0]; kd++)                                            \
    for (int64_t kh = w.begin[1]; kh < w.end[1]; kh++)                                          \
      for (int64_t kw = w.begin[2],                                                             \
                   i = (((w.first[0] + kd * p->dilation[0]) * p->input[1] + w.first[1] + kh * p->dilation[1]) * \
                            p->input[2] + w.first[2] + kw * p->dilation[2]) * width;            \
           kw < w.end[2]; kw++, i += p->dilation[2] * width)

FOVEA_INLINE int64_t positions(const int64_t *size) { return size[0] * size[1] * size[2]; }

FOVEA_INLINE float divisor(const fovea_pooling *p, const window *w) {
  if (p->counts_padding) return (float)(p->size[0] * p->size[1] * p->size[2]);
  return (float)((w->end[0] - w->begin[0]) * (w->end[1] - w->begin[1]) * (w->end[2] - w->begin[2]));
}

FOVEA_INLINE void max_block(const fovea_pooling *p, int64_t width, const float *restrict x, float *restrict y) {
  FOR_OUTPUTS {
    for (int64_t c = 0; c < width; c++) y[o + c] = -INFINITY;
    FOR_WINDOW for (int64_t c = 0; c < width; c++) y[o + c] = x[i + c] <= y[o + c] ? y[o + c] : x[i + c];
  }
}

// Wide rows are handled in strips, so that the winners of a window fit on the stack.
enum { STRIP = 64 };

FOVEA_INLINE void max_gradient_block(const fovea_pooling *p, int64_t width, const float *restrict g, const float *restrict x, float *restrict dx) {
  memset(dx, 0, sizeof(float) * (size_t)(positions(p->input) * width));
  FOR_OUTPUTS {
    for (int64_t strip = 0; strip < width; strip += STRIP) {
      int64_t count = fovea_min(STRIP, width - strip);
      float best[STRIP];
      int32_t where[STRIP];
      for (int64_t c = 0; c < count; c++) best[c] = -INFINITY, where[c] = -1;
      FOR_WINDOW for (int64_t c = 0; c < count; c++) {
        float v = x[i + strip + c];
        bool wins = !(v <= best[c]) || where[c] < 0;
        best[c] = wins ? v : best[c];
        where[c] = wins ? (int32_t)i : where[c];
      }
      for (int64_t c = 0; c < count; c++)
        if (where[c] >= 0) dx[where[c] + strip + c] += g[o + strip + c];
    }
  }
}

FOVEA_INLINE void average_block(const fovea_pooling *p, int64_t width, const float *restrict x, float *restrict y) {
  FOR_OUTPUTS {
    float share = 1 / divisor(p, &w);
    for (int64_t c = 0; c < width; c++) y[o + c] = 0;
    FOR_WINDOW for (int64_t c = 0; c < width; c++) y[o + c] += x[i + c];
    for (int64_t c = 0; c < width; c++) y[o + c] *= share;
  }
}

FOVEA_INLINE void average_gradient_block(const fovea_pooling *p, int64_t width, const float *restrict g, float *restrict dx) {
  memset(dx, 0, sizeof(float) * (size_t)(positions(p->input) * width));
  FOR_OUTPUTS {
    float share = 1 / divisor(p, &w);
    FOR_WINDOW for (int64_t c = 0; c < width; c++) dx[i + c] += share * g[o + c];
  }
}

// One piece is one image and channel block. The common widths are compiled as constants.
#define DISPATCH(call)                 \
  switch (p->width) {                  \
    case 16: { enum { width = 16 }; call; break; } \
    case 8: { enum { width = 8 }; call; break; }   \
    case 6: { enum { width = 6 }; call; break; }   \
    default: { int64_t width = p->width; call; }   \
  }

#define POOLING_LOOP(name, call)                                                      \
  FOVEA_KERNEL void name(void *context, int64_t begin, int64_t end) {                 \
    const job *j = context;                                                           \
    const fovea_pooling *p = &j->p;                                                   \
    int64_t inputs = positions(p->input) * p->width, outputs = positions(p->output) * p->width; \
    for (int64_t b = begin; b < end; b++) DISPATCH(call)                              \
  }

POOLING_LOOP(fovea_max_images, max_block(p, width, j->x + b * inputs, j->y + b * outputs))
POOLING_LOOP(fovea_max_gradient_images,
             max_gradient_block(p, width, j->g + b * outputs, j->x + b * inputs, j->y + b * inputs))
POOLING_LOOP(fovea_average_images, average_block(p, width, j->x + b * inputs, j->y + b * outputs))
POOLING_LOOP(fovea_average_gradient_images, average_gradient_block(p, width, j->g + b * outputs, j->y + b * inputs))

void fovea_max_pool(fovea_pooling p, const float * x, float * y) {
  job j = {.p = p, .x = x, .y = y};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_max_images);
}

void fovea_max_pool_gradient(fovea_pooling p, const float *restrict g, const float * x, float * dx) {
  job j = {.p = p, .g = g, .x = x, .y = dx};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_max_gradient_images);
}

void fovea_average_pool(fovea_pooling p, const float * x, float * y) {
  job j = {.p = p, .x = x, .y = y};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_average_images);
}

void fovea_average_pool_gradient(fovea_pooling p, const float *restrict g, float *restrict dx) {
  job j = {.p = p, .g = g, .y = dx};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_average_gradient_images);
}
