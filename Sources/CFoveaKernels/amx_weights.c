// How weights lie for a convolution in AMX's tiles: blocks of 32 columns, and of each, 32 of the depth at a time, tap after
// tap, two tiles of 16 columns; what does not exist is zero.
#include <string.h>

#include "amx_convolution.h"
#include "amx_lanes.h"

typedef struct {
  fovea_amx_convolution c;
  bool turned;
  const uint16_t *w;
  uint16_t *packed;
} pack_job;

// Numbers that are read at a position, and written.
FOVEA_INLINE int64_t depth_of(const fovea_amx_convolution *c, bool turned) { return turned ? c->filters : c->channels; }
FOVEA_INLINE int64_t columns_of(const fovea_amx_convolution *c, bool turned) { return turned ? c->channels : c->filters; }

static int64_t steps_of(const fovea_amx_convolution *c, bool turned) {
  return c->size[0] * c->size[1] * fovea_ceil_div(depth_of(c, turned), BLOCK);
}

static int64_t units_of(const fovea_amx_convolution *c, bool turned) {
  return fovea_ceil_div(columns_of(c, turned), BLOCK) * steps_of(c, turned);
}

size_t fovea_amx_weights(fovea_amx_convolution c, bool turned) {
  return (size_t)(units_of(&c, turned) * WEIGHT_STEP) * sizeof(uint16_t);
}

// A step from rows of weights, `row` numbers apart: depth × columns.
FOVEA_AMX_INLINE void pack_rows(const uint16_t *w, int64_t row, uint16_t *to) {
  for (int64_t d = 0; d < BLOCK; d += 2)
    amx_pair(_mm512_loadu_si512(w + d * row), _mm512_loadu_si512(w + (d + 1) * row), false, WEIGHT_TILE, to + d * 16);
}

// Or columns × depth, where pairs are side by side.
FOVEA_AMX_INLINE void pack_columns(const uint16_t *w, int64_t row, uint16_t *to) {
  for (int64_t tile = 0; tile < 2; tile++) {
    __m512i rows[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) rows[i] = _mm512_loadu_si512(w + (16 * tile + i) * row);
    amx_transpose(rows);
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 16; pair++) _mm512_storeu_si512(to + tile * WEIGHT_TILE + pair * AMX_HALVES, rows[pair]);
  }
}

// Units: blocks of columns × steps.
FOVEA_AMX_KERNEL static void pack(void *context, int64_t begin, int64_t end) {
  const pack_job *j = context;
  const fovea_amx_convolution *c = &j->c;
  int64_t taps = c->size[0] * c->size[1], steps = steps_of(c, j->turned);
  for (int64_t unit = begin; unit < end; unit++) {
    int64_t column = unit / steps * BLOCK, depth = unit % steps / taps * BLOCK, tap = unit % taps;
    int64_t channel = j->turned ? column : depth, filter = j->turned ? depth : column;
    const uint16_t *w = j->w + (tap * c->channels + channel) * c->filters + filter;
    uint16_t *to = j->packed + unit * WEIGHT_STEP, some[BLOCK][BLOCK];
    int64_t row = c->filters;
    if (c->channels - channel < BLOCK || c->filters - filter < BLOCK) {
      memset(some, 0, sizeof some);
      for (int64_t i = 0; i < fovea_min(BLOCK, c->channels - channel); i++)
        memcpy(some[i], w + i * row, (size_t)fovea_min(BLOCK, c->filters - filter) * sizeof *w);
      w = some[0], row = BLOCK;
    }
    if (j->turned) pack_columns(w, row, to);
    else pack_rows(w, row, to);
  }
}

void fovea_amx_pack(fovea_amx_convolution c, bool turned, const void *w, void *packed) {
  pack_job j = {c, turned, w, packed};
  fovea_parallel(units_of(&c, turned), 16, &j, pack);
}
