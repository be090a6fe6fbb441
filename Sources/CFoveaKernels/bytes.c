// Numbers as whole ones of 8 bits, and back.
#include "parallel.h"

typedef struct {
  const void *x;
  void *y;
  float scale, least, largest;
} job;

// Outside the bounds the nearest of them; what is not a number becomes the least.
FOVEA_INLINE int32_t fovea_whole(float x, const job *j) {
  float q = x / j->scale;
  q = q > j->least ? q : j->least;
  q = q < j->largest ? q : j->largest;
  return (int32_t)__builtin_rintf(q);
}

FOVEA_KERNEL void fovea_quantize_part_unsigned(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const float *x = j->x;
  uint8_t *y = j->y;
  for (int64_t i = begin; i < end; i++) y[i] = (uint8_t)fovea_whole(x[i], j);
}

FOVEA_KERNEL void fovea_quantize_part_signed(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const float *x = j->x;
  int8_t *y = j->y;
  for (int64_t i = begin; i < end; i++) y[i] = (int8_t)fovea_whole(x[i], j);
}

FOVEA_KERNEL void fovea_dequantize_part_unsigned(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const uint8_t *x = j->x;
  float *y = j->y;
  for (int64_t i = begin; i < end; i++) y[i] = j->scale * (float)x[i];
}

FOVEA_KERNEL void fovea_dequantize_part_signed(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const int8_t *x = j->x;
  float *y = j->y;
  for (int64_t i = begin; i < end; i++) y[i] = j->scale * (float)x[i];
}

enum { PIECE = 16384 };

void fovea_quantize(int64_t count, float scale, bool is_signed, const float *x, void *y) {
  job j = {x, y, scale, is_signed ? -128.f : 0.f, is_signed ? 127.f : 255.f};
  fovea_parallel(count, PIECE, &j, is_signed ? fovea_quantize_part_signed : fovea_quantize_part_unsigned);
}

void fovea_dequantize(int64_t count, float scale, bool is_signed, const void *x, float *y) {
  job j = {x, y, scale, 0, 0};
  fovea_parallel(count, PIECE, &j, is_signed ? fovea_dequantize_part_signed : fovea_dequantize_part_unsigned);
}

typedef struct {
  int64_t columns;
  const float *scales, *x;
  int8_t *y;
} weights_job;

FOVEA_KERNEL void fovea_quantize_rows(void *context, int64_t begin, int64_t end) {
  const weights_job *j = context;
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->x + row * j->columns;
    int8_t *y = j->y + row * j->columns;
    for (int64_t k = 0; k < j->columns; k++) {
      job of_column = {.scale = j->scales[k], .least = -127, .largest = 127};
      y[k] = (int8_t)fovea_whole(x[k], &of_column);
    }
  }
}

void fovea_quantize_weights(int64_t rows, int64_t columns, const float *scales, const float *x, int8_t *y) {
  weights_job j = {columns, scales, x, y};
  fovea_parallel(rows, fovea_max(1, PIECE / columns), &j, fovea_quantize_rows);
}
