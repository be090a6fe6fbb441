// Winograd's convolution of windows with stride 1, F(4×4, 3×3) and F(2×2, 5×5), and of bfloat16 pairs F(2×2, 3×3): Lavin &
// Gray 2016, "Fast Algorithms for Convolutional Neural Networks", §4. A quarter of the products, little more than a third, or four
// ninths; a rounding error some ten times that of the definition, of pairs 0.4 % of the results' deviation.
//
// Workers share nothing but what they read, since what one core has just written reaches another slowly. Each has tiles of
// its own or filters of its own, whatever makes it transform less a second time. Weights are transformed anew in each
// run, piece by piece: as a whole they are four times as large as they were, so that reading them would take longer. Those for
// pairs, not twice as large, are packed so.
//
// The result may be written over the input. Then a worker goes over whole rows of tiles, and of what it has written over,
// the row above the next tiles is kept, as are the rows on both sides of where two workers meet.
#include <string.h>

#include "winograd.h"

enum {
  // Transformed weights up to here are kept for all tiles of a worker.
  KEPT_BYTES = 1 << 20,
  // What the transformed inputs of the tiles that a worker has at once should not take more of.
  INPUT_BYTES = 1 << 20,
  PAIR_INPUT_BYTES = 3 << 17,
  LEAST_TILES = 48,
  FEW_TILES = 16,
};

typedef struct {
  winograd_job job;
  winograd_tiles tiles;  // the sizes of those that a worker has at once
  int64_t kept;          // transformed pieces that are kept
  bool splits_filters;
  // Whether the result may be written over the input, and what a row of it takes.
  bool can_overwrite;
  int64_t row_floats;
  int64_t worker_floats;
  float *scratch;
} plan;

static int64_t input_floats(const plan *p) {
  return winograd_operand_floats(&p->job.c, p->job.positions * p->tiles.input_stride);
}

static int64_t tiles_floats(const plan *p) { return input_floats(p) + p->job.positions * p->tiles.output_stride; }

winograd_job fovea_winograd_job(fovea_winograd c) {
  winograd_job j = {.c = c, .side = c.pairs ? PAIR_SIDE : SIDE, .chunk = c.pairs ? PAIR_CHUNK : CHUNK};
  j.tile = j.side + 1 - c.size, j.positions = j.side * j.side;
  for (int axis = 0; axis < 2; axis++) j.tiles[axis] = fovea_ceil_div(c.output[axis], j.tile);
  j.all = c.images * j.tiles[0] * j.tiles[1];
  j.channels = fovea_ceil_div(c.channels, c.width) * c.width;
  j.panels = fovea_ceil_div(c.filters, PANEL);
  j.groups = fovea_ceil_div(j.panels, GROUP), j.chunks = fovea_ceil_div(j.channels, j.chunk);
  return j;
}

static plan make_plan(fovea_winograd c) {
  winograd_job j = fovea_winograd_job(c);
  plan p = {.job = j};
  // Measured: transforming the weights of a panel costs as much as transforming the inputs of five tiles; for pairs either way
  // takes as long.
  p.splits_filters = j.all < 5 * j.panels && j.groups >= c.workers;
  int64_t pieces = c.pairs ? 0 : j.groups * j.chunks;
  p.kept = pieces * PIECE_FLOATS * (int64_t)sizeof(float) <= KEPT_BYTES ? pieces : 0;
  int64_t fitting = (c.pairs ? PAIR_INPUT_BYTES / 2 : INPUT_BYTES / 4) / (j.positions * j.channels);
  int64_t own = p.splits_filters ? j.all : fovea_ceil_div(j.all, c.workers);
  p.tiles.channels = j.channels;
  // Whole rows, so that the result can be written over the input.
  int64_t least = c.few_tiles ? fovea_max(FEW_TILES, j.tiles[1]) : LEAST_TILES;
  p.tiles.count = fovea_min(own, fovea_max(least, fitting));
  p.tiles.input_stride = winograd_operand_stride(&c, p.tiles.count * j.channels);
  p.tiles.output_stride = winograd_stride(p.tiles.count * GROUP * PANEL, 16);
  p.can_overwrite = c.size == 3 && !p.splits_filters && j.tiles[1] <= p.tiles.count && c.before[0] == 1 && c.before[1] == 1 &&
                    !c.wide_y && c.channels == c.filters && memcmp(c.input, c.output, sizeof c.input) == 0 &&
                    memcmp(&c.x, &c.y, sizeof c.x) == 0;
  p.row_floats = p.can_overwrite ? fovea_ceil_div(c.input[1] * j.channels, c.pairs ? 32 : 16) * 16 : 0;
  p.worker_floats = tiles_floats(&p) + (c.pairs ? 0 : fovea_max(1, p.kept) * PIECE_FLOATS) + 2 * p.row_floats;
  return p;
}

bool fovea_winograd_can_overwrite(fovea_winograd c) { return make_plan(c).can_overwrite; }

size_t fovea_winograd_scratch(fovea_winograd c) {
  return (size_t)(c.workers * make_plan(c).worker_floats) * sizeof(float);
}

// The row above the tiles of a worker, then the one below.
static float *edges(const plan *p, int64_t worker) {
  return p->scratch + (worker + 1) * p->worker_floats - 2 * p->row_floats;
}

// A copy of a row of inputs, counted over all images by rows of tiles: the one `offset` rows from where these begin.
static void keep_row(const plan *p, int64_t tile_row, int64_t offset, void *kept) {
  const fovea_winograd *c = &p->job.c;
  bool narrow = c->pairs;
  int64_t size = narrow ? 2 : 4;
  int64_t row = tile_row % p->job.tiles[0] * p->job.tile + offset, step = winograd_row_block(c);
  const void *x = winograd_at(
      p->job.x, tile_row / p->job.tiles[0] * c->x.image + row * c->input[1] * c->x.position, narrow);
  if (c->x.block == c->width) {
    memcpy(kept, x, (size_t)(c->input[1] * p->job.channels * size));
    return;
  }
  for (int64_t block = 0; block < p->job.channels / c->width; block++)
    memcpy((char *)kept + block * step * size, winograd_at(x, block * c->x.block, narrow), (size_t)(step * size));
}

// The tiles from `begin` on, and the groups from `first` on. `kept`: where rows that are written over are kept, null if
// none are.
static void convolve(const plan *p, float *memory, int64_t begin, int64_t end, int64_t first, int64_t last,
                     float *kept) {
  if (begin == end || first == last) return;
  const winograd_job *j = &p->job;
  float *weights = memory + tiles_floats(p);
  for (int64_t piece = 0; piece < p->kept; piece++)
    fovea_winograd_weights(j, piece / j->chunks, piece % j->chunks, weights + piece * PIECE_FLOATS);
  winograd_tiles t = p->tiles;
  if (kept) t.count -= t.count % j->tiles[1];
  t.inputs = memory, t.outputs = memory + input_floats(p), t.above = kept;
  for (t.first = begin; t.first < end; t.first += t.count) {
    t.count = fovea_min(t.count, end - t.first);
    int64_t next = t.first + t.count;
    t.below = kept && next == end && next / j->tiles[1] % j->tiles[0] ? kept + p->row_floats : NULL;
    fovea_winograd_inputs(j->c.pairs ? WINOGRAD_HALVES : WINOGRAD_FLOATS, j, &t);
    if (kept && next < end && next / j->tiles[1] % j->tiles[0]) keep_row(p, next / j->tiles[1], -1, kept);
    for (int64_t group = first; group < last; group++) {
      for (int64_t chunk = 0; chunk < j->chunks; chunk++) {
        if (j->c.pairs) {
          fovea_winograd_pair_products(j, &t, group, chunk);
          continue;
        }
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
  const winograd_job *j = &p->job;
  int64_t workers = j->c.workers, groups = j->groups, rows = j->all / j->tiles[1];
  for (int64_t worker = begin; worker < end; worker++) {
    float *memory = p->scratch + worker * p->worker_floats;
    if (p->splits_filters)
      convolve(p, memory, 0, j->all, groups * worker / workers, groups * (worker + 1) / workers, NULL);
    else if (j->x == j->y)
      convolve(p, memory, rows * worker / workers * j->tiles[1], rows * (worker + 1) / workers * j->tiles[1], 0, groups,
               edges(p, worker));
    else convolve(p, memory, j->all * worker / workers, j->all * (worker + 1) / workers, 0, groups, NULL);
  }
}

// Keeps the rows where two workers meet, before any of them writes.
static void keep_edges(const plan *p) {
  int64_t workers = p->job.c.workers, rows = p->job.all / p->job.tiles[1];
  for (int64_t worker = 0; worker < workers; worker++) {
    int64_t begin = rows * worker / workers, end = rows * (worker + 1) / workers;
    if (begin % p->job.tiles[0]) keep_row(p, begin, -1, edges(p, worker));
    if (end % p->job.tiles[0]) keep_row(p, end, 0, edges(p, worker) + p->row_floats);
  }
}

void fovea_winograd_convolution(fovea_winograd c, const void *x, const void *packed, const float *bias,
                                const void *residual, fovea_activation activation, void *y, float *scratch) {
  plan p = make_plan(c);
  winograd_job *j = &p.job;
  j->x = x, j->weights = packed, j->bias = bias, j->residual = residual, j->activation = activation, j->y = y;
  p.scratch = scratch;
  if (x == y) keep_edges(&p);
  fovea_parallel(c.workers, 1, &p, work);
}
