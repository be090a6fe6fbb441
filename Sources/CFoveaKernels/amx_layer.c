// How a convolution's work is cut.
#include "amx_convolution.h"

enum {
  // What is read for a piece, and weights of a group of columns, in a core's own cache of 2 MiB.
  PIECE_BYTES = 512 * 1024,
  WEIGHT_BYTES = 640 * 1024,
};

// Cuts positions into pieces and columns into shares, so that workers, one share after the other, are through soonest: in
// cycles of the products of a block, and of what is copied for it.
static void cut(amx_layer *l) {
  int64_t blocks = fovea_ceil_div(l->w.all, BLOCK), bytes = l->phases * l->depth * 2, least = INT64_MAX;
  // Less than what taps reach beyond it would be copied more often than read.
  int64_t reach = fovea_ceil_div(l->w.span, BLOCK), least_blocks = fovea_max(1, reach);
  int64_t most = fovea_max(least_blocks, (PIECE_BYTES / bytes - l->w.span) / BLOCK), fewest = fovea_ceil_div(blocks, most);
  int64_t product = l->steps * 70 + 300, copy = l->direct ? 0 : bytes, extra = copy * reach;
  for (int64_t pieces = fewest; pieces <= fovea_min(blocks, fewest + l->w.c.workers); pieces++) {
    for (int64_t cuts = 1; cuts <= l->blocks; cuts *= 2) {
      int64_t some = fovea_ceil_div(blocks, pieces), columns = fovea_ceil_div(l->blocks, cuts);
      int64_t work = (some * (columns * product + copy) + extra) * fovea_ceil_div(pieces * cuts, l->w.c.workers);
      if (work >= least) continue;
      least = work, l->cuts = cuts, l->piece = some * BLOCK;
    }
  }
  l->pieces = fovea_ceil_div(l->w.all, l->piece);
}

amx_layer fovea_amx_layer(fovea_amx_convolution c, bool turned) {
  amx_layer l = {.w = fovea_amx_window(c), .turned = turned};
  l.read = turned ? c.filters : c.channels, l.written = turned ? c.channels : c.filters;
  l.depth = fovea_ceil_div(l.read, BLOCK) * BLOCK;
  l.blocks = fovea_ceil_div(l.written, BLOCK), l.steps = l.w.tap_count * l.depth / BLOCK;
  l.phases = turned ? 1 : l.w.phase_count;
  l.lowest = turned ? -(l.w.lowest + l.w.span) : l.w.lowest;
  const int64_t *size = turned ? c.output : c.input;
  // A strided convolution reads other positions than it writes.
  bool plain = turned || c.stride[0] * c.stride[1] == 1;
  bool whole = plain && l.w.span == 0 && l.lowest == 0 && l.phases == 1 && l.w.all == c.images * size[0] * size[1];
  // Some depths, read where they lie, share few sets of the nearest cache.
  l.direct = whole && !c.normalized && l.depth == l.read && l.depth % 1024 != 0;
  cut(&l);
  l.group = fovea_min(l.blocks, fovea_max(1, WEIGHT_BYTES / (l.steps * WEIGHT_STEP * 2)));
  // An odd number of cache lines, so that positions do not share a set of the cache.
  l.position = l.direct ? l.depth : (l.depth / BLOCK | 1) * BLOCK;
  l.phase = amx_reach(&l, l.piece) * l.position;
  for (int64_t t = 0; t < l.w.tap_count; t++) {
    amx_tap tap = l.w.taps[t];
    int64_t shift = turned ? -tap.shift : tap.shift;
    l.taps[t] = (turned ? 0 : tap.phase * l.phase) + (shift - l.lowest) * l.position;
  }
  return l;
}
