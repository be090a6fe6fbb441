// Winograd's convolution of 3×3 windows with stride 1, F(4×4, 3×3): Lavin & Gray 2016, "Fast Algorithms for Convolutional
// Neural Networks", §4. A quarter of the products; a rounding error some ten times that of the definition.
//
// Workers share nothing but what they read, since what one core has just written reaches another slowly. Each has tiles of
// its own or filters of its own, whatever makes it transform less a second time. Weights are transformed anew in each
// run, piece by piece: as a whole they are four times as large as they were, so that reading them would take longer.
#include "winograd.h"

enum {
  // Transformed weights up to here are kept for all tiles of a worker.
  KEPT_BYTES = 1 << 20,
  // What the transformed inputs of the tiles that a worker has at once should not take more of.
  INPUT_BYTES = 1 << 20,
  LEAST_TILES = 48,
};

typedef struct {
  winograd_job job;
  winograd_tiles tiles;  // the sizes of those that a worker has at once
  int64_t kept;          // transformed pieces that are kept
  bool splits_filters;
  int64_t worker_floats;
  float *scratch;
} plan;

static int64_t tiles_floats(const plan *p) { return POSITIONS * (p->tiles.input_stride + p->tiles.output_stride); }

winograd_job fovea_winograd_job(fovea_winograd c) {
  winograd_job j = {.c = c, .tiles = {fovea_ceil_div(c.output[0], TILE), fovea_ceil_div(c.output[1], TILE)}};
  j.all = c.images * j.tiles[0] * j.tiles[1];
  j.channels = fovea_ceil_div(c.channels, c.width) * c.width;
  j.panels = fovea_ceil_div(c.filters, PANEL);
  j.groups = fovea_ceil_div(j.panels, GROUP), j.chunks = fovea_ceil_div(j.channels, CHUNK);
  return j;
}

static plan make_plan(fovea_winograd c) {
  winograd_job j = fovea_winograd_job(c);
  plan p = {.job = j};
  // Measured: transforming the weights of a panel costs as much as transforming the inputs of five tiles.
  p.splits_filters = j.all < 5 * j.panels && j.groups >= c.workers;
  int64_t pieces = j.groups * j.chunks;
  p.kept = pieces * PIECE_FLOATS * (int64_t)sizeof(float) <= KEPT_BYTES ? pieces : 0;
  int64_t fitting = INPUT_BYTES / (POSITIONS * j.channels * (int64_t)sizeof(float));
  int64_t own = p.splits_filters ? j.all : fovea_ceil_div(j.all, c.workers);
  p.tiles.channels = j.channels;
  p.tiles.count = fovea_min(own, fovea_max(LEAST_TILES, fitting));
  p.tiles.input_stride = winograd_stride(p.tiles.count * j.channels);
  p.tiles.output_stride = winograd_stride(p.tiles.count * GROUP * PANEL);
  p.worker_floats = tiles_floats(&p) + fovea_max(1, p.kept) * PIECE_FLOATS;
  return p;
}

size_t fovea_winograd_scratch(fovea_winograd c) {
  return (size_t)(c.workers * make_plan(c).worker_floats) * sizeof(float);
}

// The tiles from `begin` on, and the groups from `first` on.
static void convolve(const plan *p, float *memory, int64_t begin, int64_t end, int64_t first, int64_t last) {
  if (begin == end || first == last) return;
  const winograd_job *j = &p->job;
  float *weights = memory + tiles_floats(p);
  for (int64_t piece = 0; piece < p->kept; piece++)
    fovea_winograd_weights(j, piece / j->chunks, piece % j->chunks, weights + piece * PIECE_FLOATS);
  winograd_tiles t = p->tiles;
  t.inputs = memory, t.outputs = memory + POSITIONS * t.input_stride;
  for (t.first = begin; t.first < end; t.first += t.count) {
    t.count = fovea_min(t.count, end - t.first);
    fovea_winograd_inputs(j, &t);
    for (int64_t group = first; group < last; group++) {
      for (int64_t chunk = 0; chunk < j->chunks; chunk++) {
        float *u = p->kept ? weights + (group * j->chunks + chunk) * PIECE_FLOATS : weights;
        if (!p->kept) fovea_winograd_weights(j, group, chunk, u);
        fovea_winograd_products(j, &t, group, chunk, u);
      }
      fovea_winograd_outputs(j, &t, group);
    }
  }
}

static void work(void *context, int64_t begin, int64_t end) {
  const plan *p = context;
  int64_t workers = p->job.c.workers, groups = p->job.groups;
  for (int64_t worker = begin; worker < end; worker++) {
    float *memory = p->scratch + worker * p->worker_floats;
    if (p->splits_filters) convolve(p, memory, 0, p->job.all, groups * worker / workers, groups * (worker + 1) / workers);
    else convolve(p, memory, p->job.all * worker / workers, p->job.all * (worker + 1) / workers, 0, groups);
  }
}

void fovea_winograd_convolution(fovea_winograd c, const void *x, const void *packed, const float *bias,
                                const void *residual, fovea_activation activation, void *y, float *scratch) {
  plan p = make_plan(c);
  winograd_job *j = &p.job;
  j->x = x, j->weights = packed, j->bias = bias, j->residual = residual, j->activation = activation, j->y = y;
  p.scratch = scratch;
  fovea_parallel(c.workers, 1, &p, work);
}
