// The gradient of a convolution's weights, from bfloat16 images and gradients, in AMX's tiles.
#include "amx_gradient.h"

// Adds the products of `rows` tiles of filters and `columns` tiles of channels.
FOVEA_AMX_INLINE void multiply(int rows, int columns, bool adds, int64_t steps, const uint16_t *left, int64_t row,
                               const uint16_t *right, int64_t panel, float *sums) {
  const amx_sums at = {2 * TILE_FLOATS, TILE_FLOATS, 64};
  fovea_amx_load_sums(rows, columns, adds, at, sums);
  for (int64_t step = 0; step < steps; step++)
    fovea_amx_add_step(rows, columns, left + step * STEP, row, right + step * STEP * 16, panel);
  fovea_amx_store_sums(rows, columns, at, sums);
}

// A worker's share of a part: channels and filters, and where its operands and sums lie.
typedef struct {
  int64_t begin[2], end[2];
  uint16_t *inputs, *gradients;
  float *sums, *dw;
  int64_t *input_places, *gradient_places;
} share;

// The products of a block, for every tap, from the packed operands of a piece.
FOVEA_AMX_KERNEL static void add_block(const amx_plan *p, const share *s, int64_t channel, int64_t filter, int64_t steps,
                                       bool adds, bool ends) {
  const fovea_amx_convolution *c = &p->w.c;
  int64_t rows = fovea_min(BLOCK, s->end[1] - filter) / 16, columns = fovea_min(BLOCK, s->end[0] - channel) / 16;
  const uint16_t *left = s->gradients + (filter - s->begin[1]) * p->row;
  int64_t block = (filter - s->begin[1]) / BLOCK * (p->channels / BLOCK) + (channel - s->begin[0]) / BLOCK;
  for (int64_t t = 0; t < p->w.tap_count; t++) {
    int64_t shift = p->w.taps[t].shift - p->w.lowest, copy = p->w.taps[t].phase * p->copies + shift % 2;
    const uint16_t *right = s->inputs + copy * p->copy + (channel - s->begin[0]) / 16 * p->panel + shift / 2 * 32;
    float *sums = s->sums + (block * p->w.tap_count + t) * BLOCK_FLOATS;
    if (rows == 2 && columns == 2) multiply(2, 2, adds, steps, left, p->row, right, p->panel, sums);
    else if (rows == 2) multiply(2, 1, adds, steps, left, p->row, right, p->panel, sums);
    else if (columns == 2) multiply(1, 2, adds, steps, left, p->row, right, p->panel, sums);
    else multiply(1, 1, adds, steps, left, p->row, right, p->panel, sums);
    if (!ends) continue;
    float *to = s->dw + (t * c->channels + channel) * c->filters + filter;
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++)
        fovea_amx_give(sums + (2 * row + column) * TILE_FLOATS, c->filters, to + 16 * (column * c->filters + row));
  }
}

// Sums of positions `begin` to `end`.
static void add_part(const amx_plan *p, const share *s, int64_t begin, int64_t end) {
  for (int64_t first = begin; first < end; first += p->piece) {
    int64_t count = fovea_min(p->piece, end - first), inputs = fovea_ceil_div(count + p->w.span, STEP) * STEP;
    for (int64_t phase = 0; phase < p->w.phase_count; phase++) {
      uint16_t *even = s->inputs + phase * p->copies * p->copy;
      fovea_amx_find_inputs(&p->w, phase, first + p->w.lowest, inputs + 1, s->input_places);
      fovea_amx_pair(p->x + s->begin[0], s->input_places, inputs, s->end[0] - s->begin[0], p->panel, even,
                     p->copies > 1 ? even + p->copy : NULL);
    }
    fovea_amx_find_outputs(&p->w, first, count, s->gradient_places);
    fovea_amx_turn(p->g + s->begin[1], s->gradient_places, count, s->end[1] - s->begin[1], p->row, s->gradients);
    for (int64_t filter = s->begin[1]; filter < s->end[1]; filter += BLOCK)
      for (int64_t channel = s->begin[0]; channel < s->end[0]; channel += BLOCK)
        add_block(p, s, channel, filter, count / STEP, first > begin, first + count == end);
  }
}

// Part `index` of `count` parts of a size, in whole blocks.
static void bounds(int64_t size, int64_t index, int64_t count, int64_t *begin, int64_t *end) {
  int64_t blocks = fovea_ceil_div(size, BLOCK);
  *begin = blocks * index / count * BLOCK, *end = fovea_min(size, blocks * (index + 1) / count * BLOCK);
}

// Units: parts × cuts of channels × cuts of filters.
FOVEA_AMX_KERNEL static void work(void *context, int64_t begin, int64_t end) {
  const amx_plan *p = context;
  int64_t cuts = p->cuts[0] * p->cuts[1], units = p->parts * cuts;
  amx_places at = fovea_amx_places(p);
  fovea_amx_begin();
  for (int64_t worker = begin; worker < end; worker++) {
    char *memory = p->scratch + worker * at.all;
    share s = {
        .inputs = (uint16_t *)memory,
        .gradients = (uint16_t *)(memory + at.gradients),
        .sums = (float *)(memory + at.sums),
        .input_places = (int64_t *)(memory + at.input_places),
        .gradient_places = (int64_t *)(memory + at.gradient_places)};
    for (int64_t unit = units * worker / p->w.c.workers; unit < units * (worker + 1) / p->w.c.workers; unit++) {
      int64_t part = unit / cuts, steps = p->all / STEP;
      bounds(p->w.c.channels, unit % cuts / p->cuts[1], p->cuts[0], &s.begin[0], &s.end[0]);
      bounds(p->w.c.filters, unit % p->cuts[1], p->cuts[1], &s.begin[1], &s.end[1]);
      s.dw = p->parts > 1 ? p->partial + part * amx_weight_count(p) : p->dw;
      add_part(p, &s, steps * part / p->parts * STEP, steps * (part + 1) / p->parts * STEP);
    }
  }
  fovea_amx_end();
}

static size_t partial_bytes(const amx_plan *p) {
  return p->parts > 1 ? (size_t)(p->parts * amx_weight_count(p)) * sizeof(float) : 0;
}

size_t fovea_amx_weights_gradient_scratch(fovea_amx_convolution c) {
  amx_plan p = fovea_amx_plan(c);
  return partial_bytes(&p) + (size_t)(c.workers * fovea_amx_places(&p).all);
}

void fovea_amx_weights_gradient(fovea_amx_convolution c, const void *g, const void *x, float *dw, void *scratch) {
  amx_plan p = fovea_amx_plan(c);
  p.x = x, p.g = g, p.dw = dw, p.partial = scratch, p.scratch = (char *)scratch + partial_bytes(&p);
  fovea_parallel(c.workers, 1, &p, work);
  if (p.parts > 1) fovea_add_parts(amx_weight_count(&p), p.parts, p.partial, dw);
}
