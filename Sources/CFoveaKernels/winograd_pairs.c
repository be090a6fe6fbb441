// Winograd's convolution of bfloat16 numbers, multiplied in pairs, and each pair added to a float: twice the products of floats
// in the same time. Transformed numbers are rounded, which the few sums of a tile of 4×4 numbers allow: beside the definition,
// whose factors are exact, a result has an error of 0.4 % of their deviation, beside the 0.2 % of being bfloat16 itself.
#include <string.h>

#include "winograd.h"

enum {
  PAIR_POSITIONS = PAIR_SIDE * PAIR_SIDE,
  // Halves of a pair of channels, or of tiles, for a panel.
  PAIR_PANEL = 2 * PANEL,
  // Rows whose sums stay in registers, of a product and of a correlation, which takes them from a block of 16.
  PRODUCT_ROWS = 12,
  CORRELATION_ROWS = 8,
};

bool fovea_multiplies_pairs(void) { return fovea_rounds(); }

typedef struct {
  int64_t channels, padded_channels, filters;
  bool turned;
  const uint16_t *w;
  uint16_t *packed;
} pack_job;

size_t fovea_winograd_pair_weights(int64_t padded_channels, int64_t filters) {
  return (size_t)(fovea_ceil_div(filters, PANEL) * PAIR_POSITIONS * padded_channels * PANEL) * sizeof(uint16_t);
}

// The windows of two channels for a panel of filters; what does not exist is zero.
FOVEA_INLINE void read_windows(const pack_job *j, int64_t channel, int64_t first, fovea_lanes windows[2][9]) {
  int64_t channels = fovea_max(0, fovea_min(2, j->channels - channel)), filters = fovea_min(PANEL, j->filters - first);
  bool whole = channels == 2 && filters == PANEL;
  for (int k = 0; k < 9; k++) {
    if (whole && j->turned) {
      // Two channels lie side by side.
      const uint16_t *w = j->w + ((8 - k) * j->filters + first) * j->channels + channel;
      fovea_lanes_bits both;
      for (int64_t f = 0; f < PANEL; f++, w += j->channels) {
        uint32_t pair;
        memcpy(&pair, w, sizeof pair);
        both[f] = pair;
      }
      fovea_lanes_bits low = both << 16, high = both & 0xFFFF0000;
      windows[0][k] = *(fovea_lanes *)&low, windows[1][k] = *(fovea_lanes *)&high;
      continue;
    }
    if (whole) {
      const uint16_t *w = j->w + (k * j->channels + channel) * j->filters + first;
      for (int c = 0; c < 2; c++) fovea_lanes_read(w, c * j->filters, true, &windows[c][k]);
      continue;
    }
    uint16_t numbers[2][PANEL] = {0};
    if (j->turned) {
      const uint16_t *w = j->w + ((8 - k) * j->filters + first) * j->channels + channel;
      for (int64_t f = 0; f < filters; f++, w += j->channels)
        for (int64_t c = 0; c < channels; c++) numbers[c][f] = w[c];
    } else {
      const uint16_t *w = j->w + (k * j->channels + channel) * j->filters + first;
      for (int64_t c = 0; c < channels; c++, w += j->filters) memcpy(numbers[c], w, (size_t)filters * sizeof *w);
    }
    for (int c = 0; c < 2; c++) fovea_lanes_read(numbers[c], 0, true, &windows[c][k]);
  }
}

// Units: panels × pairs of channels.
FOVEA_ROUNDING_KERNEL void fovea_winograd_pack_some_pairs(void *context, int64_t begin, int64_t end) {
  const pack_job *j = context;
  int64_t pairs = j->padded_channels / 2;
  for (int64_t unit = begin; unit < end; unit++) {
    int64_t panel = unit / pairs, pair = unit % pairs;
    uint16_t *to = j->packed + (panel * PAIR_POSITIONS * pairs + pair) * PAIR_PANEL;
    fovea_lanes w[2][9], columns[3 * PAIR_SIDE], u[2][PAIR_POSITIONS];
    read_windows(j, 2 * pair, panel * PANEL, w);
    for (int c = 0; c < 2; c++) {
      for (int s = 0; s < 3; s++) fovea_lanes_weights(PAIR_SIDE, 3, w[c] + s, 3, columns + s, 3);
      for (int r = 0; r < PAIR_SIDE; r++)
        fovea_lanes_weights(PAIR_SIDE, 3, columns + 3 * r, 1, u[c] + r * PAIR_SIDE, 1);
    }
    for (int k = 0; k < PAIR_POSITIONS; k++) fovea_narrow_pairs(&u[0][k], &u[1][k], to + k * pairs * PAIR_PANEL);
  }
}

void fovea_winograd_pack_pairs(int64_t channels, int64_t padded_channels, int64_t filters, bool turned, const void *w,
                               void *packed) {
  pack_job j = {channels, padded_channels, filters, turned, w, packed};
  fovea_parallel(fovea_ceil_div(filters, PANEL) * padded_channels / 2, 8, &j, fovea_winograd_pack_some_pairs);
}

// Adds `depth` products of pairs to the sums of rows and panels. From row to row of the left operand it is `row` halves, from
// pair to pair `left`; from panel to panel of the right one `panel`. Sums are `m_row` floats apart from row to row.
FOVEA_ROUNDING_INLINE void multiply(
    int rows, int panels, bool adds, int64_t depth, const uint16_t *v, int64_t row, int64_t left, const uint16_t *u,
    int64_t panel, float *m, int64_t m_row) {
  fovea_lanes sum[PRODUCT_ROWS][GROUP];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++)
      sum[r][p] = adds ? FOVEA_LOAD(m + r * m_row + p * PANEL) : (fovea_lanes)0.0f;
  for (int64_t d = 0; d < depth; d++) {
    fovea_lanes_bits columns[GROUP];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) memcpy(&columns[p], u + d * PAIR_PANEL + p * panel, sizeof columns[p]);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      uint32_t pair;
      memcpy(&pair, v + r * row + d * left, sizeof pair);
      fovea_lanes_bits everywhere = pair;
#pragma clang loop unroll(full)
      for (int p = 0; p < panels; p++) fovea_add_pairs(&sum[r][p], &everywhere, &columns[p]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) FOVEA_STORE(m + r * m_row + p * PANEL, sum[r][p]);
}

#define ROWS_AT(count, some)                                                                                           \
  multiply(count, some, adds, depth, v + row * t->channels, t->channels, 2, u, PAIR_POSITIONS * j->channels * PANEL, \
           m + row * GROUP * PANEL, GROUP * PANEL)

FOVEA_ROUNDING_KERNEL void fovea_winograd_pair_products(const winograd_job *j, const winograd_tiles *t, int64_t group,
                                                        int64_t chunk) {
  int64_t panels = fovea_min(GROUP, j->panels - group * GROUP), rows = t->count, first = chunk * PAIR_CHUNK;
  int64_t depth = fovea_min(PAIR_CHUNK, j->channels - first) / 2;
  bool adds = chunk > 0;
  for (int64_t position = 0; position < PAIR_POSITIONS; position++) {
    const uint16_t *v = (const uint16_t *)t->inputs + position * t->input_stride + first;
    const uint16_t *u = (const uint16_t *)j->weights +
                        ((group * GROUP * PAIR_POSITIONS + position) * j->channels + first) * PANEL;
    float *m = (float *)t->outputs + position * t->output_stride;
    if (panels == GROUP) PANEL_TILES(ROWS_AT, PRODUCT_ROWS, GROUP);
    else PANEL_TILES(ROWS_AT, PRODUCT_ROWS, 1);
  }
}

FOVEA_ROUNDING_KERNEL void fovea_winograd_pair_correlations(const winograd_job *j, const winograd_tiles *t, bool adds,
                                                            float *sums, int64_t stride) {
  int64_t pairs = fovea_ceil_div(t->count, 2), step = pairs * PAIR_PANEL;
  int64_t panels = fovea_min(t->filters / PANEL, j->panels - t->filter / PANEL);
  for (int64_t position = 0; position < PAIR_POSITIONS; position++) {
    const uint16_t *v = (const uint16_t *)t->inputs + position * t->input_stride;
    const uint16_t *u = (const uint16_t *)t->outputs + position * t->output_stride;
    float *m = sums + position * stride;
    for (int64_t panel = 0; panel < panels; panel += GROUP) {
      for (int64_t row = 0; row < t->channels; row += CORRELATION_ROWS) {
        const uint16_t *left = v + row / PANEL * step + row % PANEL * 2, *right = u + panel * step;
        float *to = m + row * t->filters + panel * PANEL;
        if (panels - panel >= GROUP)
          multiply(CORRELATION_ROWS, GROUP, adds, pairs, left, 2, PAIR_PANEL, right, step, to, t->filters);
        else multiply(CORRELATION_ROWS, 1, adds, pairs, left, 2, PAIR_PANEL, right, step, to, t->filters);
      }
    }
  }
}
