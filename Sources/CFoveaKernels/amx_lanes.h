// Rows of numbers, brought into the order of AMX's tiles in registers.
#pragma once

#include <immintrin.h>

#include "amx.h"

// 16 rows of 16 numbers of 32 bits: row i becomes column i.
FOVEA_AMX_INLINE void amx_transpose(__m512i rows[16]) {
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

// Two rows of 32 numbers, or of 16, as pairs: those of the first 16, and of the others `panel` numbers behind them.
FOVEA_AMX_INLINE void amx_pair(__m512i first, __m512i second, bool half, int64_t panel, uint16_t *to) {
  const __m512i lower = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), upper = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  __m512i low = _mm512_unpacklo_epi16(first, second), high = _mm512_unpackhi_epi16(first, second);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi64(low, lower, high));
  if (!half) _mm512_storeu_si512(to + panel, _mm512_permutex2var_epi64(low, upper, high));
}
