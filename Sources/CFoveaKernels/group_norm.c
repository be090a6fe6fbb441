// Group normalisation over any channel layout, `outer` examples. The channels of an example are cut into ranges of whole
// groups and whole registers; a range goes through all of its passes while it lies in the cache.
#include <math.h>

#include "group_norm.h"

static int64_t divisor(int64_t a, int64_t b) { return b == 0 ? a : divisor(b, a % b); }

static group_job make(fovea_channels layout, int64_t groups, float epsilon) {
  int64_t width = layout.channels / groups, step = layout.blocks > 1 ? layout.width : LANES;
  int64_t range = width / divisor(width, step) * step;  // the least common multiple
  range *= fovea_max(1, MOST * LANES / range);
  if (range > layout.channels || layout.inner == 1) range = layout.channels;
  group_job j = {.layout = layout, .groups = groups, .epsilon = epsilon, .range = range};
  j.ranges = fovea_ceil_div(layout.channels, range);
  j.units = layout.outer * j.ranges;
  j.pieces = fovea_min(j.units, PIECES);
  return j;
}

size_t fovea_group_norm_scratch(fovea_channels layout, int64_t groups) {
  group_job j = make(layout, groups, 0);
  return (size_t)(j.pieces * ARRAYS * fovea_padded(j.range)) * sizeof(float);
}

// Neighbouring channels of an example: MOST registers, one, or a part of one.
typedef struct {
  int64_t offset, stride, width, index;  // index: the place of the first channel within the range
} strip;

FOVEA_INLINE strip locate(const group_job *j, int64_t image, int64_t first, int64_t index) {
  fovea_channels l = j->layout;
  int64_t channel = first + index, block = channel / l.width, lane = channel % l.width;
  int64_t end = fovea_min(first + j->range, l.channels), most = fovea_min(l.width - lane, end - channel);
  return (strip){
      .offset = ((image * l.blocks + block) * l.inner) * l.width + lane,
      .stride = l.width,
      .width = most >= MOST * LANES ? MOST * LANES : fovea_min(LANES, most),
      .index = index,
  };
}

typedef struct {
  int64_t image, first, count;
  float *mean, *reciprocal, *a, *b, *c, *d;  // one number for each channel of the range
} unit;

static unit open_unit(const group_job *j, int64_t index, float *scratch) {
  int64_t first = index % j->ranges * j->range, size = fovea_padded(j->range);
  return (unit){.image = index / j->ranges, .first = first, .count = fovea_min(j->range, j->layout.channels - first),
                .mean = scratch, .reciprocal = scratch + size, .a = scratch + 2 * size, .b = scratch + 3 * size,
                .c = scratch + 4 * size, .d = scratch + 5 * size};
}

// Σ x − m for each of `n` registers of channels, or Σ (x − m)².
FOVEA_INLINE void register_sums(const int n, const float *x, int64_t rows, int64_t stride, const float *m, bool squares,
                                float *sums) {
  FOVEA_FAST_SUMS
  fovea_lanes mean[MOST], total[MOST];
  for (int k = 0; k < n; k++) mean[k] = FOVEA_LOAD(m + k * LANES), total[k] = 0;
  for (int64_t first = 0; first < rows; first += ROWS) {
    fovea_lanes part[MOST];
    for (int k = 0; k < n; k++) part[k] = 0;
    for (int64_t r = first; r < fovea_min(first + ROWS, rows); r++)
      for (int k = 0; k < n; k++) {
        fovea_lanes v = FOVEA_LOAD(x + r * stride + k * LANES) - mean[k];
        part[k] += squares ? v * v : v;
      }
    for (int k = 0; k < n; k++) total[k] += part[k];
  }
  for (int k = 0; k < n; k++) FOVEA_STORE(sums + k * LANES, total[k]);
}

FOVEA_INLINE void strip_sums(const float *x, int64_t rows, strip s, const float *m, bool squares, float *sums) {
  FOVEA_FAST_SUMS
  if (s.width == MOST * LANES) return register_sums(MOST, x, rows, s.stride, m, squares, sums);
  if (s.width == LANES) return register_sums(1, x, rows, s.stride, m, squares, sums);
  for (int64_t k = 0; k < s.width; k++) {
    double total = 0;
    for (int64_t first = 0; first < rows; first += ROWS) {
      float part = 0;
      for (int64_t r = first; r < fovea_min(first + ROWS, rows); r++) {
        float v = x[r * s.stride + k] - m[k];
        part += squares ? v * v : v;
      }
      total += part;
    }
    sums[k] = (float)total;
  }
}

// Each channel's number becomes the mean of its group's numbers, over all of their positions.
FOVEA_INLINE void spread_means(const group_job *j, unit u, float *values, bool reciprocals, float *result) {
  int64_t width = j->layout.channels / j->groups;
  double count = (double)(width * j->layout.inner);
  for (int64_t first = 0; first < u.count; first += width) {
    float part[LANES] = {0};
    double sum = 0;
    int64_t k = 0;
    for (; k + LANES <= width; k += LANES)
      for (int i = 0; i < LANES; i++) part[i] += values[first + k + i];
    for (; k < width; k++) sum += values[first + k];
    for (int i = 0; i < LANES; i++) sum += part[i];
    float mean = (float)(sum / count);
    if (reciprocals) mean = 1 / sqrtf(mean + j->epsilon);
    for (k = 0; k < width; k++) result[first + k] = mean;
  }
}

FOVEA_INLINE void moments(const group_job *j, unit u) {
  int64_t rows = j->layout.inner;
  for (int64_t k = 0; k < fovea_padded(j->range); k++) u.mean[k] = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t k = 0; k < u.count;) {
      strip s = locate(j, u.image, u.first, k);
      strip_sums(j->x + s.offset, rows, s, u.mean + k, pass == 1, u.a + k);
      k += s.width;
    }
    spread_means(j, u, u.a, pass == 1, pass == 1 ? u.reciprocal : u.mean);
  }
}

// y = a·(x − m) + c + b·g for each of `n` registers of channels; what is near its mean keeps its digits.
FOVEA_INLINE void register_lines(const int n, int64_t rows, int64_t stride, const float *x, const float *g,
                                 const float *m, const float *a, const float *b, const float *c, float *y) {
  fovea_lanes vm[MOST], va[MOST], vb[MOST], vc[MOST];
  for (int k = 0; k < n; k++) {
    vm[k] = FOVEA_LOAD(m + k * LANES), va[k] = FOVEA_LOAD(a + k * LANES);
    vb[k] = FOVEA_LOAD(b + k * LANES), vc[k] = FOVEA_LOAD(c + k * LANES);
  }
  for (int64_t r = 0; r < rows; r++)
    for (int k = 0; k < n; k++) {
      int64_t at = r * stride + k * LANES;
      fovea_lanes v = va[k] * (FOVEA_LOAD(x + at) - vm[k]) + vc[k];
      if (g) v += vb[k] * FOVEA_LOAD(g + at);
      FOVEA_STORE(y + at, v);
    }
}

// The same for each channel of a strip; where a block is not full, zeros behind the last channel.
FOVEA_INLINE void strip_lines(const group_job *j, strip s, const float *x, const float *g, const float *m,
                              const float *a, const float *b, const float *c, float *y) {
  int64_t rows = j->layout.inner;
  if (s.width == MOST * LANES) return register_lines(MOST, rows, s.stride, x, g, m, a, b, c, y);
  if (s.width == LANES) return register_lines(1, rows, s.stride, x, g, m, a, b, c, y);
  int64_t filling = j->layout.blocks * j->layout.width > j->layout.channels ? s.stride - s.width : 0;
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t k = 0; k < s.width; k++) {
      float v = a[k] * (x[r * s.stride + k] - m[k]) + c[k];
      y[r * s.stride + k] = g ? v + b[k] * g[r * s.stride + k] : v;
    }
    for (int64_t k = 0; k < filling; k++) y[r * s.stride + s.width + k] = 0;
  }
}

FOVEA_INLINE void lines(const group_job *j, unit u, const float *g) {
  for (int64_t k = 0; k < u.count;) {
    strip s = locate(j, u.image, u.first, k);
    strip_lines(j, s, j->x + s.offset, g ? g + s.offset : NULL, u.mean + k, u.a + k, u.b + k, u.c + k, j->y + s.offset);
    k += s.width;
  }
}

// Σ g and Σ g·x̂ for each of `n` registers of channels: to `sums` and `products`.
FOVEA_INLINE void register_products(const int n, int64_t rows, int64_t stride, const float *g, const float *x,
                                    const float *m, const float *scale, float *sums, float *products) {
  FOVEA_FAST_SUMS
  fovea_lanes mean[MOST], p[MOST], q[MOST];
  for (int k = 0; k < n; k++) mean[k] = FOVEA_LOAD(m + k * LANES), p[k] = q[k] = 0;
  for (int64_t first = 0; first < rows; first += ROWS) {
    fovea_lanes a[MOST], b[MOST];
    for (int k = 0; k < n; k++) a[k] = b[k] = 0;
    for (int64_t r = first; r < fovea_min(first + ROWS, rows); r++)
      for (int k = 0; k < n; k++) {
        fovea_lanes v = FOVEA_LOAD(g + r * stride + k * LANES);
        a[k] += v, b[k] += v * (FOVEA_LOAD(x + r * stride + k * LANES) - mean[k]);
      }
    for (int k = 0; k < n; k++) p[k] += a[k], q[k] += b[k];
  }
  for (int k = 0; k < n; k++) {
    FOVEA_STORE(sums + k * LANES, p[k]);
    FOVEA_STORE(products + k * LANES, q[k] * FOVEA_LOAD(scale + k * LANES));
  }
}

FOVEA_INLINE void upstream_sums(const group_job *j, unit u, float *sums, float *products) {
  FOVEA_FAST_SUMS
  int64_t rows = j->layout.inner;
  for (int64_t index = 0; index < u.count;) {
    strip s = locate(j, u.image, u.first, index);
    const float *g = j->g + s.offset, *x = j->x + s.offset, *m = u.mean + index, *scale = u.reciprocal + index;
    if (s.width == MOST * LANES)
      register_products(MOST, rows, s.stride, g, x, m, scale, sums + index, products + index);
    else if (s.width == LANES)
      register_products(1, rows, s.stride, g, x, m, scale, sums + index, products + index);
    else
      for (int64_t k = 0; k < s.width; k++) {
        double p = 0, q = 0;
        for (int64_t r = 0; r < rows; r++) {
          float v = g[r * s.stride + k];
          p += v, q += v * (x[r * s.stride + k] - m[k]);
        }
        sums[index + k] = (float)p, products[index + k] = (float)q * scale[k];
      }
    index += s.width;
  }
}

FOVEA_KERNEL void fovea_group_norm_units(void *context, int64_t begin, int64_t end) {
  const group_job *j = context;
  for (int64_t piece = begin; piece < end; piece++)
    for (int64_t i = piece * j->units / j->pieces; i < (piece + 1) * j->units / j->pieces; i++) {
      unit u = open_unit(j, i, j->scratch + piece * ARRAYS * fovea_padded(j->range));
      moments(j, u);
      for (int64_t k = 0; k < u.count; k++) {
        u.a[k] = j->scale[u.first + k] * u.reciprocal[k];
        u.c[k] = j->bias[u.first + k];
      }
      lines(j, u, NULL);
    }
}

// dx = r·s·g − r·M₁ − r·x̂·M₂ with x̂ = (x − μ)·r, M₁ and M₂ the means of s·g and s·g·x̂.
FOVEA_KERNEL void fovea_group_norm_gradient_units(void *context, int64_t begin, int64_t end) {
  const group_job *j = context;
  for (int64_t piece = begin; piece < end; piece++)
    for (int64_t i = piece * j->units / j->pieces; i < (piece + 1) * j->units / j->pieces; i++) {
      unit u = open_unit(j, i, j->scratch + piece * ARRAYS * fovea_padded(j->range));
      moments(j, u);
      upstream_sums(j, u, u.c, u.d);
      for (int64_t k = 0; k < u.count; k++) u.c[k] *= j->scale[u.first + k], u.d[k] *= j->scale[u.first + k];
      spread_means(j, u, u.c, false, u.c);
      spread_means(j, u, u.d, false, u.d);
      for (int64_t k = 0; k < u.count; k++) {
        float r = u.reciprocal[k];
        u.b[k] = r * j->scale[u.first + k];
        u.a[k] = -r * r * u.d[k];
        u.c[k] *= -r;
      }
      lines(j, u, j->g);
    }
}

// A piece of the reductions is a run of examples with all their channels.
FOVEA_KERNEL void fovea_group_norm_sums(void *context, int64_t begin, int64_t end) {
  const group_job *j = context;
  int64_t examples = j->layout.outer, channels = j->layout.channels;
  for (int64_t piece = begin; piece < end; piece++) {
    double *products = j->sums + piece * 2 * channels, *sums = products + channels;
    for (int64_t c = 0; c < 2 * channels; c++) products[c] = 0;
    for (int64_t i = piece * examples / j->pieces * j->ranges; i < (piece + 1) * examples / j->pieces * j->ranges; i++) {
      unit u = open_unit(j, i, j->scratch + piece * ARRAYS * fovea_padded(j->range));
      moments(j, u);
      upstream_sums(j, u, u.c, u.d);
      for (int64_t k = 0; k < u.count; k++) products[u.first + k] += u.d[k], sums[u.first + k] += u.c[k];
    }
  }
}

void fovea_group_norm(fovea_channels layout, int64_t groups, float epsilon, const float *x, const float *scale,
                      const float *bias, float *y, float *scratch) {
  group_job j = make(layout, groups, epsilon);
  j.x = x, j.scale = scale, j.bias = bias, j.y = y, j.scratch = scratch;
  if (fovea_is_row(&j)) fovea_row_norm(&j);
  else fovea_parallel(j.pieces, 1, &j, fovea_group_norm_units);
}

void fovea_group_norm_input_gradient(fovea_channels layout, int64_t groups, float epsilon, const float *g,
                                     const float *x, const float *scale, float *dx, float *scratch) {
  group_job j = make(layout, groups, epsilon);
  j.g = g, j.x = x, j.scale = scale, j.y = dx, j.scratch = scratch;
  if (fovea_is_row(&j)) fovea_row_norm_input_gradient(&j);
  else fovea_parallel(j.pieces, 1, &j, fovea_group_norm_gradient_units);
}

size_t fovea_group_norm_reductions_scratch(fovea_channels layout, int64_t groups) {
  group_job j = make(layout, groups, 0);
  return (size_t)(PIECES * ARRAYS * fovea_padded(j.range)) * sizeof(float) +
         (size_t)(PIECES * 2 * layout.channels) * sizeof(double);
}

void fovea_group_norm_reductions(fovea_channels layout, int64_t groups, float epsilon, const float *g, const float *x,
                                 float *sums, float *scratch) {
  group_job j = make(layout, groups, epsilon);
  j.pieces = fovea_min(layout.outer, PIECES);
  j.g = g, j.x = x, j.scratch = scratch, j.sums = (double *)(scratch + PIECES * ARRAYS * fovea_padded(j.range));
  if (fovea_is_row(&j)) fovea_row_norm_reductions(&j);
  else fovea_parallel(j.pieces, 1, &j, fovea_group_norm_sums);
  for (int64_t c = 0; c < 2 * layout.channels; c++) {
    double sum = 0;
    for (int64_t piece = 0; piece < j.pieces; piece++) sum += j.sums[piece * 2 * layout.channels + c];
    sums[c] = (float)sum;
  }
}
