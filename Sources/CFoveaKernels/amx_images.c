// What a convolution in AMX's tiles reads of images, and what it writes.
#include <string.h>

#include "amx_convolution.h"
#include "amx_lanes.h"

// The first `count` of 32 numbers, or of 16.
FOVEA_AMX_INLINE __mmask32 first_of_32(int64_t count) { return count >= 32 ? ~0u : (1u << count) - 1; }
FOVEA_AMX_INLINE __mmask16 first_of_16(int64_t count) {
  return (__mmask16)(count >= 16 ? 0xFFFF : count <= 0 ? 0 : (1u << count) - 1);
}

// 16 numbers times a factor, with an offset, rectified: what is no number stays so.
FOVEA_AMX_INLINE __m512 normalized(__m256i numbers, const float *factor, const float *offset, bool rectifies) {
  __m512 x = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(numbers), 16));
  x = _mm512_fmadd_ps(x, _mm512_loadu_ps(factor), _mm512_loadu_ps(offset));
  return rectifies ? _mm512_max_ps(_mm512_setzero_ps(), x) : x;
}

FOVEA_AMX_INLINE void copy_normalized(const amx_layer *l, bool rectifies, amx_offsets at, int64_t count, uint16_t *to) {
  for (int64_t i = 0; i < count; i++, to += l->position) {
    for (int64_t d = 0; d < l->depth; d += BLOCK) {
      if (at[i] < 0) {
        _mm512_storeu_si512(to + d, _mm512_setzero_si512());
        continue;
      }
      // Factors and offsets of missing numbers are zeros.
      __m512i x = _mm512_maskz_loadu_epi16(first_of_32(l->read - d), l->from + at[i] + d);
      __m512 low = normalized(_mm512_castsi512_si256(x), l->factor + d, l->offset + d, rectifies);
      __m512 high = normalized(_mm512_extracti64x4_epi64(x, 1), l->factor + d + 16, l->offset + d + 16, rectifies);
      _mm512_storeu_si512(to + d, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

FOVEA_AMX_KERNEL void fovea_amx_copy(const amx_layer *l, amx_offsets at, int64_t count, uint16_t *to) {
  if (l->factor) {
    if (l->rectifies) copy_normalized(l, true, at, count, to);
    else copy_normalized(l, false, at, count, to);
    return;
  }
  for (int64_t i = 0; i < count; i++, to += l->position) {
    for (int64_t d = 0; d < l->depth; d += BLOCK) {
      __mmask32 some = at[i] < 0 ? 0 : first_of_32(l->read - d);
      _mm512_storeu_si512(to + d, _mm512_maskz_loadu_epi16(some, l->from + at[i] + d));
    }
  }
}

// What is added to 16 sums, and the function of them. Of what is no number `_mm512_max_ps` keeps the second.
FOVEA_AMX_INLINE __m512 finished(fovea_activation activation, bool wide, __m512 sum, __m512 bias, const void *residual,
                                 __mmask16 some) {
  sum = _mm512_add_ps(sum, bias);
  if (residual && wide) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(some, residual));
  if (residual && !wide) {
    __m512i numbers = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(some, residual));
    sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_slli_epi32(numbers, 16)));
  }
  if (activation == FOVEA_IDENTITY) return sum;
  if (activation == FOVEA_RELU) return _mm512_max_ps(_mm512_setzero_ps(), sum);
  fovea_lanes value = (fovea_lanes)sum;
  fovea_activate_lanes(activation, &value);
  return (__m512)value;
}

// `columns` of a block of 32.
FOVEA_AMX_INLINE void finish(const amx_layer *l, fovea_activation activation, bool adds, bool wide, const float *sums,
                             amx_offsets at, int64_t count, int64_t column, int64_t columns) {
  int64_t size = wide ? 4 : 2;
  __mmask16 low = first_of_16(columns), high = first_of_16(columns - 16);
  __m512 biases[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
  if (l->bias) {
    biases[0] = _mm512_maskz_loadu_ps(low, l->bias + column);
    biases[1] = _mm512_maskz_loadu_ps(high, l->bias + column + 16);
  }
  char *to = (char *)l->to + column * size;
  const char *residuals = (const char *)l->residual + column * size;
  for (int64_t i = 0; i < count; i++, sums += BLOCK) {
    int64_t place = at[i] * size;
    if (place < 0) continue;
    const char *more = adds ? residuals + place : NULL;
    __m512 a = finished(activation, wide, _mm512_loadu_ps(sums), biases[0], more, low);
    __m512 b = finished(activation, wide, _mm512_loadu_ps(sums + 16), biases[1], more ? more + 16 * size : NULL, high);
    if (wide) {
      _mm512_mask_storeu_ps(to + place, low, a);
      _mm512_mask_storeu_ps(to + place + 16 * size, high, b);
    } else {
      _mm512_mask_storeu_epi16(to + place, first_of_32(columns), (__m512i)_mm512_cvtne2ps_pbh(b, a));
    }
  }
}

FOVEA_AMX_KERNEL void fovea_amx_finish(const amx_layer *l, const float *sums, amx_offsets at, int64_t count, int64_t column) {
  int64_t columns = l->written - column;
  // What most layers are, compiled for it.
  bool plain = !l->wide && columns >= BLOCK, adds = l->residual != NULL;
  if (plain && l->activation == FOVEA_RELU && adds) finish(l, FOVEA_RELU, true, false, sums, at, count, column, BLOCK);
  else if (plain && l->activation == FOVEA_RELU) finish(l, FOVEA_RELU, false, false, sums, at, count, column, BLOCK);
  else if (plain && l->activation == FOVEA_IDENTITY && !adds)
    finish(l, FOVEA_IDENTITY, false, false, sums, at, count, column, BLOCK);
  else finish(l, l->activation, adds, l->wide, sums, at, count, column, columns);
}
