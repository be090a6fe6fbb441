// The transforms of tiles, WINOGRAD_WIDTH neighbouring channels at once, which are WINOGRAD_LANES; included once for each
// width. `narrow`: whether images are bfloat16; transformed numbers are floats.
#define PASTE_(name, width) name##_##width
#define PASTE(name, width) PASTE_(name, width)
#define NAMED(name) PASTE(name, WINOGRAD_WIDTH)
#define lanes WINOGRAD_LANES
#define READ_(type) type##_read
#define READ(type) READ_(type)
#define WRITE_(type) type##_write
#define WRITE(type) WRITE_(type)

// Bᵀ·d; `step`: from one number to the next.
FOVEA_INLINE void NAMED(transform_input)(const lanes *d, int step, lanes *v) {
  FOVEA_FAST_SUMS
  lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  lanes even = d4 - 4 * d2, odd = d3 - 4 * d1, near = d4 - d2, far = 2 * (d3 - d1);
  v[0] = 4 * d0 - 5 * d2 + d4;
  v[1] = even + odd;
  v[2] = even - odd;
  v[3] = near + far;
  v[4] = near - far;
  v[5] = 4 * d1 - 5 * d3 + d5;
}

// Aᵀ·m.
FOVEA_INLINE void NAMED(transform_output)(const lanes *m, int step, lanes *y) {
  FOVEA_FAST_SUMS
  lanes m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step], m5 = m[5 * step];
  lanes sum = m1 + m2, difference = m1 - m2, far_sum = m3 + m4, far_difference = m3 - m4;
  y[0] = m0 + sum + far_sum;
  y[1] = difference + 2 * far_difference;
  y[2] = sum + 4 * far_sum;
  y[3] = difference + 8 * far_difference + m5;
}

FOVEA_INLINE void NAMED(input_tiles)(const winograd_job *j, const winograd_tiles *t, bool narrow) {
  const fovea_winograd *c = &j->c;
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t top = place.row - c->before[0], left = place.column - c->before[1];
    bool inside = top >= 0 && left >= 0 && top + SIDE <= c->input[0] && left + SIDE <= c->input[1];
    const void *above = tile < j->tiles[1] && top >= 0 ? t->above : NULL;
    const void *below = tile >= t->count - j->tiles[1] && top + SIDE <= c->input[0] ? t->below : NULL;
    for (int64_t block = 0; block < t->channels / WINOGRAD_WIDTH; block++) {
      int64_t number = t->channel / WINOGRAD_WIDTH + block;
      const void *rows[SIDE];
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        int64_t row = fovea_max(0, fovea_min(top + r, c->input[0] - 1));
        rows[r] = winograd_at(
            j->x, place.image * c->x.image + number * c->x.block + row * c->input[1] * c->x.position, narrow);
      }
      if (above) rows[0] = winograd_at(above, number * winograd_row_block(c), narrow);
      if (below) rows[SIDE - 1] = winograd_at(below, number * winograd_row_block(c), narrow);
      float *v = t->inputs + tile * t->channels + block * WINOGRAD_WIDTH;
      lanes columns[SIDE][SIDE];
#pragma clang loop unroll(full)
      for (int s = 0; s < SIDE; s++) {
        lanes d[SIDE];
        if (inside) {
#pragma clang loop unroll(full)
          for (int r = 0; r < SIDE; r++)
            READ(lanes)(rows[r], (left + s) * c->x.position, narrow, &d[r]);
        } else {
          for (int r = 0; r < SIDE; r++) {
            int64_t row = top + r, column = left + s;
            bool exists = row >= 0 && row < c->input[0] && column >= 0 && column < c->input[1];
            if (exists) READ(lanes)(rows[r], column * c->x.position, narrow, &d[r]);
            else d[r] = (lanes)0.0f;
          }
        }
        NAMED(transform_input)(d, 1, columns[s]);
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        lanes row[SIDE];
        NAMED(transform_input)(&columns[0][r], SIDE, row);
#pragma clang loop unroll(full)
        for (int s = 0; s < SIDE; s++) *(lanes *)(v + (r * SIDE + s) * t->input_stride) = row[s];
      }
    }
  }
}

// Through a pointer, as in activation.h.
FOVEA_INLINE void NAMED(activate)(fovea_activation activation, lanes *value) {
  if (activation == FOVEA_IDENTITY) return;
  if (activation == FOVEA_RELU) {
    *value = *value < 0.0f ? (lanes)0.0f : *value;
    return;
  }
  float all[16] = {0};
  *(lanes *)all = *value;
  fovea_lanes wide = FOVEA_LOAD(all);
  fovea_activate_lanes(activation, &wide);
  FOVEA_STORE(all, wide);
  *value = *(lanes *)all;
}

FOVEA_INLINE void NAMED(output_tiles)(const winograd_job *j, const winograd_tiles *t, int64_t group, bool narrow) {
  enum { BLOCKS = GROUP * PANEL / WINOGRAD_WIDTH };
  const fovea_winograd *c = &j->c;
  int64_t from = group * BLOCKS, to = fovea_min(from + BLOCKS, fovea_ceil_div(c->filters, WINOGRAD_WIDTH));
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t rows = fovea_min(TILE, c->output[0] - place.row), columns = fovea_min(TILE, c->output[1] - place.column);
    for (int64_t block = from; block < to; block++) {
      const float *m = t->outputs + tile * GROUP * PANEL + (block - from) * WINOGRAD_WIDTH;
      lanes half[SIDE][TILE];
#pragma clang loop unroll(full)
      for (int s = 0; s < SIDE; s++) {
        lanes column[SIDE];
#pragma clang loop unroll(full)
        for (int r = 0; r < SIDE; r++) column[r] = *(const lanes *)(m + (r * SIDE + s) * t->output_stride);
        NAMED(transform_output)(column, 1, half[s]);
      }
      float biases[WINOGRAD_WIDTH] = {0};
      if (j->bias) {
        int64_t first = block * WINOGRAD_WIDTH, count = fovea_min(WINOGRAD_WIDTH, c->filters - first);
        __builtin_memcpy(biases, j->bias + first, (size_t)count * sizeof(float));
      }
      lanes bias = *(const lanes *)biases;
      int64_t offset = place.image * c->y.image + block * c->y.block;
#pragma clang loop unroll(full)
      for (int r = 0; r < TILE; r++) {
        if (r >= rows) break;
        lanes row[TILE];
        NAMED(transform_output)(&half[0][r], TILE, row);
        int64_t at = offset + ((place.row + r) * c->output[1] + place.column) * c->y.position;
#pragma clang loop unroll(full)
        for (int s = 0; s < TILE; s++, at += c->y.position) {
          if (s >= columns) break;
          lanes value = row[s] + bias;
          if (j->residual) {
            lanes residual;
            READ(lanes)(j->residual, at, narrow, &residual);
            value += residual;
          }
          NAMED(activate)(j->activation, &value);
          WRITE(lanes)(j->y, at, narrow, &value);
        }
      }
    }
  }
}

// G·g for the four gradients of a tile along an axis: the weights' transform, of one more.
FOVEA_INLINE void NAMED(transform_gradient)(const lanes *g, int step, lanes *u) {
  FOVEA_FAST_SUMS
  lanes g0 = g[0], g1 = g[step], g2 = g[2 * step], g3 = g[3 * step];
  lanes even = (g0 + g2) * (-1 / 6.0f), odd = (g1 + g3) * (1 / 6.0f);
  lanes far_even = g0 * (1 / 24.0f) + g2 * (1 / 6.0f), far_odd = g1 * (1 / 12.0f) + g3 * (1 / 3.0f);
  u[0] = g0 * 0.25f;
  u[1] = even - odd;
  u[2] = even + odd;
  u[3] = far_even + far_odd;
  u[4] = far_even - far_odd;
  u[5] = g3;
}

FOVEA_INLINE void NAMED(gradient_tiles)(const winograd_job *j, const winograd_tiles *t, int64_t group, bool narrow) {
  enum { BLOCKS = GROUP * PANEL / WINOGRAD_WIDTH };
  const fovea_winograd *c = &j->c;
  int64_t from = group * BLOCKS, to = fovea_min(from + BLOCKS, fovea_ceil_div(c->filters, WINOGRAD_WIDTH));
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t rows = fovea_min(TILE, c->output[0] - place.row), columns = fovea_min(TILE, c->output[1] - place.column);
    for (int64_t block = from; block < from + BLOCKS; block++) {
      float *u = t->outputs + tile * GROUP * PANEL + (block - from) * WINOGRAD_WIDTH;
      int64_t g = place.image * c->y.image + block * c->y.block +
                  (place.row * c->output[1] + place.column) * c->y.position;
      lanes half[TILE][SIDE];
#pragma clang loop unroll(full)
      for (int s = 0; s < TILE; s++) {
        lanes column[TILE];
#pragma clang loop unroll(full)
        for (int r = 0; r < TILE; r++) {
          bool exists = r < rows && s < columns && block < to;
          if (exists) READ(lanes)(j->y, g + (r * c->output[1] + s) * c->y.position, narrow, &column[r]);
          else column[r] = (lanes)0.0f;
        }
        NAMED(transform_gradient)(column, 1, half[s]);
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        lanes row[SIDE];
        NAMED(transform_gradient)(&half[0][r], SIDE, row);
#pragma clang loop unroll(full)
        for (int s = 0; s < SIDE; s++) *(lanes *)(u + (r * SIDE + s) * t->output_stride) = row[s];
      }
    }
  }
}

#undef lanes
#undef READ_
#undef READ
#undef WRITE_
#undef WRITE
#undef NAMED
#undef PASTE
#undef PASTE_
