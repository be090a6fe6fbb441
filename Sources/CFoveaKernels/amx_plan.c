// How a weights' gradient is cut: positions with gaps, taps as shifts, and what a worker takes at once.
#include "amx_gradient.h"

enum {
  // Operands that a worker packs at once, and its sums, fit a core's own cache of 2 MiB.
  PACKED_BYTES = 640 * 1024,
  SUM_BYTES = 512 * 1024,
  // Sums of all parts of the positions.
  PARTIAL_BYTES = 2 << 20,
  MOST_PARTS = 16,
};

// How far a tap is from the first one of its phase, and where that begins.
static int64_t shift_along(const fovea_amx_convolution *c, int axis, int64_t tap, int64_t *phase) {
  int64_t offset = tap * c->dilation[axis] - c->before[axis], shift = amx_divide_down(offset, c->stride[axis]);
  *phase = offset - shift * c->stride[axis];
  return shift;
}

static int64_t phase_length(const fovea_amx_convolution *c, int axis, int64_t phase) {
  return fovea_max(0, fovea_ceil_div(c->input[axis] - phase, c->stride[axis]));
}

// Positions along an axis with their gap: whatever a tap reaches before the first is a gap of what lies before, and whatever it
// reaches behind the last, too.
static int64_t length_with_gap(const fovea_amx_convolution *c, int axis) {
  int64_t length = c->output[axis];
  for (int64_t tap = 0; tap < c->size[axis]; tap++) {
    int64_t phase, shift = shift_along(c, axis, tap, &phase);
    int64_t inputs = phase_length(c, axis, phase);
    length = fovea_max(length, fovea_max(inputs + fovea_max(0, -shift), c->output[axis] + shift));
  }
  return length;
}

static void list_taps(amx_plan *p) {
  const fovea_amx_convolution *c = &p->c;
  int64_t highest = INT64_MIN;
  p->lowest = INT64_MAX;
  for (int64_t row = 0; row < c->size[0]; row++) {
    for (int64_t column = 0; column < c->size[1]; column++) {
      int64_t begin[2], phase = 0;
      int64_t shift = shift_along(c, 0, row, &begin[0]) * p->columns + shift_along(c, 1, column, &begin[1]);
      while (phase < p->phase_count && (p->phases[phase][0] != begin[0] || p->phases[phase][1] != begin[1])) phase++;
      if (phase == p->phase_count) p->phases[p->phase_count][0] = begin[0], p->phases[p->phase_count++][1] = begin[1];
      p->taps[p->tap_count++] = (amx_tap){phase, shift};
      p->lowest = fovea_min(p->lowest, shift), highest = fovea_max(highest, shift);
    }
  }
  p->span = highest - p->lowest;
  p->copies = 1;
  for (int64_t t = 0; t < p->tap_count; t++)
    if ((p->taps[t].shift - p->lowest) % 2) p->copies = 2;
}

// The bytes of the sums of so many blocks.
static int64_t sum_bytes(const amx_plan *p, int64_t blocks) { return blocks * p->tap_count * BLOCK_FLOATS * 4; }

// Sums of so many parts of the positions are rounded by themselves: their number hangs on sizes alone. Where there are many
// weights, workers take some of them instead.
static int64_t count_parts(const amx_plan *p) {
  int64_t bytes = amx_weight_count(p) * 4, most = fovea_min(MOST_PARTS * SUM_BYTES, PARTIAL_BYTES) / bytes, parts = 1;
  while (2 * parts <= fovea_min(most, MOST_PARTS) && 2 * parts * MOST_STEPS * STEP <= p->all) parts *= 2;
  return parts;
}

// Cuts channels and filters so that the sums of each share fit a core's cache, and the workers, one share after the other, are
// through soonest: in cycles a step of positions, for the products of a block, and for what packs its operands.
static void cut(amx_plan *p) {
  int64_t channels = fovea_ceil_div(p->c.channels, BLOCK), filters = fovea_ceil_div(p->c.filters, BLOCK), least = INT64_MAX;
  for (int64_t a = 1; a <= channels; a *= 2) {
    for (int64_t b = 1; b <= filters; b *= 2) {
      int64_t some = fovea_ceil_div(channels, a), others = fovea_ceil_div(filters, b);
      int64_t product = sum_bytes(p, some * others) > SUM_BYTES ? 200 : 100;
      int64_t work = some * others * p->tap_count * product + some * p->copies * p->phase_count * 80 + others * 170;
      int64_t all = work * fovea_ceil_div(p->parts * a * b, p->c.workers);
      if (all >= least) continue;
      least = all, p->cuts[0] = a, p->cuts[1] = b, p->channels = some * BLOCK, p->filters = others * BLOCK;
    }
  }
}

amx_plan fovea_amx_plan(fovea_amx_convolution c) {
  amx_plan p = {.c = c};
  p.rows = length_with_gap(&c, 0), p.columns = length_with_gap(&c, 1);
  p.all = fovea_ceil_div(c.images * p.rows * p.columns, STEP) * STEP;
  list_taps(&p);
  p.parts = count_parts(&p);
  cut(&p);
  int64_t step_bytes = 2 * STEP * (p.filters + p.copies * p.phase_count * p.channels);
  int64_t steps = fovea_max(4, fovea_min(MOST_STEPS, PACKED_BYTES / step_bytes)), part = p.all / STEP / p.parts + 1;
  p.piece = fovea_ceil_div(part, fovea_ceil_div(part, steps)) * STEP;
  // An odd number of cache lines, so that rows do not share a set of the cache.
  p.row = (p.piece / STEP | 1) * STEP;
  p.panel = (fovea_ceil_div(p.piece + p.span, STEP) * STEP / 2 | 1) * 2 * 16;
  p.copy = p.channels / 16 * p.panel;
  return p;
}

amx_places fovea_amx_places(const amx_plan *p) {
  int64_t blocks = p->tap_count * (p->channels / BLOCK) * (p->filters / BLOCK), steps = p->piece + p->span + 2 * STEP;
  amx_places at = {0};
  at.gradients = p->phase_count * p->copies * p->copy * 2;
  at.sums = at.gradients + p->filters * p->row * 2;
  at.input_places = at.sums + blocks * BLOCK_FLOATS * 4;
  at.gradient_places = at.input_places + steps * 8;
  at.all = fovea_ceil_div(at.gradient_places + p->piece * 8, 64) * 64;
  return at;
}
