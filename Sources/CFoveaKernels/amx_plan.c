// How a weights' gradient is cut: into parts of the positions, and what a worker takes at once.
#include "amx_gradient.h"

enum {
  // Operands that a worker packs at once, and its sums, fit a core's own cache of 2 MiB.
  PACKED_BYTES = 640 * 1024,
  SUM_BYTES = 512 * 1024,
  // Sums of all parts of the positions.
  PARTIAL_BYTES = 2 << 20,
  MOST_PARTS = 16,
};

// The bytes of the sums of so many blocks.
static int64_t sum_bytes(const amx_plan *p, int64_t blocks) { return blocks * p->w.tap_count * BLOCK_FLOATS * 4; }

// Sums of so many parts of the positions are rounded by themselves: their number hangs on sizes alone. Where there are many
// weights, workers take some of them instead.
static int64_t count_parts(const amx_plan *p) {
  int64_t bytes = amx_weight_count(p) * 4, most = PARTIAL_BYTES / bytes, parts = 1;
  while (2 * parts <= fovea_min(most, MOST_PARTS) && 2 * parts * MOST_STEPS * STEP <= p->all) parts *= 2;
  return parts;
}

// Cuts channels and filters so that the sums of each share rather fit a core's cache, and the workers, one share after the
// other, are through soonest: in cycles a step of positions, for the products of a block, and for what packs its operands.
static void cut(amx_plan *p) {
  int64_t channels = fovea_ceil_div(p->w.c.channels, BLOCK), filters = fovea_ceil_div(p->w.c.filters, BLOCK), least = INT64_MAX;
  for (int64_t a = 1; a <= channels; a *= 2) {
    for (int64_t b = 1; b <= filters; b *= 2) {
      int64_t some = fovea_ceil_div(channels, a), others = fovea_ceil_div(filters, b);
      int64_t product = sum_bytes(p, some * others) > SUM_BYTES ? 200 : 100;
      int64_t work = some * others * p->w.tap_count * product + some * p->copies * p->w.phase_count * 80 + others * 170;
      int64_t all = work * fovea_ceil_div(p->parts * a * b, p->w.c.workers);
      if (all >= least) continue;
      least = all, p->cuts[0] = a, p->cuts[1] = b, p->channels = some * BLOCK, p->filters = others * BLOCK;
    }
  }
}

amx_plan fovea_amx_plan(fovea_amx_convolution c) {
  amx_plan p = {.w = fovea_amx_window(c), .copies = 1};
  p.all = fovea_ceil_div(p.w.all, STEP) * STEP;
  for (int64_t t = 0; t < p.w.tap_count; t++)
    if ((p.w.taps[t].shift - p.w.lowest) % 2) p.copies = 2;
  p.parts = count_parts(&p);
  cut(&p);
  int64_t step_bytes = 2 * STEP * (p.filters + p.copies * p.w.phase_count * p.channels);
  int64_t steps = fovea_max(4, fovea_min(MOST_STEPS, PACKED_BYTES / step_bytes)), part = p.all / STEP / p.parts + 1;
  p.piece = fovea_ceil_div(part, fovea_ceil_div(part, steps)) * STEP;
  // An odd number of cache lines, so that rows do not share a set of the cache.
  p.row = (p.piece / STEP | 1) * STEP;
  p.panel = (fovea_ceil_div(p.piece + p.w.span, STEP) * STEP / 2 | 1) * 2 * 16;
  p.copy = p.channels / 16 * p.panel;
  return p;
}

amx_places fovea_amx_places(const amx_plan *p) {
  int64_t blocks = p->w.tap_count * (p->channels / BLOCK) * (p->filters / BLOCK), steps = p->piece + p->w.span + 2 * STEP;
  amx_places at = {0};
  at.gradients = p->w.phase_count * p->copies * p->copy * 2;
  at.sums = at.gradients + p->filters * p->row * 2;
  at.input_places = at.sums + blocks * BLOCK_FLOATS * 4;
  at.gradient_places = at.input_places + steps * 8;
  at.all = fovea_ceil_div(at.gradient_places + p->piece * 8, 64) * 64;
  return at;
}
