// How positions × channels are brought into the order in which AMX's tiles multiply them.
#include "amx_gradient.h"
#include "amx_lanes.h"

static const uint16_t nothing[BLOCK];

// The numbers of a block at position i, or of half of one.
FOVEA_AMX_INLINE __m512i numbers(const uint16_t *x, amx_offsets at, int64_t i, bool half) {
  const uint16_t *from = at[i] < 0 ? nothing : x + at[i];
  return half ? _mm512_zextsi256_si512(_mm256_loadu_si256((const void *)from)) : _mm512_loadu_si512(from);
}

// A step of positions of a block of filters. Pairs of positions are 32 bits; of every eight filters the first four come from
// unpacking lower halves, the others upper ones.
FOVEA_AMX_INLINE void turn(const uint16_t *g, amx_offsets at, bool half, int64_t row, uint16_t *turned) {
#pragma clang loop unroll(full)
  for (int upper = 0; upper < 2; upper++) {
    __m512i pairs[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      __m512i first = numbers(g, at, 2 * i, half), second = numbers(g, at, 2 * i + 1, half);
      pairs[i] = upper ? _mm512_unpackhi_epi16(first, second) : _mm512_unpacklo_epi16(first, second);
    }
    amx_transpose(pairs);
#pragma clang loop unroll(full)
    for (int f = 0; f < (half ? 8 : 16); f++)
      _mm512_storeu_si512(turned + (f / 4 * 8 + 4 * upper + f % 4) * row, pairs[f]);
  }
}

FOVEA_AMX_KERNEL void fovea_amx_turn(const uint16_t *g, amx_offsets at, int64_t count, int64_t filters, int64_t row,
                                     uint16_t *turned) {
  for (int64_t i = 0; i < count; i += STEP) {
    int64_t f = 0;
    for (; f + BLOCK <= filters; f += BLOCK) turn(g + f, at + i, false, row, turned + f * row + i);
    if (f < filters) turn(g + f, at + i, true, row, turned + f * row + i);
  }
}

// A step of positions of a block of channels.
FOVEA_AMX_INLINE void pair_step(const uint16_t *x, amx_offsets at, bool half, int64_t panel, uint16_t *even, uint16_t *odd) {
  __m512i first = numbers(x, at, 0, half);
  for (int i = 0; i < STEP; i += 2) {
    __m512i second = numbers(x, at, i + 1, half);
    amx_pair(first, second, half, panel, even + i * 16);
    if (i + 2 < STEP || odd) first = numbers(x, at, i + 2, half);
    if (odd) amx_pair(second, first, half, panel, odd + i * 16);
  }
}

FOVEA_AMX_KERNEL void fovea_amx_pair(const uint16_t *x, amx_offsets at, int64_t count, int64_t channels, int64_t panel,
                                     uint16_t *even, uint16_t *odd) {
  for (int64_t i = 0; i < count; i += STEP) {
    for (int64_t c = 0; c < channels; c += BLOCK) {
      int64_t to = c / 16 * panel + i * 16;
      bool half = channels - c < BLOCK;
      if (odd && half) pair_step(x + c, at + i, true, panel, even + to, odd + to);
      else if (odd) pair_step(x + c, at + i, false, panel, even + to, odd + to);
      else if (half) pair_step(x + c, at + i, true, panel, even + to, NULL);
      else pair_step(x + c, at + i, false, panel, even + to, NULL);
    }
  }
}

FOVEA_AMX_KERNEL void fovea_amx_give(const float *tile, int64_t row, float *dw) {
  __m512i rows[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) rows[i] = _mm512_loadu_si512(tile + 16 * i);
  amx_transpose(rows);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) _mm512_storeu_si512(dw + i * row, rows[i]);
}
