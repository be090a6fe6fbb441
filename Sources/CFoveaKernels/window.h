// Where a sliding window lies on the input.
#pragma once

#include "parallel.h"

/// A window at one output: its first input along each axis, which may be padding, and its positions that are not.
typedef struct {
  int64_t first[3], begin[3], end[3];
} fovea_place;

FOVEA_INLINE void fovea_clip(const fovea_window *w, int axis, int64_t output, fovea_place *place) {
  int64_t first = output * w->stride[axis] - w->before[axis], d = w->dilation[axis], room = w->input[axis] - first;
  place->first[axis] = first;
  place->begin[axis] = first >= 0 ? 0 : fovea_min(w->size[axis], d == 1 ? -first : fovea_ceil_div(-first, d));
  place->end[axis] = room <= 0 ? 0 : fovea_min(w->size[axis], d == 1 ? room : fovea_ceil_div(room, d));
}

FOVEA_INLINE int64_t fovea_positions(const int64_t *size) { return size[0] * size[1] * size[2]; }

/// The body runs for every output, with `place`, its window, and `o`, its position in row-major order.
#define FOVEA_FOR_OUTPUTS(w)                                                                    \
  fovea_place place;                                                                            \
  int64_t o = 0;                                                                                \
  for (int64_t od = 0; od < (w)->output[0]; od++)                                               \
    for (int64_t oh = (fovea_clip(w, 0, od, &place), 0); oh < (w)->output[1]; oh++)             \
      for (int64_t ow = (fovea_clip(w, 1, oh, &place), 0); ow < (w)->output[2]; ow++, o++)      \
        if (fovea_clip(w, 2, ow, &place), true)

/// The body runs for every position of the window that is not padding: `i` is the input, `k` the position of the window,
/// both in row-major order.
#define FOVEA_FOR_WINDOW(w)                                                                                    \
  for (int64_t kd = place.begin[0]; kd < place.end[0]; kd++)                                                   \
    for (int64_t kh = place.begin[1]; kh < place.end[1]; kh++)                                                 \
      for (int64_t kw = place.begin[2], k = (kd * (w)->size[1] + kh) * (w)->size[2] + kw,                      \
                   i = ((place.first[0] + kd * (w)->dilation[0]) * (w)->input[1] + place.first[1] +            \
                        kh * (w)->dilation[1]) * (w)->input[2] + place.first[2] + kw * (w)->dilation[2];       \
           kw < place.end[2]; kw++, k++, i += (w)->dilation[2])
