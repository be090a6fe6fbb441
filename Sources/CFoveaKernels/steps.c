// Optimizer steps, dropout, filling. Inputs may be the output.
#include "parallel.h"

enum { GRAIN = 16384 };

typedef struct {
  const float *a, *b, *c, *d;
  float *y;
  float p, q, r;
  int64_t count;
} job;

#define ELEMENTWISE(name, ...)                                         \
  FOVEA_KERNEL void name(void *context, int64_t begin, int64_t end) {  \
    FOVEA_FAST_SUMS                                                    \
    const job *j = context;                                            \
    const float *a = j->a, *b = j->b, *c = j->c;                       \
    float *y = j->y, p = j->p, q = j->q, r = j->r;                     \
    (void)a, (void)b, (void)c, (void)p, (void)q, (void)r;              \
    FOVEA_EACH for (int64_t i = begin; i < end; i++) y[i] = (__VA_ARGS__);        \
  }

ELEMENTWISE(fovea_each_scale, p * a[i])
ELEMENTWISE(fovea_each_two_terms, p * a[i] + q * b[i])
ELEMENTWISE(fovea_each_three_terms, p * a[i] + q * b[i] + r * c[i])
ELEMENTWISE(fovea_each_descend, a[i] - p * b[i])
ELEMENTWISE(fovea_each_second_moment, p * a[i] + (1 - p) * b[i] * b[i])

static void run(job j, fovea_body body) { fovea_parallel(j.count, GRAIN, &j, body); }

void fovea_linear_combination(int64_t count, int terms, const float *const *x, const float *factors, float *y) {
  switch (terms) {
    case 1: run((job){.a = x[0], .y = y, .p = factors[0], .count = count}, fovea_each_scale); return;
    case 2:
      run((job){.a = x[0], .b = x[1], .y = y, .p = factors[0], .q = factors[1], .count = count}, fovea_each_two_terms);
      return;
    default:
      run((job){.a = x[0], .b = x[1], .c = x[2], .y = y, .p = factors[0], .q = factors[1], .r = factors[2],
                .count = count}, fovea_each_three_terms);
  }
  for (int t = 3; t < terms; t++)
    run((job){.a = y, .b = x[t], .y = y, .p = 1, .q = factors[t], .count = count}, fovea_each_two_terms);
}

void fovea_descend(int64_t count, const float *w, const float *d, const float *rate, float *y) {
  run((job){.a = w, .b = d, .y = y, .p = rate[0], .count = count}, fovea_each_descend);
}

void fovea_second_moment(int64_t count, float decay, const float *v, const float *g, float *y) {
  run((job){.a = v, .b = g, .y = y, .p = decay, .count = count}, fovea_each_second_moment);
}

FOVEA_KERNEL void fovea_each_adam(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const float *w = j->a, *m = j->b, *v = j->c;
  float rate = j->d[0], correction = j->d[1], decay = j->d[2], epsilon = j->p;
  float *y = j->y;
  FOVEA_EACH for (int64_t i = begin; i < end; i++)
    y[i] = w[i] - rate * m[i] / (__builtin_elementwise_sqrt(v[i] * correction) + epsilon) - decay * w[i];
}

void fovea_adam_descend(int64_t count, float epsilon, const float *w, const float *m, const float *v,
                        const float *rates, float *y) {
  run((job){.a = w, .b = m, .c = v, .d = rates, .y = y, .p = epsilon, .count = count}, fovea_each_adam);
}

static void fill(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) j->y[i] = j->p;
}

void fovea_fill(int64_t count, float value, float *y) { run((job){.y = y, .p = value, .count = count}, fill); }

// Philox4x32-10; FoveaCore has the definition.
FOVEA_INLINE void philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1, uint32_t *out) {
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1, c3 = (uint32_t)p0, c0 = n0, c2 = n2;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

typedef struct {
  int64_t count;
  float factor;
  uint32_t threshold, stream;
  const int32_t *state;
  const float *x;
  float *y;
} dropout;

FOVEA_KERNEL void fovea_dropout_blocks(void *context, int64_t begin, int64_t end) {
  const dropout *j = context;
  for (int64_t block = begin; block < end; block++) {
    uint32_t words[4];
    philox((uint32_t)block, (uint32_t)((uint64_t)block >> 32), (uint32_t)j->state[2], j->stream,
           (uint32_t)j->state[0], (uint32_t)j->state[1], words);
    for (int64_t i = 4 * block; i < fovea_min(4 * block + 4, j->count); i++)
      j->y[i] = words[i & 3] >= j->threshold ? j->x[i] * j->factor : 0;
  }
}

void fovea_dropout(int64_t count, float rate, uint32_t threshold, uint32_t stream, const int32_t *state,
                   const float *x, float *y) {
  dropout j = {count, 1 / (1 - rate), threshold, stream, state, x, y};
  fovea_parallel(fovea_ceil_div(count, 4), GRAIN / 16, &j, fovea_dropout_blocks);
}

typedef struct {
  int64_t count;
  float lower, width;
  uint32_t stream;
  const int32_t *state;
  float *y;
} uniform;

FOVEA_KERNEL void fovea_uniform_blocks(void *context, int64_t begin, int64_t end) {
  const uniform *j = context;
  for (int64_t block = begin; block < end; block++) {
    uint32_t words[4];
    philox((uint32_t)block, (uint32_t)((uint64_t)block >> 32), (uint32_t)j->state[2], j->stream,
           (uint32_t)j->state[0], (uint32_t)j->state[1], words);
    for (int64_t i = 4 * block; i < fovea_min(4 * block + 4, j->count); i++)
      j->y[i] = j->lower + j->width * ((float)(words[i & 3] >> 8) * 0x1p-24f);
  }
}

void fovea_random_uniform(int64_t count, float lower, float upper, uint32_t stream, const int32_t *state, float *y) {
  uniform j = {count, lower, upper - lower, stream, state, y};
  fovea_parallel(fovea_ceil_div(count, 4), GRAIN / 16, &j, fovea_uniform_blocks);
}
