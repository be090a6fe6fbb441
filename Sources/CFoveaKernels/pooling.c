// Max, average and p-norm pooling, and the gradients of the last two. Forward, each row of outputs is independent;
// backward, each image and channel block, since the kernels walk the outputs of one and scatter.
#include <math.h>
#include <string.h>

#include "pooling_windows.h"

typedef struct {
  fovea_pooling p;
  const float *g, *x, *norm;
  float *y;
  int32_t *switches;
} job;

// A window that hangs over the padding is cut off there.
FOVEA_INLINE int64_t padded(const fovea_pooling *p, const window *w, int axis) {
  int64_t room = p->input[axis] + p->after[axis] - w->first[axis];
  return fovea_min(p->size[axis], fovea_ceil_div(room, p->dilation[axis]));
}

FOVEA_INLINE float divisor(const fovea_pooling *p, const window *w) {
  if (p->divisor == FOVEA_NUMBER) return (float)p->number;
  if (p->divisor == FOVEA_PADDED) return (float)(padded(p, w, 0) * padded(p, w, 1) * padded(p, w, 2));
  return (float)((w->end[0] - w->begin[0]) * (w->end[1] - w->begin[1]) * (w->end[2] - w->begin[2]));
}

// `count` channels in a register while the window is walked.
#define MAX_CHANNELS(vector, count)                                           \
  for (; c + (count) <= width; c += (count)) {                                \
    vector best = -INFINITY;                                                  \
    FOR_WINDOW {                                                              \
      vector v = FOVEA_LOAD_AS(vector, x + i + c);                            \
      best = ((v > best) | (v != v)) ? v : best;                              \
    }                                                                         \
    FOVEA_STORE_AS(vector, y + o + c, best);                                  \
  }

FOVEA_INLINE void max_row(const fovea_pooling *p, int64_t width, int64_t row, const float *restrict x, float *restrict y) {
  FOR_ROW(row) {
    int64_t c = 0;
    MAX_CHANNELS(fovea_lanes, 16)
    MAX_CHANNELS(fovea_half_lanes, 8)
    for (; c < width; c++) {
      float best = -INFINITY;
      FOR_WINDOW best = x[i + c] > best || x[i + c] != x[i + c] ? x[i + c] : best;
      y[o + c] = best;
    }
  }
}

// The sum under a window of `term`, of `v`, to y: of a large window in parts of PIECE positions, so that the rounding
// error does not grow with its size.
enum { PIECE = 128 };
#define SUM_WINDOW(term)                                                                        \
  if (p->size[0] * p->size[1] * p->size[2] <= PIECE) {                                          \
    for (int64_t c = 0; c < width; c++) y[o + c] = 0;                                           \
    FOR_WINDOW for (int64_t c = 0; c < width; c++) {                                            \
      float v = x[i + c];                                                                       \
      y[o + c] += term;                                                                         \
    }                                                                                           \
  } else {                                                                                      \
    for (int64_t strip = 0; strip < width; strip += STRIP) {                                    \
      int64_t count = fovea_min(STRIP, width - strip), pending = 0;                             \
      double total[STRIP] = {0};                                                                \
      float part[STRIP] = {0};                                                                  \
      FOR_WINDOW {                                                                              \
        for (int64_t c = 0; c < count; c++) {                                                   \
          float v = x[i + strip + c];                                                           \
          part[c] += term;                                                                      \
        }                                                                                       \
        if (++pending == PIECE) {                                                               \
          for (int64_t c = 0; c < count; c++) total[c] += part[c], part[c] = 0;                 \
          pending = 0;                                                                          \
        }                                                                                       \
      }                                                                                         \
      for (int64_t c = 0; c < count; c++) y[o + strip + c] = (float)(total[c] + part[c]);       \
    }                                                                                           \
  }

FOVEA_INLINE void average_row(const fovea_pooling *p, int64_t width, int64_t row, const float *restrict x, float *restrict y) {
  FOR_ROW(row) {
    float share = 1 / divisor(p, &w);
    SUM_WINDOW(v)
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

// x ^ n for x ≥ 0; whole powers that are small are products.
FOVEA_INLINE float raise(float x, float power) {
  if (power == 1) return x;
  if (power == 2) return x * x;
  if (power == 3) return x * x * x;
  return power == 0 ? 1 : powf(x, power);
}

FOVEA_INLINE float root(float x, float power) {
  if (power == 1) return x;
  return power == 2 ? __builtin_elementwise_sqrt(x) : powf(x, 1 / power);
}

FOVEA_INLINE void lp_row(const fovea_pooling *p, int64_t width, int64_t row, float power, const float *restrict x, float *restrict y) {
  FOR_ROW(row) {
    SUM_WINDOW(raise(fabsf(v), power))
    for (int64_t c = 0; c < width; c++) y[o + c] = root(y[o + c], power);
  }
}

FOVEA_INLINE void lp_gradient_block(const fovea_pooling *p, int64_t width, float power, const float *restrict g, const float *restrict x, const float *restrict y, float *restrict dx) {
  memset(dx, 0, sizeof(float) * (size_t)(positions(p->input) * width));
  FOR_OUTPUTS {
    FOR_WINDOW for (int64_t c = 0; c < width; c++) {
      float slope = copysignf(raise(fabsf(x[i + c]) / y[o + c], power - 1), x[i + c]);
      dx[i + c] += x[i + c] == 0 || y[o + c] == 0 ? 0 : g[o + c] * slope;
    }
  }
}

// The common powers are compiled as constants.
#define POWERS(call)                                   \
  if (p->power == 1) { const float power = 1; call; }  \
  else if (p->power == 2) { const float power = 2; call; } \
  else { const float power = p->power; call; }

FOVEA_INLINE void switches_row(const fovea_pooling *p, int64_t width, int64_t row, const float *restrict x, int32_t *restrict y) {
  FOR_ROW(row) {
    for (int64_t strip = 0; strip < width; strip += STRIP) {
      int64_t count = fovea_min(STRIP, width - strip);
      int32_t where[STRIP];
      find_winners(p, width, &w, x + strip, count, where);
      for (int64_t c = 0; c < count; c++) y[o + strip + c] = where[c];
    }
  }
}

// Forward: one piece is one row of outputs. `b` is its image and channel block, `to` where it begins.
#define ROW_LOOP(name, call)                                                          \
  FOVEA_KERNEL void name(void *context, int64_t begin, int64_t end) {                 \
    const job *j = context;                                                           \
    const fovea_pooling *p = &j->p;                                                   \
    int64_t inputs = positions(p->input) * p->width, rows = p->output[0] * p->output[1]; \
    for (int64_t piece = begin; piece < end; piece++) {                               \
      int64_t b = piece / rows, row = piece % rows, to = piece * p->output[2] * p->width; \
      DISPATCH(call)                                                                  \
    }                                                                                 \
  }

// Backward: one piece is one image and channel block.
#define IMAGE_LOOP(name, call)                                                        \
  FOVEA_KERNEL void name(void *context, int64_t begin, int64_t end) {                 \
    const job *j = context;                                                           \
    const fovea_pooling *p = &j->p;                                                   \
    int64_t inputs = positions(p->input) * p->width, outputs = positions(p->output) * p->width; \
    for (int64_t b = begin; b < end; b++) DISPATCH(call)                              \
  }

ROW_LOOP(fovea_max_rows, max_row(p, width, row, j->x + b * inputs, j->y + to))
ROW_LOOP(fovea_average_rows, average_row(p, width, row, j->x + b * inputs, j->y + to))
ROW_LOOP(fovea_lp_rows, POWERS(lp_row(p, width, row, power, j->x + b * inputs, j->y + to)))
ROW_LOOP(fovea_switch_rows, switches_row(p, width, row, j->x + b * inputs, j->switches + to))

IMAGE_LOOP(fovea_average_gradient_images, average_gradient_block(p, width, j->g + b * outputs, j->y + b * inputs))
IMAGE_LOOP(fovea_lp_gradient_images,
           POWERS(lp_gradient_block(p, width, power, j->g + b * outputs, j->x + b * inputs, j->norm + b * outputs,
                                    j->y + b * inputs)))

// Rows that fill this many floats are worth a thread.
enum { GRAIN = 4096 };

static void for_rows(job *j, fovea_body body) {
  const fovea_pooling *p = &j->p;
  int64_t rows = p->images * p->blocks * p->output[0] * p->output[1];
  fovea_parallel(rows, fovea_max(1, GRAIN / fovea_max(1, p->output[2] * p->width)), j, body);
}

void fovea_max_pool(fovea_pooling p, const float * x, float * y) {
  job j = {.p = p, .x = x, .y = y};
  for_rows(&j, fovea_max_rows);
}

void fovea_average_pool(fovea_pooling p, const float * x, float * y) {
  job j = {.p = p, .x = x, .y = y};
  for_rows(&j, fovea_average_rows);
}

void fovea_average_pool_gradient(fovea_pooling p, const float *restrict g, float *restrict dx) {
  job j = {.p = p, .g = g, .y = dx};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_average_gradient_images);
}

void fovea_lp_pool(fovea_pooling p, const float *x, float *y) {
  job j = {.p = p, .x = x, .y = y};
  for_rows(&j, fovea_lp_rows);
}

void fovea_lp_pool_gradient(fovea_pooling p, const float *g, const float *x, const float *y, float *dx) {
  job j = {.p = p, .g = g, .x = x, .norm = y, .y = dx};
  fovea_parallel(p.images * p.blocks, 1, &j, fovea_lp_gradient_images);
}

void fovea_max_pool_switches(fovea_pooling p, const float *x, int32_t *switches) {
  job j = {.p = p, .x = x, .switches = switches};
  for_rows(&j, fovea_switch_rows);
}
