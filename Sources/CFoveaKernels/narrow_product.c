// The product of some rows and a matrix of weights, both bfloat16, as a dense layer has it for few examples: reading the
// weights takes most of the time, so that they are read once and in the order in which they lie. Two rows of them are
// brought together in registers for AVX512-BF16's instruction, which multiplies pairs.
#include <string.h>

#include "activation.h"
#include "narrow_lanes.h"

enum {
  LANES = 16,
  // Columns at once: two registers of sums.
  STRIP = 2 * LANES,
  // Rows of weights between reading sums and writing them, in pairs.
  PAIRS = 8,
  // Sums of a worker that stay near its core: as many columns as possible, since memory is slow where it is read by leaps.
  SUMS = 8192,
  // Rows of weights whose products one worker adds: such sums are added in their order, whoever made them.
  PIECE = 1024,
};

#define DOTS target("arch=x86-64-v4,avx512bf16")
#define STRIPS __attribute__((always_inline, DOTS)) static inline

typedef uint16_t halves __attribute__((ext_vector_type(STRIP), aligned(2), may_alias));
typedef __bf16 pairs_of_numbers __attribute__((__vector_size__(64)));
typedef float sums_of_pairs __attribute__((__vector_size__(64)));

typedef struct {
  fovea_narrow_product p;
  const uint16_t *x, *w;
  const float *bias;
  const void *residual;
  fovea_activation activation;
  void *y;
  // Pieces × rows × columns, `step` from one row to the next.
  float *sums;
} job;

// From one row of sums to the next: an odd number of strips, so that those of a column do not share a set of the cache.
static int64_t step(const fovea_narrow_product *p) { return (fovea_ceil_div(p->columns, STRIP) | 1) * STRIP; }

static int64_t pieces(const fovea_narrow_product *p) { return fovea_max(1, fovea_ceil_div(p->depth, PIECE)); }

static int64_t panel(const fovea_narrow_product *p) { return SUMS / fovea_max(4, p->rows) / STRIP * STRIP; }

size_t fovea_narrow_scratch(fovea_narrow_product p) {
  return (size_t)(pieces(&p) * p.rows * step(&p)) * sizeof(float);
}

// Products of `numbers` of the rows with `rows` rows of weights, two of which make a pair, for a strip of `count` columns. In
// a strip of sums lie the first four columns of every eight, then the others.
STRIPS void add_strip(int pairs, int64_t rows, int64_t count, const uint16_t *w, int64_t w_step, int64_t numbers,
                      const uint32_t (*x)[PAIRS], float *sums, int64_t sums_step) {
  pairs_of_numbers low[PAIRS], high[PAIRS];
#pragma clang loop unroll(full)
  for (int pair = 0; pair < pairs; pair++) {
    halves one = 0, two = 0;
    const uint16_t *from = w + 2 * pair * w_step;
    __builtin_prefetch(from + 2 * pairs * w_step);
    __builtin_prefetch(from + (2 * pairs + 1) * w_step);
    if (count >= STRIP) {
      one = *(const halves *)from;
      if (2 * pair + 1 < rows) two = *(const halves *)(from + w_step);
    } else {
      memcpy(&one, from, (size_t)count * sizeof(uint16_t));
      if (2 * pair + 1 < rows) memcpy(&two, from + w_step, (size_t)count * sizeof(uint16_t));
    }
    low[pair] = (pairs_of_numbers)__builtin_shufflevector(
        one, two, 0, 32, 1, 33, 2, 34, 3, 35, 8, 40, 9, 41, 10, 42, 11, 43, 16, 48, 17, 49, 18, 50, 19, 51, 24, 56, 25, 57,
        26, 58, 27, 59);
    high[pair] = (pairs_of_numbers)__builtin_shufflevector(
        one, two, 4, 36, 5, 37, 6, 38, 7, 39, 12, 44, 13, 45, 14, 46, 15, 47, 20, 52, 21, 53, 22, 54, 23, 55, 28, 60, 29,
        61, 30, 62, 31, 63);
  }
  for (int64_t r = 0; r < numbers; r++, sums += sums_step) {
    sums_of_pairs first = (sums_of_pairs)FOVEA_LOAD(sums), second = (sums_of_pairs)FOVEA_LOAD(sums + LANES);
#pragma clang loop unroll(full)
    for (int pair = 0; pair < pairs; pair++) {
      fovea_lanes_bits number = x[r][pair];
      first = __builtin_ia32_dpbf16ps_512(first, (pairs_of_numbers)number, low[pair]);
      second = __builtin_ia32_dpbf16ps_512(second, (pairs_of_numbers)number, high[pair]);
    }
    FOVEA_STORE(sums, (fovea_lanes)first);
    FOVEA_STORE(sums + LANES, (fovea_lanes)second);
  }
}

// Products with `rows` rows of weights from `row` on, added to the sums of `count` columns from `first` on.
STRIPS void add_rows(const job *j, int pairs, int64_t row, int64_t rows, int64_t first, int64_t count, float *sums) {
  fovea_narrow_product p = j->p;
  uint32_t x[FOVEA_NARROW_ROWS][PAIRS];
  for (int64_t r = 0; r < p.rows; r++) {
    x[r][pairs - 1] = 0;
    memcpy(x[r], j->x + r * p.depth + row, (size_t)rows * sizeof(uint16_t));
  }
  const uint16_t *w = j->w + row * p.columns + first;
  int64_t column = 0, sums_step = step(&p);
  for (; column + STRIP <= count; column += STRIP)
    add_strip(pairs, rows, STRIP, w + column, p.columns, p.rows, x, sums + column, sums_step);
  if (column < count)
    add_strip(pairs, rows, count - column, w + column, p.columns, p.rows, x, sums + column, sums_step);
}

// Units: pieces × panels of columns.
__attribute__((DOTS)) static void add(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_narrow_product *p = &j->p;
  int64_t panels = fovea_ceil_div(p->columns, panel(p));
  for (int64_t unit = begin; unit < end; unit++) {
    int64_t row = unit / panels * PIECE, last = fovea_min(row + PIECE, p->depth);
    int64_t first = unit % panels * panel(p), count = fovea_min(panel(p), p->columns - first);
    float *sums = j->sums + unit / panels * p->rows * step(p) + first;
    for (int64_t r = 0; r < p->rows; r++)
      memset(sums + r * step(p), 0, (size_t)fovea_ceil_div(count, STRIP) * STRIP * sizeof(float));
    for (; row + 2 * PAIRS <= last; row += 2 * PAIRS) add_rows(j, PAIRS, row, 2 * PAIRS, first, count, sums);
    for (; row < last; row += 2) add_rows(j, 1, row, fovea_min(2, last - row), first, count, sums);
  }
}

// As many of the numbers from `at` on as there are, up to a register of them.
FOVEA_INLINE void read_some(const void *from, int64_t at, int64_t count, bool narrow, fovea_lanes *value) {
  float all[LANES] = {0};
  int64_t size = narrow ? 2 : 4;
  memcpy(all, (const char *)from + at * size, (size_t)(count * size));
  fovea_lanes_read(all, 0, narrow, value);
}

// What follows the sum of a register of columns.
FOVEA_INLINE void finish(const job *j, int64_t row, int64_t column, fovea_lanes *sum) {
  const fovea_narrow_product *p = &j->p;
  int64_t at = row * p->columns + column, count = fovea_min(LANES, p->columns - column), size = p->narrow_y ? 2 : 4;
  if (count <= 0) return;
  fovea_lanes other;
  if (j->bias) {
    read_some(j->bias, column, count, false, &other);
    *sum += other;
  }
  if (j->residual) {
    read_some(j->residual, at, count, p->narrow_y, &other);
    *sum += other;
  }
  fovea_activate_lanes(j->activation, sum);
  float all[LANES];
  fovea_lanes_write(all, 0, p->narrow_y, sum);
  memcpy((char *)j->y + at * size, all, (size_t)(count * size));
}

// Adds the pieces, strip by strip.
FOVEA_KERNEL void fovea_narrow_product_results(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_narrow_product *p = &j->p;
  for (int64_t column = begin * STRIP; column < end * STRIP; column += STRIP) {
    for (int64_t row = 0; row < p->rows; row++) {
      fovea_lanes one = 0.0f, other = 0.0f;
      for (int64_t piece = 0; piece < pieces(p); piece++) {
        const float *from = j->sums + (piece * p->rows + row) * step(p) + column;
        one += FOVEA_LOAD(from), other += FOVEA_LOAD(from + LANES);
      }
      fovea_lanes first = __builtin_shufflevector(one, other, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      fovea_lanes second =
          __builtin_shufflevector(one, other, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      finish(j, row, column, &first);
      finish(j, row, column + LANES, &second);
    }
  }
}

void fovea_narrow_multiply(fovea_narrow_product p, const void *x, const void *w, const float *bias,
                           const void *residual, fovea_activation activation, void *y, float *scratch) {
  job j = {p, x, w, bias, residual, activation, y, scratch};
  fovea_parallel(pieces(&p) * fovea_ceil_div(p.columns, panel(&p)), 1, &j, add);
  fovea_parallel(fovea_ceil_div(p.columns, STRIP), fovea_max(1, 128 / p.rows), &j, fovea_narrow_product_results);
}
