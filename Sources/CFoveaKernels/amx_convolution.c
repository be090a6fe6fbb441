// A convolution of bfloat16 images in AMX's tiles, or the gradient of its input. A worker takes a piece of the positions, copies
// with gaps what is read of it, unless it can be read where it lies, and goes through some of the columns, so many at a time that
// their weights stay in its cache.
#include "amx_convolution.h"

#include <math.h>
#include <string.h>

// The depth of a block of positions that stays in the nearest cache while blocks of columns are gone through.
enum { CHUNK = 512 };

// A worker's memory: what is read, sums of blocks, and where numbers that are read and written begin.
typedef struct {
  int64_t sums, from_places, to_places, all;
} places;

static places worker_places(const amx_layer *l) {
  places p = {.sums = l->phases * (l->direct ? BLOCK * l->position : l->phase) * 2};
  p.from_places = p.sums + l->group * BLOCK * BLOCK * 4;
  p.to_places = p.from_places + amx_reach(l, l->piece) * 8;
  p.all = fovea_ceil_div(p.to_places + l->piece * 8, 64) * 64;
  return p;
}

typedef struct {
  uint16_t *from;
  float *sums;
  int64_t *from_places, *to_places;
  // The taps that meet what is written.
  int64_t taps[MOST_TAPS], tap_count;
} memory;

// Adds the products of a block of positions, from `x` on, and one of columns; of depth `begin` to `end`.
FOVEA_AMX_INLINE void multiply(int rows, int columns, const amx_layer *l, const memory *m, int64_t begin, int64_t end,
                               const uint16_t *x, const uint16_t *weights, float *sums) {
  const amx_sums at = {16 * BLOCK, 16, BLOCK * 4};
  fovea_amx_load_sums(rows, columns, begin > 0, at, sums);
  weights += begin / BLOCK * l->w.tap_count * WEIGHT_STEP;
  for (int64_t d = begin; d < end; d += BLOCK, weights += l->w.tap_count * WEIGHT_STEP)
    for (int64_t i = 0; i < m->tap_count; i++)
      fovea_amx_add_step(rows, columns, x + l->taps[m->taps[i]] + d, l->position, weights + m->taps[i] * WEIGHT_STEP,
                         WEIGHT_TILE);
  fovea_amx_store_sums(rows, columns, at, sums);
}

// A block of positions, from `first` of the piece on, with blocks of columns `begin` to `end`.
FOVEA_AMX_KERNEL static void add_block(const amx_layer *l, const memory *m, const uint16_t *x, int64_t first, int64_t count,
                                       int64_t begin, int64_t end) {
  int64_t chunk = l->w.tap_count > 1 ? l->depth : CHUNK;
  for (int64_t d = 0; d < l->depth; d += chunk) {
    int64_t last = fovea_min(l->depth, d + chunk);
    for (int64_t block = begin; block < end; block++) {
      const uint16_t *weights = l->weights + block * l->steps * WEIGHT_STEP;
      float *sums = m->sums + (chunk < l->depth ? block - begin : 0) * BLOCK * BLOCK;
      bool wide = l->written - block * BLOCK > 16;
      if (count > 16 && wide) multiply(2, 2, l, m, d, last, x, weights, sums);
      else if (count > 16) multiply(2, 1, l, m, d, last, x, weights, sums);
      else if (wide) multiply(1, 2, l, m, d, last, x, weights, sums);
      else multiply(1, 1, l, m, d, last, x, weights, sums);
      if (last == l->depth) fovea_amx_finish(l, sums, m->to_places + first, count, block * BLOCK);
    }
  }
}

static bool is_written(amx_offsets at, int64_t count) {
  for (int64_t i = 0; i < count; i++)
    if (at[i] >= 0) return true;
  return false;
}

// Columns `begin` to `end`, in blocks, of a piece of `count` positions.
static void compute(const amx_layer *l, const memory *m, int64_t position, int64_t count, int64_t begin, int64_t end) {
  for (int64_t block = begin; block < end; block += l->group) {
    for (int64_t first = 0; first < count; first += BLOCK) {
      int64_t some = fovea_min(BLOCK, count - first);
      if (!is_written(m->to_places + first, some)) continue;
      const uint16_t *x = m->from + first * l->position;
      if (l->direct) {
        x = l->from + (position + first) * l->position;
        // Of the last positions whole tiles are read, too.
        if (some % 16) x = memcpy(m->from, x, (size_t)(some * l->position) * sizeof *x);
      }
      add_block(l, m, x, first, some, block, fovea_min(end, block + l->group));
    }
  }
}

// What is read for a piece of `count` positions.
static void pack(const amx_layer *l, const memory *m, int64_t position, int64_t count) {
  if (l->direct) return;
  for (int64_t phase = 0; phase < l->phases; phase++) {
    int64_t reach = amx_reach(l, count);
    if (l->turned) fovea_amx_find_outputs(&l->w, position + l->lowest, reach, m->from_places);
    else fovea_amx_find_inputs(&l->w, phase, position + l->lowest, reach, m->from_places);
    fovea_amx_copy(l, m->from_places, reach, m->from + phase * l->phase);
  }
}

// Units: pieces × cuts of columns.
FOVEA_AMX_KERNEL static void work(void *context, int64_t begin, int64_t end) {
  const amx_layer *l = context;
  int64_t units = l->pieces * l->cuts, workers = l->w.c.workers;
  places at = worker_places(l);
  fovea_amx_begin();
  for (int64_t worker = begin; worker < end; worker++) {
    char *start = l->scratch + worker * at.all;
    memory m = {(uint16_t *)start, (float *)(start + at.sums), (int64_t *)(start + at.from_places),
                (int64_t *)(start + at.to_places)};
    int64_t packed = -1;
    for (int64_t unit = units * worker / workers; unit < units * (worker + 1) / workers; unit++) {
      int64_t piece = unit / l->cuts, share = unit % l->cuts, position = piece * l->piece;
      int64_t count = fovea_min(l->piece, l->w.all - position);
      if (piece != packed) pack(l, &m, position, count);
      packed = piece;
      for (int64_t phase = 0; phase < (l->turned ? l->w.phase_count : 1); phase++) {
        m.tap_count = 0;
        for (int64_t t = 0; t < l->w.tap_count; t++)
          if (!l->turned || l->w.taps[t].phase == phase) m.taps[m.tap_count++] = t;
        if (l->turned) fovea_amx_find_inputs(&l->w, phase, position, count, m.to_places);
        else fovea_amx_find_outputs(&l->w, position, count, m.to_places);
        compute(l, &m, position, count, l->blocks * share / l->cuts, l->blocks * (share + 1) / l->cuts);
      }
    }
  }
  fovea_amx_end();
}

// Factors and offsets of a normalisation lie before what workers have.
static int64_t normalization_bytes(const amx_layer *l) { return l->w.c.normalized ? 2 * l->depth * 4 : 0; }

size_t fovea_amx_scratch(fovea_amx_convolution c, bool turned) {
  amx_layer l = fovea_amx_layer(c, turned);
  return (size_t)(normalization_bytes(&l) + c.workers * worker_places(&l).all);
}

FOVEA_AMX_KERNEL static void set_normalization(amx_layer *l, const fovea_amx_normalization *n) {
  int64_t channels = l->read;
  l->factor = (float *)l->scratch, l->offset = l->factor + l->depth, l->rectifies = n->rectifies;
  l->scratch += normalization_bytes(l);
  memset(l->factor, 0, (size_t)normalization_bytes(l));
  for (int64_t c = 0; c < channels; c++) {
    l->factor[c] = n->scale[c] / sqrtf(n->moments[channels + c] + n->epsilon);
    l->offset[c] = n->bias[c] - n->moments[c] * l->factor[c];
  }
}

void fovea_amx_convolve(fovea_amx_convolution c, fovea_amx_normalization before, const void *x, const void *packed,
                        const float *bias, const void *residual, fovea_activation activation, bool wide, void *y,
                        void *scratch) {
  amx_layer l = fovea_amx_layer(c, false);
  l.from = x, l.weights = packed, l.bias = bias, l.residual = residual, l.activation = activation, l.wide = wide;
  l.to = y, l.scratch = scratch;
  if (c.normalized) set_normalization(&l, &before);
  fovea_parallel(c.workers, 1, &l, work);
}

static void clear(void *context, int64_t begin, int64_t end) { memset((char *)context + begin, 0, (size_t)(end - begin)); }

void fovea_amx_input_gradient(fovea_amx_convolution c, const void *g, const void *packed, bool wide, void *dx,
                              void *scratch) {
  amx_layer l = fovea_amx_layer(c, true);
  l.from = g, l.weights = packed, l.activation = FOVEA_IDENTITY, l.wide = wide, l.to = dx, l.scratch = scratch;
  // Some inputs no tap meets.
  int64_t bytes = c.images * c.input[0] * c.input[1] * c.channels * (wide ? 4 : 2);
  if (l.w.phase_count < c.stride[0] * c.stride[1]) fovea_parallel(bytes, 1 << 16, dx, clear);
  fovea_parallel(c.workers, 1, &l, work);
}
