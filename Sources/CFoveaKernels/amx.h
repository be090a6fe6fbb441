// AMX: eight tiles of 16 rows of 64 bytes, and an instruction that multiplies two of bfloat16 numbers and adds to one of
// floats: sum[r][c] += Σ left[r][2k] · right[k][2c] + left[r][2k + 1] · right[k][2c + 1], so that the right one has pairs side
// by side.
#pragma once

#include "parallel.h"

enum {
  // Rows of a tile, and floats of one of them; bfloat16 numbers of a row.
  AMX_ROWS = 16,
  AMX_HALVES = 32,
};

/// Compiled for processors with AMX: where `fovea_has_amx` says so, between `fovea_amx_begin` and `fovea_amx_end`.
#define FOVEA_AMX_KERNEL __attribute__((target("arch=x86-64-v4,avx512bf16,amx-tile,amx-bf16"), min_vector_width(512)))
#define FOVEA_AMX_INLINE __attribute__((always_inline)) FOVEA_AMX_KERNEL static inline

/// All tiles of this thread at their full size.
FOVEA_AMX_INLINE void fovea_amx_begin(void) {
  struct {
    uint8_t palette, row, unused[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } sizes = {.palette = 1};
  for (int t = 0; t < 8; t++) sizes.bytes[t] = 2 * AMX_HALVES, sizes.rows[t] = AMX_ROWS;
  __builtin_ia32_tile_loadconfig(&sizes);
}

FOVEA_AMX_INLINE void fovea_amx_end(void) { __builtin_ia32_tilerelease(); }

// Tiles are named by constants; `stride` is in bytes.
#define AMX_ZERO(tile) __builtin_ia32_tilezero(tile)
#define AMX_LOAD(tile, from, stride) __builtin_ia32_tileloadd64(tile, from, (size_t)(stride))
#define AMX_STORE(tile, to, stride) __builtin_ia32_tilestored64(tile, to, (size_t)(stride))
#define AMX_ADD(sum, left, right) __builtin_ia32_tdpbf16ps(sum, left, right)

/// Where the sums of two by two tiles lie: floats from a tile to the one below and to the one beside it; bytes of a row.
typedef struct {
  int64_t below, beside, row;
} amx_sums;

/// Sums of `rows` by `columns` tiles, 1 or 2 of each, from memory, or zeros.
FOVEA_AMX_INLINE void fovea_amx_load_sums(int rows, int columns, bool adds, amx_sums at, const float *sums) {
  if (!adds) {
    AMX_ZERO(0), AMX_ZERO(1), AMX_ZERO(2), AMX_ZERO(3);
    return;
  }
  AMX_LOAD(0, sums, at.row);
  if (columns > 1) AMX_LOAD(1, sums + at.beside, at.row);
  if (rows > 1) AMX_LOAD(2, sums + at.below, at.row);
  if (rows > 1 && columns > 1) AMX_LOAD(3, sums + at.below + at.beside, at.row);
}

FOVEA_AMX_INLINE void fovea_amx_store_sums(int rows, int columns, amx_sums at, float *sums) {
  AMX_STORE(0, sums, at.row);
  if (columns > 1) AMX_STORE(1, sums + at.beside, at.row);
  if (rows > 1) AMX_STORE(2, sums + at.below, at.row);
  if (rows > 1 && columns > 1) AMX_STORE(3, sums + at.below + at.beside, at.row);
}

/// Adds the products of a step: rows of the left tiles are `row` numbers apart, right tiles `panel`.
FOVEA_AMX_INLINE void fovea_amx_add_step(int rows, int columns, const uint16_t *left, int64_t row, const uint16_t *right,
                                         int64_t panel) {
  AMX_LOAD(6, right, 64);
  AMX_LOAD(4, left, 2 * row);
  AMX_ADD(0, 4, 6);
  if (columns > 1) {
    AMX_LOAD(7, right + panel, 64);
    AMX_ADD(1, 4, 7);
  }
  if (rows > 1) {
    AMX_LOAD(5, left + AMX_ROWS * row, 2 * row);
    AMX_ADD(2, 5, 6);
    if (columns > 1) AMX_ADD(3, 5, 7);
  }
}
