// The product of a few rows and a matrix of weights, as a dense layer has it for few examples: reading the weights takes most
// of the time, so that they lie in the order in which they are read, and are called for early. A worker makes the results of
// a panel of columns, from the first row of weights to the last.
#include <string.h>

#include "activation.h"
#include "amx.h"
#include "few_rows.h"
#include "narrow_lanes.h"

enum {
  // Steps whose products are added before their sum is added to the others: a sum of thousands of numbers rounds less so.
  // Divides SLAB.
  PART = 512,
};

// Adds the products of some rows with a chunk of weights to their sums. In each step `lines` cache lines of `next`, weights
// that come later, are called for.
typedef void (*add_chunk)(int64_t rows, int64_t lines, int64_t steps, const chunk *x, const char *w, const char *next,
                          float *sums);

typedef struct {
  fovea_few_rows p;
  add_chunk add;
  int64_t group;
  bool amx;
  const char *x, *w;
  const float *bias;
  const void *residual;
  fovea_activation activation;
  void *y;
} job;

// A cache line that is read once. AMD's processors fetch it past the larger caches, where what other layers work with stays;
// Intel's have too few lines underway then, 12 GB/s instead of 33.
#define CALL_FOR(address)                           \
  do {                                              \
    if (intel) __builtin_prefetch(address, 0, 2);   \
    else __builtin_prefetch(address, 0, 0);         \
  } while (0)

// `features`: of the processor, that `add` needs. `registers` of columns at once. `add` is given a sum, a number, and the weights
// of a register.
#define ADD_CHUNK(name, attributes, features, registers, add)                                                  \
  __attribute__((always_inline)) features static inline void name##_some(                                      \
      int rows, int64_t lines, int64_t steps, const chunk *x, const char *w, const char *next, float *sums) {  \
    bool intel = __builtin_cpu_is("intel");                                                                    \
    for (int first = 0; first < REGISTERS; first += (registers)) {                                             \
      fovea_lanes sum[GROUP][REGISTERS];                                                                       \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)                                        \
        _Pragma("clang loop unroll(full)") for (int c = 0; c < (registers); c++)                               \
          sum[r][c] = FOVEA_LOAD(sums + r * PANEL + (first + c) * LANES);                                      \
      for (int64_t step = 0; step < steps; step++) {                                                           \
        const char *from = w + step * STEP_BYTES + first * LINE, *later = next + step * STEP_BYTES;            \
        if (first == 0) {                                                                                      \
          CALL_FOR(later);                                                                                     \
          if (lines > 1) CALL_FOR(later + LINE);                                                               \
          if (lines > 2) {                                                                                     \
            CALL_FOR(later + 2 * LINE);                                                                        \
            CALL_FOR(later + 3 * LINE);                                                                        \
          }                                                                                                    \
        }                                                                                                      \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)                                      \
          _Pragma("clang loop unroll(full)") for (int c = 0; c < (registers); c++)                             \
            add(sum[r][c], x[r][step], from + c * LINE);                                                       \
      }                                                                                                        \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)                                        \
        _Pragma("clang loop unroll(full)") for (int c = 0; c < (registers); c++)                               \
          FOVEA_STORE(sums + r * PANEL + (first + c) * LANES, sum[r][c]);                                      \
    }                                                                                                          \
  }                                                                                                            \
  attributes void name(int64_t rows, int64_t lines, int64_t steps, const chunk *x, const char *w,              \
                       const char *next, float *sums) {                                                        \
    switch (rows) {                                                                                            \
      case 1: name##_some(1, lines, steps, x, w, next, sums); break;                                           \
      case 2: name##_some(2, lines, steps, x, w, next, sums); break;                                           \
      case 3: name##_some(3, lines, steps, x, w, next, sums); break;                                           \
      default: name##_some(GROUP, lines, steps, x, w, next, sums);                                             \
    }                                                                                                          \
  }

#define ADD_PRODUCT(sum, number, weights)                   \
  do {                                                      \
    FOVEA_FAST_SUMS                                         \
    uint32_t bits = number;                                 \
    sum += *(const float *)&bits * FOVEA_LOAD(weights);     \
  } while (0)

#define ADD_PAIRS(sum, pair, weights)                       \
  do {                                                      \
    fovea_lanes_bits numbers = pair, columns;               \
    memcpy(&columns, weights, sizeof columns);              \
    fovea_add_pairs(&sum, &numbers, &columns);              \
  } while (0)

// 16 registers of 8 numbers hold fewer sums than 32 of 16.
ADD_CHUNK(fovea_few_rows_add, FOVEA_KERNEL, , rows == 1 ? 4 : rows == 2 ? 2 : 1, ADD_PRODUCT)
ADD_CHUNK(fovea_few_rows_add_wide, FOVEA_KERNEL, , REGISTERS, ADD_PRODUCT)
ADD_CHUNK(fovea_few_rows_add_pairs, FOVEA_ROUNDING_KERNEL, FOVEA_ROUNDING_KERNEL, REGISTERS, ADD_PAIRS)

// What follows the sums of a register of columns.
FOVEA_KERNEL void fovea_few_rows_finish(const fovea_few_rows *p, const float *bias, const void *residual,
                                        fovea_activation activation, int64_t row, int64_t column, const float *sums,
                                        void *y) {
  int64_t at = row * p->columns + column, count = fovea_min(LANES, p->columns - column), size = p->narrow_y ? 2 : 4;
  fovea_lanes sum = FOVEA_LOAD(sums), other;
  float all[LANES] = {0};
  if (bias) {
    memcpy(all, bias + column, (size_t)count * sizeof(float));
    sum += FOVEA_LOAD(all);
  }
  if (residual) {
    memcpy(all, (const char *)residual + at * size, (size_t)(count * size));
    if (p->narrow_y) fovea_lanes_read(all, 0, true, &other);
    else fovea_lanes_read(all, 0, false, &other);
    sum += other;
  }
  fovea_activate_lanes(activation, &sum);
  if (p->narrow_y) fovea_lanes_write(all, 0, true, &sum);
  else fovea_lanes_write(all, 0, false, &sum);
  memcpy((char *)y + at * size, all, (size_t)(count * size));
}

// The products of a chunk from `step` on, added to the sums of all rows.
static void add_step(const job *j, int64_t panel, int64_t step, float *sums) {
  const fovea_few_rows *p = &j->p;
  int64_t steps = few_rows_steps(p), count = fovea_min(CHUNK, steps - step), later = step + CHUNK;
  const char *w = j->w + few_rows_place(p, panel, step), *next = w;
  if (later < steps) next = j->w + few_rows_place(p, panel, later);
  else if (panel + 1 < few_rows_panels(p)) next = j->w + few_rows_place(p, panel + 1, 0);
  chunk x[FOVEA_FEW_ROWS];
  if (j->amx) memset(x[p->rows], 0, (size_t)(FOVEA_FEW_ROWS - p->rows) * sizeof(chunk));
  int64_t size = p->narrow ? 2 : 4, bytes = fovea_min(count * 4, p->depth * size - step * 4);
  for (int64_t r = 0; r < p->rows; r++) {
    x[r][count - 1] = 0;
    memcpy(x[r], j->x + r * p->depth * size + step * 4, (size_t)bytes);
  }
  // All groups together call for every line of the next chunk.
  int64_t groups = fovea_ceil_div(p->rows, j->group);
  for (int64_t group = 0; group < groups; group++) {
    int64_t row = group * j->group, line = group * REGISTERS / groups, last = (group + 1) * REGISTERS / groups;
    j->add(fovea_min(j->group, p->rows - row), last - line, count, x + row, w, next + line * LINE, sums + row * PANEL);
  }
}

FOVEA_KERNEL void fovea_few_rows_add_part(int64_t count, const float *part, float *sums) {
  for (int64_t i = 0; i < count; i++) sums[i] += part[i];
}

static void add_panels(const job *j, int64_t begin, int64_t end) {
  const fovea_few_rows *p = &j->p;
  float sums[FOVEA_FEW_ROWS * PANEL], part[FOVEA_FEW_ROWS * PANEL];
  int64_t steps = few_rows_steps(p), count = (j->amx ? FOVEA_FEW_ROWS : p->rows) * PANEL;
  for (int64_t panel = begin; panel < end; panel++) {
    memset(sums, 0, (size_t)count * sizeof(float));
    for (int64_t first = 0; first < steps; first += PART) {
      memset(part, 0, (size_t)count * sizeof(float));
      for (int64_t step = first; step < fovea_min(first + PART, steps); step += CHUNK) add_step(j, panel, step, part);
      fovea_few_rows_add_part(count, part, sums);
    }
    for (int64_t row = 0; row < p->rows; row++)
      for (int64_t first = 0; first < PANEL && panel * PANEL + first < p->columns; first += LANES)
        fovea_few_rows_finish(p, j->bias, j->residual, j->activation, row, panel * PANEL + first,
                              sums + row * PANEL + first, j->y);
  }
}

static void work(void *context, int64_t begin, int64_t end) { add_panels(context, begin, end); }

FOVEA_AMX_KERNEL static void work_in_tiles(void *context, int64_t begin, int64_t end) {
  fovea_amx_begin();
  add_panels(context, begin, end);
  fovea_amx_end();
}

void fovea_few_rows_multiply(fovea_few_rows p, const void *x, const void *packed, const float *bias,
                             const void *residual, fovea_activation activation, void *y) {
  bool wide = __builtin_cpu_supports("x86-64-v4"), amx = p.narrow && p.amx && p.rows > GROUP;
  add_chunk add = amx        ? fovea_few_rows_add_tiles
                  : p.narrow ? fovea_few_rows_add_pairs
                  : wide     ? fovea_few_rows_add_wide
                             : fovea_few_rows_add;
  job j = {p, add, amx ? FOVEA_FEW_ROWS : GROUP, amx, x, packed, bias, residual, activation, y};
  fovea_parallel(few_rows_panels(&p), 1, &j, amx ? work_in_tiles : work);
}
