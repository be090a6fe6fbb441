// What batch normalisation does with a channel, and where its rectified result is more than 0.
#pragma once

#include <math.h>

#include "channel_pieces.h"

/// For each channel of a piece: `x·factor + offset`; 0 for channels that only fill a block.
typedef struct {
  float factor[LANES], offset[LANES];
} normalization;

FOVEA_INLINE normalization normalization_of(const piece *p, int64_t channels, float epsilon, const float *moments,
                                            const float *scale, const float *bias) {
  normalization n = {{0}, {0}};
  for (int64_t k = 0; k < p->width && p->channel + k < channels; k++) {
    int64_t channel = p->channel + k;
    n.factor[k] = scale[channel] / sqrtf(moments[channels + channel] + epsilon);
    n.offset[k] = bias[channel] - moments[channel] * n.factor[k];
  }
  return n;
}

/// Gradients, a register of them or one, where the normalised numbers are more than 0, and 0 elsewhere.
#define COUNTED(lanes, gradient, x, factor, offset)                \
  ({                                                               \
    lanes normalized = (factor) * (x) + (offset);                  \
    normalized > 0 ? (gradient) : (lanes)0;                        \
  })
