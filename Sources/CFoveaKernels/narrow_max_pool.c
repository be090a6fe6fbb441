// Max pooling of bfloat16 numbers, which as integers have the order of their numbers, once negative ones are turned round.
// What is not a number is the largest.
#include "pooling_windows.h"

enum {
  MINUS_INFINITE = 0xFF80,
  // Rows with this many numbers are worth a thread.
  GRAIN = 8192,
};

#define LANES(name, count)                                                                  \
  typedef int16_t name __attribute__((ext_vector_type(count), aligned(2), may_alias));      \
  typedef uint16_t name##_bits __attribute__((ext_vector_type(count), may_alias));          \
  FOVEA_INLINE void name##_order(name *v) {                                                 \
    name ordered = *v ^ ((*v >> 15) & 0x7FFF);                                              \
    *v = *(name##_bits *)v > (uint16_t)MINUS_INFINITE ? (name)0x7FFF : ordered;             \
  }                                                                                         \
  /* The channels from `c` on, as long as there are enough. */                              \
  FOVEA_INLINE int64_t name##_channels(const fovea_pooling *p, const window *at, int64_t c, \
                                       int64_t width, const int16_t *x, int16_t *y) {       \
    window w = *at;                                                                         \
    for (; c + (count) <= width; c += (count)) {                                            \
      name best = (int16_t)(MINUS_INFINITE ^ 0x7FFF);                                       \
      FOR_WINDOW {                                                                          \
        name v = *(const name *)(x + i + c);                                                \
        name##_order(&v);                                                                   \
        best = v > best ? v : best;                                                         \
      }                                                                                     \
      *(name *)(y + c) = best ^ ((best >> 15) & 0x7FFF);                                    \
    }                                                                                       \
    return c;                                                                               \
  }

LANES(lanes128, 128)
LANES(lanes32, 32)
LANES(lanes16, 16)
LANES(lanes8, 8)
LANES(lane, 1)

typedef struct {
  fovea_pooling p;
  const int16_t *x;
  int16_t *y;
} job;

// One piece is a row of outputs.
FOVEA_KERNEL void fovea_narrow_max_rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_pooling *p = &j->p;
  int64_t width = p->width, inputs = positions(p->input) * width, rows = p->output[0] * p->output[1];
  for (int64_t piece = begin; piece < end; piece++) {
    const int16_t *x = j->x + piece / rows * inputs;
    int16_t *y = j->y + piece * p->output[2] * width;
    FOR_ROW(piece % rows) {
      int64_t c = lanes128_channels(p, &w, 0, width, x, y + o);
      c = lanes32_channels(p, &w, c, width, x, y + o);
      c = lanes16_channels(p, &w, c, width, x, y + o);
      c = lanes8_channels(p, &w, c, width, x, y + o);
      lane_channels(p, &w, c, width, x, y + o);
    }
  }
}

void fovea_narrow_max_pool(fovea_pooling p, const void *x, void *y) {
  job j = {p, x, y};
  int64_t rows = p.images * p.blocks * p.output[0] * p.output[1];
  fovea_parallel(rows, fovea_max(1, GRAIN / fovea_max(1, p.output[2] * p.width)), &j, fovea_narrow_max_rows);
}
