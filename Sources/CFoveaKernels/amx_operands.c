// How positions × channels are brought into the order in which AMX's tiles multiply them.
#include <immintrin.h>

#include "amx_gradient.h"

static const uint16_t nothing[BLOCK];

// The numbers of a block at position i, or of half of one.
FOVEA_AMX_INLINE __m512i numbers(const uint16_t *x, amx_offsets at, int64_t i, bool half) {
  const uint16_t *from = at[i] < 0 ? nothing : x + at[i];
  return half ? _mm512_zextsi256_si512(_mm256_loadu_si256((const void *)from)) : _mm512_loadu_si512(from);
}

// 16 rows of 16 numbers of 32 bits: row i becomes column i.
FOVEA_AMX_INLINE void transpose(__m512i rows[16]) {
  __m512i some[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    some[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    some[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
    rows[i] = _mm512_unpacklo_epi64(some[i], some[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(some[i], some[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(some[i + 1], some[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(some[i + 1], some[i + 3]);
  }
  // Quarter q of row 4b + k has column 4q + k of rows 4b to 4b + 3; 0x88 takes quarters 0 and 2 of both, 0xDD 1 and 3.
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    some[k] = _mm512_shuffle_i32x4(rows[k], rows[4 + k], 0x88);
    some[4 + k] = _mm512_shuffle_i32x4(rows[k], rows[4 + k], 0xDD);
    some[8 + k] = _mm512_shuffle_i32x4(rows[8 + k], rows[12 + k], 0x88);
    some[12 + k] = _mm512_shuffle_i32x4(rows[8 + k], rows[12 + k], 0xDD);
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    rows[k] = _mm512_shuffle_i32x4(some[k], some[8 + k], 0x88);
    rows[4 + k] = _mm512_shuffle_i32x4(some[4 + k], some[12 + k], 0x88);
    rows[8 + k] = _mm512_shuffle_i32x4(some[k], some[8 + k], 0xDD);
    rows[12 + k] = _mm512_shuffle_i32x4(some[4 + k], some[12 + k], 0xDD);
  }
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
    transpose(pairs);
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

// The pairs of two positions, of two panels of channels or one.
FOVEA_AMX_INLINE void pair(__m512i first, __m512i second, bool half, int64_t panel, uint16_t *to) {
  const __m512i lower = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), upper = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  __m512i low = _mm512_unpacklo_epi16(first, second), high = _mm512_unpackhi_epi16(first, second);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi64(low, lower, high));
  if (!half) _mm512_storeu_si512(to + panel, _mm512_permutex2var_epi64(low, upper, high));
}

// A step of positions of a block of channels.
FOVEA_AMX_INLINE void pair_step(const uint16_t *x, amx_offsets at, bool half, int64_t panel, uint16_t *even, uint16_t *odd) {
  __m512i first = numbers(x, at, 0, half);
  for (int i = 0; i < STEP; i += 2) {
    __m512i second = numbers(x, at, i + 1, half);
    pair(first, second, half, panel, even + i * 16);
    if (i + 2 < STEP || odd) first = numbers(x, at, i + 2, half);
    if (odd) pair(second, first, half, panel, odd + i * 16);
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
  transpose(rows);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) _mm512_storeu_si512(dw + i * row, rows[i]);
}
