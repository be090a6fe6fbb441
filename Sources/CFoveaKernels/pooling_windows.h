// The windows of a pooling, for images in channel blocks: a position holds `width` neighbouring channels.
#pragma once

#include <math.h>

#include "parallel.h"

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

// The body runs for every output of a row, with `w`, its window, and `o`, its offset in the row.
#define FOR_ROW(row)                                                                            \
  window w;                                                                                     \
  clip(p, 0, (row) / p->output[1], &w);                                                         \
  clip(p, 1, (row) % p->output[1], &w);                                                         \
  for (int64_t ow = 0, o = 0; ow < p->output[2]; ow++, o += width)                              \
    if (clip(p, 2, ow, &w), true)

// Likewise for every output of an image and channel block.
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

// Wide rows are handled in strips, so that the winners of a window fit on the stack.
enum { STRIP = 64 };

// Where under a window the first maximum of each of `count` channels lies, of which x has the first; −1 under none.
FOVEA_INLINE void find_winners(const fovea_pooling *p, int64_t width, const window *at, const float *restrict x,
                               int64_t count, int32_t *restrict where) {
  window w = *at;
  float best[STRIP];
  for (int64_t c = 0; c < count; c++) best[c] = -INFINITY, where[c] = -1;
  FOR_WINDOW {
    int32_t position = (int32_t)(i / width);
    for (int64_t c = 0; c < count; c++) {
      float v = x[i + c];
      bool wins = v > best[c] || v != v || where[c] < 0;
      best[c] = wins ? v : best[c];
      where[c] = wins ? position : where[c];
    }
  }
}

// The common widths are compiled as constants.
#define DISPATCH(call)                 \
  switch (p->width) {                  \
    case 16: { enum { width = 16 }; call; break; } \
    case 8: { enum { width = 8 }; call; break; }   \
    case 6: { enum { width = 6 }; call; break; }   \
    default: { int64_t width = p->width; call; }   \
  }
