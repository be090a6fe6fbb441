// How a tensor is cut up to be walked channel by channel: pieces of at most ROWS positions by LANES channels.
#pragma once

#include "narrow_lanes.h"

enum { ROWS = 256, LANES = 16 };

typedef struct {
  fovea_channels layout;
  int64_t parts, strips;  // pieces of one channel block: along the positions, along the channels
} channel_pieces;

typedef struct {
  int64_t rows, width, stride, channel, offset;
} piece;

/// The numbers of a piece: `stride` from one position to the next.
typedef struct {
  float *at;
  int64_t stride;
} piece_floats;

/// Likewise in bfloat16.
typedef struct {
  uint16_t *at;
  int64_t stride;
} piece_halves;

/// Row r of a piece, a register of it.
#define ROW(lanes, x, r) FOVEA_LOAD_AS(lanes, (x).at + (r) * (x).stride)
#define WIDENED_ROW(lanes, x, r)                                    \
  ({                                                                \
    lanes widened;                                                  \
    lanes##_read((x).at, (r) * (x).stride, true, &widened);         \
    widened;                                                        \
  })

FOVEA_INLINE channel_pieces cut(fovea_channels layout) {
  return (channel_pieces){layout, fovea_ceil_div(layout.inner, ROWS), fovea_ceil_div(layout.width, LANES)};
}

FOVEA_INLINE int64_t piece_count(const channel_pieces *c) {
  return c->layout.outer * c->layout.blocks * c->strips * c->parts;
}

FOVEA_INLINE int64_t piece_index(const channel_pieces *c, int64_t image, int64_t block, int64_t part, int64_t strip) {
  return ((image * c->layout.blocks + block) * c->parts + part) * c->strips + strip;
}

/// Neighbouring pieces are neighbours in memory, and go to one thread.
FOVEA_INLINE piece locate(const channel_pieces *c, int64_t index) {
  fovea_channels l = c->layout;
  int64_t strip = index % c->strips, part = index / c->strips % c->parts, image_block = index / c->strips / c->parts;
  int64_t first = part * ROWS;
  return (piece){
      .rows = fovea_min(ROWS, l.inner - first),
      .width = fovea_min(LANES, l.width - strip * LANES),
      .stride = l.width,
      .channel = image_block % l.blocks * l.width + strip * LANES,
      .offset = (image_block * l.inner + first) * l.width + strip * LANES,
  };
}

/// Whether all that is read or written of a piece is narrow and fills registers: then nothing is brought elsewhere first.
FOVEA_INLINE bool is_direct(const piece *p, bool narrow) { return narrow && p->width == LANES; }

FOVEA_INLINE piece_halves halves_of(const void *x, const piece *p) {
  return (piece_halves){(uint16_t *)x + p->offset, p->stride};
}

/// Where the floats of a piece lie; what is narrow is widened into `place`, ROWS × LANES floats that the cache keeps.
FOVEA_INLINE piece_floats floats_of(fovea_numbers x, const piece *p, float *place) {
  if (!x.narrow) return (piece_floats){(float *)x.at + p->offset, p->stride};
  piece_halves from = halves_of(x.at, p);
  for (int64_t r = 0; r < p->rows; r++) fovea_widen_all(p->width, from.at + r * from.stride, place + r * LANES);
  return (piece_floats){place, LANES};
}

/// Where the floats of a piece are to be written before `finish`.
FOVEA_INLINE piece_floats floats_for(fovea_result y, const piece *p, float *place) {
  return y.narrow ? (piece_floats){place, LANES} : (piece_floats){(float *)y.at + p->offset, p->stride};
}

FOVEA_INLINE void finish(bool rounds, fovea_result y, const piece *p, const float *place) {
  if (!y.narrow) return;
  piece_halves to = halves_of(y.at, p);
  for (int64_t r = 0; r < p->rows; r++) fovea_narrow_all(rounds, p->width, place + r * LANES, to.at + r * to.stride);
}

FOVEA_INLINE void for_pieces(const channel_pieces *c, void *job, fovea_body body) {
  fovea_parallel(piece_count(c), 4, job, body);
}
