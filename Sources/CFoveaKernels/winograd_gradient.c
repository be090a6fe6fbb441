// The gradient of a convolution's weights by Winograd's algorithm, F(3×3, 4×4) and F(5×5, 2×2), of bfloat16 pairs F(3×3, 2×2): a
// tile of gradients is the filter, the inputs around it are what is filtered, the results are summed over all tiles before they
// are transformed back.
#include <string.h>

#include "winograd.h"

enum {
  // Tiles at once: with the sums, their inputs and gradients fit a core's own cache.
  TILES = 16,
  // The most channels and filters of pairs at once: their sums nearly stay in the core's own cache, too.
  PAIR_CHANNELS = 64,
  PAIR_FILTERS = 128,
  // Results are independent; where there are fewer than this, the tiles are cut into parts, whose results are added.
  LEAST_UNITS = 8,
};

typedef struct {
  winograd_job job;
  // The most tiles, channels and filters that are computed at once, and of how many of each of the latter there are results.
  int64_t tiles, channels, filters, chunks, groups;
  int64_t parts, input_stride, gradient_stride, sum_stride, worker_floats;
  float *dw, *partial, *scratch;
} plan;

static plan make_plan(fovea_winograd c) {
  plan p = {.job = fovea_winograd_job(c), .tiles = TILES, .channels = CHUNK, .filters = GROUP * PANEL};
  if (c.pairs) {
    p.tiles = PAIR_TILES, p.channels = PAIR_CHANNELS;
    p.filters = fovea_ceil_div(p.job.panels, fovea_ceil_div(p.job.panels * PANEL, PAIR_FILTERS)) * PANEL;
  }
  p.chunks = fovea_ceil_div(p.job.channels, p.channels), p.groups = fovea_ceil_div(p.job.panels * PANEL, p.filters);
  p.channels = fovea_min(p.channels, p.job.channels);
  p.parts = fovea_max(1, fovea_min(fovea_ceil_div(LEAST_UNITS, p.groups * p.chunks), p.job.all / p.tiles));
  p.input_stride = winograd_operand_stride(&c, p.tiles * p.channels);
  p.gradient_stride = winograd_operand_stride(&c, p.tiles * p.filters);
  p.sum_stride = winograd_stride(p.channels * p.filters, 16);
  p.worker_floats =
      p.job.positions * (winograd_operand_floats(&c, p.input_stride + p.gradient_stride) + p.sum_stride);
  return p;
}

static int64_t weight_count(const plan *p) { return p->job.c.size * p->job.c.size * p->job.c.channels * p->job.c.filters; }

static int64_t partial_floats(const plan *p) { return p->parts > 1 ? p->parts * weight_count(p) : 0; }

size_t fovea_winograd_gradient_scratch(fovea_winograd c) {
  plan p = make_plan(c);
  return (size_t)(partial_floats(&p) + c.workers * p.worker_floats) * sizeof(float);
}

// The weights' gradients of a group and chunk, from the sums over all tiles.
FOVEA_INLINE void weight_results(int side, int size, const plan *p, int64_t group, int64_t chunk, const float *sums, float *dw) {
  const fovea_winograd *c = &p->job.c;
  int64_t count = fovea_min(p->channels, c->channels - chunk * p->channels);
  for (int64_t channel = 0; channel < count; channel++) {
    for (int64_t first = 0; first < p->filters; first += PANEL) {
      int64_t filter = group * p->filters + first, filters = fovea_min(PANEL, c->filters - filter);
      if (filters <= 0) break;
      const float *m = sums + channel * p->filters + first;
      fovea_lanes half[MOST_WEIGHTS * SIDE], w[MOST_WEIGHTS * MOST_WEIGHTS];
#pragma clang loop unroll(full)
      for (int s = 0; s < side; s++) {
        fovea_lanes column[SIDE];
#pragma clang loop unroll(full)
        for (int r = 0; r < side; r++) column[r] = FOVEA_LOAD(m + (r * side + s) * p->sum_stride);
        fovea_lanes_results(side, size, column, 1, half + s, SIDE);
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < size; r++) fovea_lanes_results(side, size, half + r * SIDE, 1, w + size * r, 1);
      for (int k = 0; k < size * size; k++) {
        float *to = dw + (k * c->channels + chunk * p->channels + channel) * c->filters + filter;
        if (filters == PANEL) FOVEA_STORE(to, w[k]);
        else memcpy(to, &w[k], (size_t)filters * sizeof(float));
      }
    }
  }
}

FOVEA_KERNEL void fovea_winograd_weight_results(const plan *p, int64_t group, int64_t chunk, const float *sums,
                                                float *dw) {
  if (p->job.c.pairs) weight_results(PAIR_SIDE, 3, p, group, chunk, sums, dw);
  else if (p->job.c.size == 3) weight_results(SIDE, 3, p, group, chunk, sums, dw);
  else weight_results(SIDE, 5, p, group, chunk, sums, dw);
}

// Units: parts × groups × chunks.
static void compute(const plan *p, int64_t unit, float *memory) {
  const winograd_job *j = &p->job;
  int64_t results = p->groups * p->chunks, part = unit / results;
  int64_t group = unit % results / p->chunks, chunk = unit % p->chunks;
  int64_t begin = j->all * part / p->parts, end = j->all * (part + 1) / p->parts;
  float *gradients = memory + j->positions * winograd_operand_floats(&j->c, p->input_stride);
  float *sums = gradients + j->positions * winograd_operand_floats(&j->c, p->gradient_stride);
  winograd_tiles t = {
      .channel = chunk * p->channels, .filter = group * p->filters, .filters = p->filters, .inputs = memory,
      .outputs = gradients, .input_stride = p->input_stride, .output_stride = p->gradient_stride};
  t.channels = fovea_min(p->channels, j->channels - t.channel);
  for (t.first = begin; t.first < end; t.first += t.count) {
    t.count = fovea_min(p->tiles, end - t.first);
    fovea_winograd_inputs(j->c.pairs ? WINOGRAD_PAIRS : WINOGRAD_FLOATS, j, &t);
    fovea_winograd_gradients(j, &t);
    if (j->c.pairs) fovea_winograd_pair_correlations(j, &t, t.first > begin, sums, p->sum_stride);
    else fovea_winograd_correlations(j, &t, t.first > begin, sums, p->sum_stride);
  }
  fovea_winograd_weight_results(p, group, chunk, sums, p->parts > 1 ? p->partial + part * weight_count(p) : p->dw);
}

static void work(void *context, int64_t begin, int64_t end) {
  const plan *p = context;
  int64_t workers = p->job.c.workers, units = p->parts * p->groups * p->chunks;
  for (int64_t worker = begin; worker < end; worker++)
    for (int64_t unit = units * worker / workers; unit < units * (worker + 1) / workers; unit++)
      compute(p, unit, p->scratch + worker * p->worker_floats);
}

void fovea_winograd_weights_gradient(fovea_winograd c, const void *g, const void *x, float *dw, float *scratch) {
  plan p = make_plan(c);
  p.job.x = x, p.job.y = (void *)g;
  p.dw = dw, p.partial = scratch, p.scratch = scratch + partial_floats(&p);
  fovea_parallel(c.workers, 1, &p, work);
  if (p.parts > 1) fovea_add_parts(weight_count(&p), p.parts, p.partial, dw);
}
