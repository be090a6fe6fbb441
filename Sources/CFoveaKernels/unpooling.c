// Max unpooling: values go to, and their gradients come from, the positions that their switches name.
#include <string.h>

#include "parallel.h"

typedef struct {
  int64_t pooled, positions, channels;
  const float *x;
  const int32_t *switches;
  float *y;
} job;

// A switch outside the image is passed over; as unsigned, negative ones are too large as well.
FOVEA_INLINE bool inside(const job *j, int32_t position) { return (uint32_t)position < (uint64_t)j->positions; }

FOVEA_KERNEL void fovea_unpool_images(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t n = begin; n < end; n++) {
    float *y = j->y + n * j->positions * j->channels;
    memset(y, 0, sizeof(float) * (size_t)(j->positions * j->channels));
    for (int64_t p = n * j->pooled; p < (n + 1) * j->pooled; p++) {
      const int32_t *switches = j->switches + p * j->channels;
      for (int64_t c = 0; c < j->channels; c++)
        if (inside(j, switches[c])) y[switches[c] * j->channels + c] = j->x[p * j->channels + c];
    }
  }
}

// A piece is one pooled position of one image.
FOVEA_KERNEL void fovea_unpool_gradient_positions(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t p = begin; p < end; p++) {
    const float *g = j->x + p / j->pooled * j->positions * j->channels;
    const int32_t *switches = j->switches + p * j->channels;
    for (int64_t c = 0; c < j->channels; c++)
      j->y[p * j->channels + c] = inside(j, switches[c]) ? g[switches[c] * j->channels + c] : 0;
  }
}

void fovea_max_unpool(int64_t images, int64_t pooled, int64_t positions, int64_t channels, const float *x,
                      const int32_t *switches, float *y) {
  job j = {pooled, positions, channels, x, switches, y};
  fovea_parallel(images, 1, &j, fovea_unpool_images);
}

void fovea_max_unpool_gradient(int64_t images, int64_t pooled, int64_t positions, int64_t channels, const float *g,
                               const int32_t *switches, float *dx) {
  job j = {pooled, positions, channels, g, switches, dx};
  fovea_parallel(images * pooled, fovea_max(1, 16384 / channels), &j, fovea_unpool_gradient_positions);
}
