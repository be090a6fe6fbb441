// The product of a few rows and a matrix of weights, both bfloat16, as a dense layer has it for one example: reading the
// weights takes all of the time, so that they are read once, in the order in which they lie, and widened in registers.
#include <string.h>

#include "activation.h"
#include "narrow_lanes.h"

enum {
  LANES = 16,
  // Columns whose sums stay in a core's own cache: as many as possible, since memory is slow where it is read by leaps.
  COLUMNS = 2048,
  // Rows of weights between reading sums and writing them.
  DEPTH = 8,
  // Rows of weights whose products one worker adds: such sums are added in their order, whoever made them.
  PIECE = 1024,
};

typedef struct {
  fovea_narrow_product p;
  const uint16_t *x, *w;
  const float *bias;
  const void *residual;
  fovea_activation activation;
  void *y;
  // Pieces × rows × columns in whole registers.
  float *sums;
} job;

static int64_t step(const fovea_narrow_product *p) { return fovea_ceil_div(p->columns, LANES) * LANES; }

static int64_t pieces(const fovea_narrow_product *p) { return fovea_max(1, fovea_ceil_div(p->depth, PIECE)); }

size_t fovea_narrow_scratch(fovea_narrow_product p) {
  return (size_t)(pieces(&p) * p.rows * step(&p)) * sizeof(float);
}

// As many of the numbers from `at` on as there are, up to a register of them.
FOVEA_INLINE void read_some(const void *from, int64_t at, int64_t count, bool narrow, fovea_lanes *value) {
  if (count >= LANES) {
    fovea_lanes_read(from, at, narrow, value);
    return;
  }
  float all[LANES] = {0};
  int64_t size = narrow ? 2 : 4;
  memcpy(all, (const char *)from + at * size, (size_t)(count * size));
  fovea_lanes_read(all, 0, narrow, value);
}

// Adds the products of `depth` rows of weights from `row` on to the sums of `count` columns from `first` on.
FOVEA_INLINE void add_rows(const job *j, int rows, int depth, int64_t row, int64_t first, int64_t count, float *sums) {
  FOVEA_FAST_SUMS
  const fovea_narrow_product *p = &j->p;
  float x[FOVEA_NARROW_ROWS][DEPTH];
  for (int r = 0; r < rows; r++) {
    for (int d = 0; d < depth; d++) {
      uint32_t bits = (uint32_t)j->x[r * p->depth + row + d] << 16;
      memcpy(&x[r][d], &bits, sizeof bits);
    }
  }
  const uint16_t *w = j->w + row * p->columns + first;
  for (int64_t column = 0; column < count; column += LANES) {
    fovea_lanes weights[DEPTH];
#pragma clang loop unroll(full)
    for (int d = 0; d < depth; d++) {
      if (column % 32 == 0) __builtin_prefetch(w + (DEPTH + d) * p->columns + column);
      read_some(w, d * p->columns + column, count - column, true, &weights[d]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      float *to = sums + r * step(p) + column;
      fovea_lanes sum = FOVEA_LOAD(to);
#pragma clang loop unroll(full)
      for (int d = 0; d < depth; d++) sum += x[r][d] * weights[d];
      FOVEA_STORE(to, sum);
    }
  }
}

FOVEA_INLINE void add_piece(const job *j, int rows, int64_t piece, int64_t first) {
  int64_t count = fovea_min(COLUMNS, j->p.columns - first);
  int64_t row = piece * PIECE, end = fovea_min(row + PIECE, j->p.depth);
  float *sums = j->sums + piece * rows * step(&j->p) + first;
  for (int r = 0; r < rows; r++)
    memset(sums + r * step(&j->p), 0, (size_t)fovea_ceil_div(count, LANES) * LANES * sizeof(float));
  for (; row + DEPTH <= end; row += DEPTH) add_rows(j, rows, DEPTH, row, first, count, sums);
  for (; row < end; row++) add_rows(j, rows, 1, row, first, count, sums);
}

// Units: pieces × panels of columns.
FOVEA_KERNEL void fovea_narrow_product_sums(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  int64_t panels = fovea_ceil_div(j->p.columns, COLUMNS);
  for (int64_t i = begin; i < end; i++) {
    int64_t piece = i / panels, first = i % panels * COLUMNS;
    switch (j->p.rows) {
      case 1: add_piece(j, 1, piece, first); break;
      case 2: add_piece(j, 2, piece, first); break;
      case 3: add_piece(j, 3, piece, first); break;
      default: add_piece(j, FOVEA_NARROW_ROWS, piece, first);
    }
  }
}

// Adds the pieces, and what follows. Registers of columns.
FOVEA_KERNEL void fovea_narrow_product_results(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_narrow_product *p = &j->p;
  int64_t size = p->narrow_y ? 2 : 4;
  for (int64_t column = begin * LANES; column < end * LANES; column += LANES) {
    int64_t count = fovea_min(LANES, p->columns - column);
    for (int64_t row = 0; row < p->rows; row++) {
      int64_t at = row * p->columns + column;
      fovea_lanes sum = 0.0f, other;
      for (int64_t piece = 0; piece < pieces(p); piece++)
        sum += FOVEA_LOAD(j->sums + (piece * p->rows + row) * step(p) + column);
      if (j->bias) {
        read_some(j->bias, column, count, false, &other);
        sum += other;
      }
      if (j->residual) {
        read_some(j->residual, at, count, p->narrow_y, &other);
        sum += other;
      }
      fovea_activate_lanes(j->activation, &sum);
      float all[LANES];
      fovea_lanes_write(all, 0, p->narrow_y, &sum);
      memcpy((char *)j->y + at * size, all, (size_t)(count * size));
    }
  }
}

void fovea_narrow_multiply(fovea_narrow_product p, const void *x, const void *w, const float *bias,
                           const void *residual, fovea_activation activation, void *y, float *scratch) {
  job j = {p, x, w, bias, residual, activation, y, scratch};
  fovea_parallel(pieces(&p) * fovea_ceil_div(p.columns, COLUMNS), 1, &j, fovea_narrow_product_sums);
  fovea_parallel(fovea_ceil_div(p.columns, LANES), 256, &j, fovea_narrow_product_results);
}
