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
