// Images in blocks of 16: into that layout and out of it, and the sums of its channels.
#include "parallel.h"

enum { LANES = 16 };

typedef struct {
  int64_t length, channels;
  const uint32_t *from;
  uint32_t *to;
  const float *x;
  float *partial;
} job;

FOVEA_KERNEL void fovea_interleave16_blocks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t block = begin; block < end; block++) {
    const uint32_t *from = j->from + block * LANES * j->length;
    uint32_t *to = j->to + block * LANES * j->length;
    for (int64_t i = 0; i < j->length; i++)
      for (int64_t lane = 0; lane < LANES; lane++) to[i * LANES + lane] = from[lane * j->length + i];
  }
}

FOVEA_KERNEL void fovea_deinterleave16_blocks(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t block = begin; block < end; block++) {
    const uint32_t *from = j->from + block * LANES * j->length;
    uint32_t *to = j->to + block * LANES * j->length;
    for (int64_t first = 0; first < j->length; first += LANES)  // a tile stays in the cache
      for (int64_t lane = 0; lane < LANES; lane++)
        for (int64_t i = first; i < fovea_min(first + LANES, j->length); i++)
          to[lane * j->length + i] = from[i * LANES + lane];
  }
}

void fovea_interleave16(int64_t blocks, int64_t length, const uint32_t *x, uint32_t *y) {
  job j = {.length = length, .from = x, .to = y};
  fovea_parallel(blocks, 1, &j, fovea_interleave16_blocks);
}

void fovea_deinterleave16(int64_t blocks, int64_t length, const uint32_t *x, uint32_t *y) {
  job j = {.length = length, .from = x, .to = y};
  fovea_parallel(blocks, 1, &j, fovea_deinterleave16_blocks);
}

FOVEA_KERNEL void fovea_sums16_blocks(void *context, int64_t begin, int64_t end) {
  FOVEA_FAST_SUMS
  const job *j = context;
  for (int64_t block = begin; block < end; block++)
    for (int64_t c = 0; c < j->channels; c++) {
      const float *x = j->x + (block * j->length * j->channels + c) * LANES;
      int64_t stride = j->channels * LANES, i = 0;
      fovea_lanes a = 0, b = 0;
      for (; i + 2 <= j->length; i += 2) a += FOVEA_LOAD(x + i * stride), b += FOVEA_LOAD(x + (i + 1) * stride);
      if (i < j->length) a += FOVEA_LOAD(x + i * stride);
      a += b;
      float sum = 0;
      for (int lane = 0; lane < LANES; lane++) sum += a[lane];
      j->partial[block * j->channels + c] = sum;
    }
}

void fovea_channel_sums16(int64_t blocks, int64_t positions, int64_t channels, const float *x, float *sums,
                          float *scratch) {
  job j = {.length = positions, .channels = channels, .x = x, .partial = scratch};
  fovea_parallel(blocks, 1, &j, fovea_sums16_blocks);
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0;
    for (int64_t block = 0; block < blocks; block++) sum += scratch[block * channels + c];
    sums[c] = (float)sum;
  }
}
