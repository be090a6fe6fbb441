// The middle of Winograd's convolution: transformed weights, and one matrix product for each position of a tile, forward
// over the channels, for the gradient of the weights over the tiles.
#include <string.h>

#include "winograd.h"

typedef struct {
  int64_t windows, channels, padded_channels, filters;
  bool turned;
  const float *w;
  float *packed;
} pack_job;

// Turns a square of numbers over its diagonal: in each step pairs of rows exchange half of their columns.
FOVEA_INLINE void turn_over(fovea_lanes rows[PANEL]) {
#define EXCHANGE(distance, ...)                              \
  for (int i = 0; i < PANEL; i++)                            \
    if ((i & distance) == 0) {                               \
      fovea_lanes p = rows[i], q = rows[i + distance];       \
      fovea_lanes both[2] = {__VA_ARGS__};                   \
      rows[i] = both[0], rows[i + distance] = both[1];       \
    }
  EXCHANGE(1, __builtin_shufflevector(p, q, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
           __builtin_shufflevector(p, q, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  EXCHANGE(2, __builtin_shufflevector(p, q, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
           __builtin_shufflevector(p, q, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  EXCHANGE(4, __builtin_shufflevector(p, q, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
           __builtin_shufflevector(p, q, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  EXCHANGE(8, __builtin_shufflevector(p, q, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
           __builtin_shufflevector(p, q, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#undef EXCHANGE
}

// Number k of the windows of up to 16 channels for a panel of filters; what does not exist is zero.
FOVEA_INLINE void read_numbers(const pack_job *j, int64_t k, int64_t channel, int64_t first, fovea_lanes numbers[PANEL]) {
  int64_t channels = fovea_max(0, fovea_min(PANEL, j->channels - channel));
  int64_t filters = fovea_min(PANEL, j->filters - first);
  int64_t rows = j->turned ? filters : channels, columns = j->turned ? channels : filters;
  const float *w = j->turned ? j->w + ((j->windows - 1 - k) * j->filters + first) * j->channels + channel
                             : j->w + (k * j->channels + channel) * j->filters + first;
  int64_t step = j->turned ? j->channels : j->filters;
  for (int64_t row = 0; row < PANEL; row++, w += step) {
    // Of the next channels: rows are too far apart for the processor to see them coming.
    __builtin_prefetch(w + (j->turned ? PANEL : PANEL * step));
    numbers[row] = 0.0f;
    if (row >= rows) continue;
    if (columns == PANEL) numbers[row] = FOVEA_LOAD(w);
    else memcpy(&numbers[row], w, (size_t)columns * sizeof *w);
  }
  if (j->turned) turn_over(numbers);
}

// Units: panels × blocks of 16 channels, of which the last may be shorter.
FOVEA_KERNEL void fovea_winograd_pack_some(void *context, int64_t begin, int64_t end) {
  const pack_job *j = context;
  int64_t blocks = fovea_ceil_div(j->padded_channels, PANEL);
  for (int64_t unit = begin; unit < end; unit++) {
    int64_t panel = unit / blocks, channel = unit % blocks * PANEL;
    int64_t count = fovea_min(PANEL, j->padded_channels - channel);
    float *to = j->packed + (panel * j->padded_channels + channel) * j->windows * PANEL;
    for (int64_t k = 0; k < j->windows; k++) {
      fovea_lanes numbers[PANEL];
      read_numbers(j, k, channel, panel * PANEL, numbers);
      for (int64_t c = 0; c < count; c++) FOVEA_STORE(to + (c * j->windows + k) * PANEL, numbers[c]);
    }
  }
}

void fovea_winograd_pack(int64_t size, int64_t channels, int64_t padded_channels, int64_t filters, bool turned,
                         const float *w, float *packed) {
  pack_job j = {size * size, channels, padded_channels, filters, turned, w, packed};
  int64_t units = fovea_ceil_div(filters, PANEL) * fovea_ceil_div(padded_channels, PANEL);
  fovea_parallel(units, 1, &j, fovea_winograd_pack_some);
}

FOVEA_INLINE void weights_of_piece(int size, const winograd_job *j, int64_t group, int64_t chunk, float *u) {
  int64_t first = chunk * CHUNK, count = fovea_min(CHUNK, j->channels - first);
  for (int64_t c = 0; c < count; c++) {
    for (int64_t p = 0; p < fovea_min(GROUP, j->panels - group * GROUP); p++) {
      float *to = u + (p * CHUNK + c) * PANEL;
      const float *from = (const float *)j->weights +
                          ((group * GROUP + p) * j->channels + first + c) * size * size * PANEL;
      fovea_lanes w[MOST_WEIGHTS * MOST_WEIGHTS], half[MOST_WEIGHTS * SIDE], all[SIDE];
#pragma clang loop unroll(full)
      for (int k = 0; k < size * size; k++) w[k] = FOVEA_LOAD(from + k * PANEL);
#pragma clang loop unroll(full)
      for (int s = 0; s < size; s++) fovea_lanes_weights(SIDE, size, w + s, size, half + s, size);
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        fovea_lanes_weights(SIDE, size, half + size * r, 1, all, 1);
#pragma clang loop unroll(full)
        for (int s = 0; s < SIDE; s++) FOVEA_STORE(to + (r * SIDE + s) * WEIGHT_STRIDE, all[s]);
      }
    }
  }
}

FOVEA_KERNEL void fovea_winograd_weights(const winograd_job *j, int64_t group, int64_t chunk, float *u) {
  if (j->c.size == 3) weights_of_piece(3, j, group, chunk, u);
  else weights_of_piece(5, j, group, chunk, u);
}

// Sums that begin with zero, or with what `m` has, and go there.
FOVEA_INLINE void product_tile(int rows, int panels, bool adds, int64_t depth, product_steps by, const float *v,
                               const float *u, float *m) {
  fovea_lanes sum[MOST_ROWS][GROUP];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++)
      sum[r][p] = adds ? FOVEA_LOAD(m + (r * GROUP + p) * PANEL) : (fovea_lanes)0.0f;
  add_products(rows, panels, depth, by, v, u, sum);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) FOVEA_STORE(m + (r * GROUP + p) * PANEL, sum[r][p]);
}

#define TILE_AT(count, some) \
  product_tile(count, some, adds, depth, by, v + row * by.row, u + panel * by.panel, m + (row * GROUP + panel) * PANEL)

#define PRODUCTS(name, all)                                                                                      \
  FOVEA_KERNEL void name(const winograd_job *j, const winograd_tiles *t, int64_t group, int64_t chunk,           \
                         const float *weights) {                                                                \
    int64_t panels = fovea_min(GROUP, j->panels - group * GROUP), rows = t->count;                               \
    int64_t depth = fovea_min(CHUNK, j->channels - chunk * CHUNK);                                               \
    product_steps by = {t->channels, 1, PANEL, CHUNK * PANEL};                                                   \
    bool adds = chunk > 0;                                                                                       \
    for (int64_t position = 0; position < POSITIONS; position++) {                                               \
      const float *v = (const float *)t->inputs + position * t->input_stride + chunk * CHUNK;                    \
      const float *u = weights + position * WEIGHT_STRIDE;                                                       \
      float *m = (float *)t->outputs + position * t->output_stride;                                              \
      all(TILE_AT);                                                                                              \
    }                                                                                                            \
  }

PRODUCTS(fovea_winograd_products_narrow, NARROW_TILES)
PRODUCTS(fovea_winograd_products_wide, WIDE_TILES)

#define CORRELATIONS(name, all)                                                                                  \
  FOVEA_KERNEL void name(const winograd_job *j, const winograd_tiles *t, bool adds, float *sums,                 \
                         int64_t stride) {                                                                       \
    int64_t panels = fovea_min(GROUP, j->panels - t->filter / PANEL), rows = t->channels, depth = t->count;      \
    product_steps by = {1, t->channels, GROUP * PANEL, PANEL};                                                   \
    for (int64_t position = 0; position < POSITIONS; position++) {                                               \
      const float *v = (const float *)t->inputs + position * t->input_stride;                                    \
      const float *u = (const float *)t->outputs + position * t->output_stride;                                  \
      float *m = sums + position * stride;                                                                       \
      all(TILE_AT);                                                                                              \
    }                                                                                                            \
  }

CORRELATIONS(fovea_winograd_correlations_narrow, NARROW_TILES)
CORRELATIONS(fovea_winograd_correlations_wide, WIDE_TILES)

void fovea_winograd_products(const winograd_job *j, const winograd_tiles *t, int64_t group, int64_t chunk,
                             const float *u) {
  if (has_wide_registers()) fovea_winograd_products_wide(j, t, group, chunk, u);
  else fovea_winograd_products_narrow(j, t, group, chunk, u);
}

void fovea_winograd_correlations(const winograd_job *j, const winograd_tiles *t, bool adds, float *m,
                                 int64_t m_stride) {
  if (has_wide_registers()) fovea_winograd_correlations_wide(j, t, adds, m, m_stride);
  else fovea_winograd_correlations_narrow(j, t, adds, m, m_stride);
}
