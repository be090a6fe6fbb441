// The gradient of max pooling: each gradient goes to the first place of its window that holds the maximum. Each image and
// channel block is one piece, since the kernel walks the outputs of one and scatters.
#include <string.h>

#include "narrow_lanes.h"
#include "pooling_windows.h"

typedef int32_t fovea_lanes_integers __attribute__((ext_vector_type(16)));
typedef int32_t fovea_half_lanes_integers __attribute__((ext_vector_type(8)));

// A block that fills a register. `narrow`: whether x is bfloat16.
#define REGISTER_BLOCK(lanes)                                                                                     \
  FOVEA_INLINE void lanes##_gradient(const fovea_pooling *p, const void *g, bool narrow_g, const void *x,         \
                                     bool narrow, float *dx) {                                                    \
    enum { width = sizeof(lanes) / sizeof(float) };                                                               \
    memset(dx, 0, sizeof(lanes) * (size_t)positions(p->input));                                                   \
    FOR_OUTPUTS {                                                                                                 \
      lanes best = -INFINITY, gradient;                                                                           \
      lanes##_integers where = -1;                                                                                \
      FOR_WINDOW {                                                                                                \
        lanes v;                                                                                                  \
        lanes##_read(x, i, narrow, &v);                                                                           \
        lanes##_integers wins = (v > best) | (v != v) | (where < 0);                                              \
        best = wins ? v : best;                                                                                   \
        where = wins ? (lanes##_integers)(int32_t)(i / width) : where;                                            \
      }                                                                                                           \
      lanes##_read(g, o, narrow_g, &gradient);                                                                    \
      FOR_WINDOW {                                                                                                \
        lanes##_integers wins = where == (int32_t)(i / width);                                                    \
        *(lanes *)(dx + i) += wins ? gradient : (lanes)0.0f;                                                      \
      }                                                                                                           \
    }                                                                                                             \
  }

REGISTER_BLOCK(fovea_lanes)
REGISTER_BLOCK(fovea_half_lanes)

FOVEA_INLINE void any_gradient(const fovea_pooling *p, int64_t width, const float *restrict g, const float *restrict x,
                               float *restrict dx) {
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

// The result of a block, and, where no register reads bfloat16 itself, what it is made of.
static int64_t worker_floats(const fovea_pooling *p) {
  int64_t inputs = positions(p->input) * p->width, outputs = positions(p->output) * p->width;
  return p->width == 16 || p->width == 8 ? inputs : 2 * inputs + outputs;
}

size_t fovea_max_pool_gradient_scratch(fovea_pooling p, int workers) {
  return (size_t)(workers * worker_floats(&p)) * sizeof(float);
}

FOVEA_INLINE const void *at(fovea_numbers x, int64_t offset) {
  return (const char *)x.at + offset * (x.narrow ? 2 : 4);
}

// Where the `count` floats from `offset` on lie; what is narrow is widened into `place`.
FOVEA_INLINE const float *widened(fovea_numbers x, int64_t offset, int64_t count, float *place) {
  if (!x.narrow) return at(x, offset);
  fovea_widen_all(count, at(x, offset), place);
  return place;
}

FOVEA_INLINE void work(void *context, int64_t begin, int64_t end, bool rounds) {
  const max_gradient_job *j = context;
  const fovea_pooling *p = &j->p;
  int64_t inputs = positions(p->input) * p->width, outputs = positions(p->output) * p->width;
  int64_t all = p->images * p->blocks;
  for (int64_t worker = begin; worker < end; worker++) {
    float *dx_place = j->scratch ? j->scratch + worker * worker_floats(p) : NULL;
    float *x_place = dx_place ? dx_place + inputs : NULL, *g_place = x_place ? x_place + inputs : NULL;
    for (int64_t b = all * worker / j->workers; b < all * (worker + 1) / j->workers; b++) {
      const void *x = at(j->x, b * inputs), *g = at(j->g, b * outputs);
      float *dx = j->dx.narrow ? dx_place : (float *)j->dx.at + b * inputs;
      if (p->width == 16 && j->x.narrow) fovea_lanes_gradient(p, g, j->g.narrow, x, true, dx);
      else if (p->width == 16) fovea_lanes_gradient(p, g, j->g.narrow, x, false, dx);
      else if (p->width == 8 && j->x.narrow) fovea_half_lanes_gradient(p, g, j->g.narrow, x, true, dx);
      else if (p->width == 8) fovea_half_lanes_gradient(p, g, j->g.narrow, x, false, dx);
      else {
        const float *floats = widened(j->x, b * inputs, inputs, x_place);
        const float *gradients = widened(j->g, b * outputs, outputs, g_place);
        // Row-major pictures of LeNet-5; compiled as a constant.
        if (p->width == 6) any_gradient(p, 6, gradients, floats, dx);
        else any_gradient(p, p->width, gradients, floats, dx);
      }
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
