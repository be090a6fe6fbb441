// The gradient of max pooling: each gradient goes to the first place of its window that holds the maximum. Each image and
// channel block is one piece, since the kernel walks the outputs of one and scatters.
#include <string.h>

#include "narrow_lanes.h"
#include "pooling_windows.h"

FOVEA_INLINE void max_gradient_block(const fovea_pooling *p, int64_t width, const float *restrict g,
                                     const float *restrict x, float *restrict dx) {
  memset(dx, 0, sizeof(float) * (size_t)(positions(p->input) * width));
  FOR_OUTPUTS {
    for (int64_t strip = 0; strip < width; strip += STRIP) {
      int64_t count = fovea_min(STRIP, width - strip);
      int32_t where[STRIP];
      find_winners(p, width, &w, x + strip, count, where);
      for (int64_t c = 0; c < count; c++)
        if (where[c] >= 0) dx[(int64_t)where[c] * width + strip + c] += g[o + strip + c];
    }
  }
}

typedef struct {
  fovea_pooling p;
  fovea_numbers g, x;
  fovea_result dx;
  int workers;
  float *scratch;
} max_gradient_job;

static int64_t worker_floats(const fovea_pooling *p) {
  return (2 * positions(p->input) + positions(p->output)) * p->width;
}

size_t fovea_max_pool_gradient_scratch(fovea_pooling p, int workers) {
  return (size_t)(workers * worker_floats(&p)) * sizeof(float);
}

// Where the `count` floats from `offset` on lie; what is narrow is widened into `place`.
FOVEA_INLINE const float *widened(fovea_numbers x, int64_t offset, int64_t count, float *place) {
  if (!x.narrow) return (const float *)x.at + offset;
  fovea_widen_all(count, (const uint16_t *)x.at + offset, place);
  return place;
}

FOVEA_INLINE void work(void *context, int64_t begin, int64_t end, bool rounds) {
  const max_gradient_job *j = context;
  const fovea_pooling *p = &j->p;
  int64_t inputs = positions(p->input) * p->width, outputs = positions(p->output) * p->width;
  int64_t all = p->images * p->blocks;
  for (int64_t worker = begin; worker < end; worker++) {
    float *x_place = j->scratch ? j->scratch + worker * worker_floats(p) : NULL;
    float *dx_place = x_place ? x_place + inputs : NULL, *g_place = x_place ? dx_place + inputs : NULL;
    for (int64_t b = all * worker / j->workers; b < all * (worker + 1) / j->workers; b++) {
      const float *x = widened(j->x, b * inputs, inputs, x_place), *g = widened(j->g, b * outputs, outputs, g_place);
      float *dx = j->dx.narrow ? dx_place : (float *)j->dx.at + b * inputs;
      DISPATCH(max_gradient_block(p, width, g, x, dx))
      if (j->dx.narrow) fovea_narrow_all(rounds, inputs, dx, (uint16_t *)j->dx.at + b * inputs);
    }
  }
}

FOVEA_KERNEL void fovea_max_gradient_workers(void *context, int64_t begin, int64_t end) {
  work(context, begin, end, false);
}
FOVEA_ROUNDING_KERNEL void fovea_max_gradient_workers_rounding(void *context, int64_t begin, int64_t end) {
  work(context, begin, end, true);
}

void fovea_max_pool_gradient(fovea_pooling p, fovea_numbers g, fovea_numbers x, fovea_result dx, int workers,
                             float *scratch) {
  max_gradient_job j = {p, g, x, dx, workers, scratch};
  fovea_parallel(workers, 1, &j, fovea_rounds() ? fovea_max_gradient_workers_rounding : fovea_max_gradient_workers);
}
