// Chains of operations that look at one place at a time. A tile of places goes through all of them while it lies in the
// first-level cache; only inputs and the result touch memory.
#include <math.h>

#include "activation.h"
#include "narrow_lanes.h"
#include "rounding.h"

enum { TILE = 256, GRAIN = 16384 };

#define STEP(name, ...)                                                                                       \
  FOVEA_KERNEL void name(const fovea_step *s, int64_t n, const float *pa, const float *pb, float *y) {        \
    FOVEA_FAST_SUMS                                                                                           \
    float p = s->p, q = s->q;                                                                                 \
    (void)p, (void)q;                                                                                         \
    for (int64_t i = 0; i < n; i += 16) {                                                                     \
      fovea_lanes a = FOVEA_LOAD(pa + i), b = FOVEA_LOAD(pb + i), zero = 0.0f;                                \
      (void)b, (void)zero;                                                                                    \
      __VA_ARGS__;                                                                                            \
      FOVEA_STORE(y + i, a);                                                                                  \
    }                                                                                                         \
  }

STEP(fovea_step_add, a = a + b)
STEP(fovea_step_subtract, a = a - b)
STEP(fovea_step_multiply, a = a * b)
STEP(fovea_step_divide, a = a / b)
// What is not a number stays so.
STEP(fovea_step_larger, a = ((a > b) | (a != a)) ? a : b)
STEP(fovea_step_smaller, a = ((a < b) | (a != a)) ? a : b)
STEP(fovea_step_scale, a = p * a)
STEP(fovea_step_offset, a = a + p)
STEP(fovea_step_relu, fovea_activate_lanes(FOVEA_RELU, &a))
STEP(fovea_step_tanh, fovea_activate_lanes(FOVEA_TANH, &a))
STEP(fovea_step_sigmoid, fovea_activate_lanes(FOVEA_SIGMOID, &a))
STEP(fovea_step_relu_gradient, a = b > 0.0f ? a : zero)
STEP(fovea_step_tanh_gradient, a = a * (1.0f - b * b))
STEP(fovea_step_sigmoid_gradient, a = a * b * (1.0f - b))
STEP(fovea_step_reciprocal_square_root, a = 1.0f / __builtin_elementwise_sqrt(a + p))
STEP(fovea_step_square_root, a = __builtin_elementwise_sqrt(a))
STEP(fovea_step_exponential, fovea_exponential(&a))
STEP(fovea_step_exponential_minus_1, fovea_exponential_minus_1(&a))
STEP(fovea_step_logarithm, fovea_logarithm(&a))
STEP(fovea_step_softplus, fovea_softplus(&a))
STEP(fovea_step_power, fovea_power(&a, p))
STEP(fovea_step_error_function, fovea_error_function(&a))
STEP(fovea_step_absolute, a = a < 0.0f ? -a : a)
STEP(fovea_step_sign, b = a < 0.0f ? zero - 1.0f : zero; a = a > 0.0f ? zero + 1.0f : b)
STEP(fovea_step_step, a = a > 0.0f ? zero + 1.0f : zero)
STEP(fovea_step_clamp, a = a < p ? zero + p : a; a = a > q ? zero + q : a)
STEP(fovea_step_clamp_gradient, a = b > p ? a : zero; a = b < q ? a : zero)
STEP(fovea_step_equal, a = a == b ? zero + 1.0f : zero)
STEP(fovea_step_less, a = a < b ? zero + 1.0f : zero)
STEP(fovea_step_less_or_equal, a = a <= b ? zero + 1.0f : zero)
STEP(fovea_step_mask, a = b != 0.0f ? a : zero)
STEP(fovea_step_round_down, a = __builtin_elementwise_floor(a))
STEP(fovea_step_round_up, a = __builtin_elementwise_ceil(a))
STEP(fovea_step_round_toward_zero, a = __builtin_elementwise_trunc(a))
STEP(fovea_step_round_nearest, a = __builtin_elementwise_roundeven(a))
STEP(fovea_step_round_float16, fovea_round_to_float16(&a))
STEP(fovea_step_round_bfloat16, fovea_round_to_bfloat16(&a))
STEP(fovea_step_sine, fovea_lane_by_lane(sinf, &a))
STEP(fovea_step_cosine, fovea_lane_by_lane(cosf, &a))
STEP(fovea_step_arctangent, fovea_lane_by_lane(atanf, &a))

typedef void (*step_body)(const fovea_step *, int64_t, const float *, const float *, float *);

static step_body body_of(fovea_operation operation) {
  switch (operation) {
    case FOVEA_STEP_ADD: return fovea_step_add;
    case FOVEA_STEP_SUBTRACT: return fovea_step_subtract;
    case FOVEA_STEP_MULTIPLY: return fovea_step_multiply;
    case FOVEA_STEP_DIVIDE: return fovea_step_divide;
    case FOVEA_STEP_LARGER: return fovea_step_larger;
    case FOVEA_STEP_SMALLER: return fovea_step_smaller;
    case FOVEA_STEP_SCALE: return fovea_step_scale;
    case FOVEA_STEP_OFFSET: return fovea_step_offset;
    case FOVEA_STEP_RELU: return fovea_step_relu;
    case FOVEA_STEP_TANH: return fovea_step_tanh;
    case FOVEA_STEP_SIGMOID: return fovea_step_sigmoid;
    case FOVEA_STEP_RELU_GRADIENT: return fovea_step_relu_gradient;
    case FOVEA_STEP_TANH_GRADIENT: return fovea_step_tanh_gradient;
    case FOVEA_STEP_SIGMOID_GRADIENT: return fovea_step_sigmoid_gradient;
    case FOVEA_STEP_RECIPROCAL_SQUARE_ROOT: return fovea_step_reciprocal_square_root;
    case FOVEA_STEP_SQUARE_ROOT: return fovea_step_square_root;
    case FOVEA_STEP_EXPONENTIAL: return fovea_step_exponential;
    case FOVEA_STEP_EXPONENTIAL_MINUS_1: return fovea_step_exponential_minus_1;
    case FOVEA_STEP_LOGARITHM: return fovea_step_logarithm;
    case FOVEA_STEP_SOFTPLUS: return fovea_step_softplus;
    case FOVEA_STEP_POWER: return fovea_step_power;
    case FOVEA_STEP_ERROR_FUNCTION: return fovea_step_error_function;
    case FOVEA_STEP_ABSOLUTE: return fovea_step_absolute;
    case FOVEA_STEP_SIGN: return fovea_step_sign;
    case FOVEA_STEP_STEP: return fovea_step_step;
    case FOVEA_STEP_CLAMP: return fovea_step_clamp;
    case FOVEA_STEP_CLAMP_GRADIENT: return fovea_step_clamp_gradient;
    case FOVEA_STEP_EQUAL: return fovea_step_equal;
    case FOVEA_STEP_LESS: return fovea_step_less;
    case FOVEA_STEP_LESS_OR_EQUAL: return fovea_step_less_or_equal;
    case FOVEA_STEP_MASK: return fovea_step_mask;
    case FOVEA_STEP_ROUND_DOWN: return fovea_step_round_down;
    case FOVEA_STEP_ROUND_UP: return fovea_step_round_up;
    case FOVEA_STEP_ROUND_TOWARD_ZERO: return fovea_step_round_toward_zero;
    case FOVEA_STEP_ROUND_NEAREST: return fovea_step_round_nearest;
    case FOVEA_STEP_ROUND_FLOAT16: return fovea_step_round_float16;
    case FOVEA_STEP_ROUND_BFLOAT16: return fovea_step_round_bfloat16;
    case FOVEA_STEP_SINE: return fovea_step_sine;
    case FOVEA_STEP_COSINE: return fovea_step_cosine;
    case FOVEA_STEP_ARCTANGENT: return fovea_step_arctangent;
  }
}

typedef struct {
  const fovea_expression *e;
  const void *const *inputs;
  void *y;
  void (*narrow)(int64_t, const float *, uint16_t *);
  step_body bodies[FOVEA_MAX_STEPS];
} job;

// Places begin..<begin + n of a tensor that is walked with strides, or stretched.
static void gather(const fovea_strided *space, const float *x, int64_t begin, int64_t n, float *tile) {
  int64_t index[FOVEA_MAX_RANK], last = space->rank - 1, offset = 0;
  for (int64_t axis = last, rest = begin; axis >= 0; axis--) {
    index[axis] = rest % space->size[axis];
    rest /= space->size[axis];
    offset += index[axis] * space->stride[0][axis];
  }
  int64_t step = space->stride[0][last];
  while (n > 0) {
    int64_t run = fovea_min(n, space->size[last] - index[last]);
    const float *row = x + offset;
    if (step == 1) __builtin_memcpy(tile, row, (size_t)run * sizeof(float));
    else if (step == 0) for (int64_t i = 0; i < run; i++) tile[i] = row[0];
    else for (int64_t i = 0; i < run; i++) tile[i] = row[i * step];
    tile += run, n -= run, index[last] += run, offset += run * step;
    for (int64_t axis = last; axis > 0 && index[axis] == space->size[axis]; axis--) {
      offset += space->stride[0][axis - 1] - index[axis] * space->stride[0][axis];
      index[axis] = 0, index[axis - 1]++;
    }
  }
}

// After how many places a tensor that is stretched along its first axes repeats.
static int64_t period(const fovea_strided *space) {
  int64_t period = 1, first = 0;
  while (first < space->rank && space->stride[0][first] == 0) first++;
  for (int64_t axis = first; axis < space->rank; axis++) period *= space->size[axis];
  return period;
}

// Kernels of their own, so that they are compiled for the processor.
FOVEA_KERNEL void fovea_widen_tile(int64_t n, const uint16_t *x, float *y) { fovea_widen_all(n, x, y); }
FOVEA_KERNEL void fovea_narrow_tile(int64_t n, const float *x, uint16_t *y) { fovea_narrow_all(false, n, x, y); }
FOVEA_ROUNDING_KERNEL void fovea_round_tile(int64_t n, const float *x, uint16_t *y) { fovea_narrow_all(true, n, x, y); }

static void tiles(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_expression *e = j->e;
  float memory[FOVEA_MAX_REGISTERS][TILE] __attribute__((aligned(64)));
  float *place[FOVEA_MAX_REGISTERS];
  // What a tile of a stretched input begins with, and how much of it is there: often each tile is like the one before.
  int64_t periods[FOVEA_MAX_INPUTS], phase[FOVEA_MAX_INPUTS], filled[FOVEA_MAX_INPUTS] = {0};
  for (int i = 0; i < e->inputs; i++) periods[i] = e->kind[i] == FOVEA_STRIDED ? period(&e->space[i]) : 1;
  for (int r = 0; r < FOVEA_MAX_REGISTERS; r++) place[r] = memory[r];
  for (int i = 0; i < e->inputs; i++)
    if (e->kind[i] == FOVEA_SCALAR)
      for (int k = 0; k < TILE; k++) memory[i][k] = *(const float *)j->inputs[i];

  for (int64_t at = begin; at < end; at += TILE) {
    int64_t n = fovea_min(TILE, end - at), padded = fovea_ceil_div(n, 16) * 16;
    for (int i = 0; i < e->inputs; i++) {
      if (e->kind[i] == FOVEA_STRIDED) {
        if (filled[i] >= n && phase[i] == at % periods[i]) continue;
        gather(&e->space[i], j->inputs[i], at, n, memory[i]);
        phase[i] = at % periods[i], filled[i] = n;
      } else if (e->kind[i] == FOVEA_DENSE && padded == n) {
        place[i] = (float *)j->inputs[i] + at;  // only read
      } else if (e->kind[i] == FOVEA_DENSE_NARROW) {
        fovea_widen_tile(n, (const uint16_t *)j->inputs[i] + at, memory[i]);
      } else if (e->kind[i] == FOVEA_DENSE) {
        place[i] = memory[i];
        __builtin_memcpy(memory[i], (const float *)j->inputs[i] + at, (size_t)n * sizeof(float));
      }
      if (padded != n && e->kind[i] != FOVEA_SCALAR)
        for (int64_t k = n; k < padded; k++) memory[i][k] = 1;
    }
    for (int s = 0; s < e->steps; s++) {
      const fovea_step *step = &e->step[s];
      bool writes_result = s + 1 == e->steps && padded == n && !e->gives_narrow;
      float *y = writes_result ? (float *)j->y + at : memory[step->result];
      j->bodies[s](step, padded, place[step->a], place[step->b], y);
    }
    const float *result = memory[e->step[e->steps - 1].result];
    if (e->gives_narrow) j->narrow(n, result, (uint16_t *)j->y + at);
    else if (padded != n) __builtin_memcpy((float *)j->y + at, result, (size_t)n * sizeof(float));
  }
}

void fovea_evaluate(const fovea_expression *e, int64_t count, const void *const *inputs, void *y) {
  job j = {.e = e, .inputs = inputs, .y = y, .narrow = fovea_rounds() ? fovea_round_tile : fovea_narrow_tile};
  for (int s = 0; s < e->steps; s++) j.bodies[s] = body_of(e->step[s].operation);
  fovea_parallel(count, GRAIN, &j, tiles);
}
