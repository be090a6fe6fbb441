// The transforms of tiles, WINOGRAD_WIDTH neighbouring channels at once, which are WINOGRAD_LANES; included once for each
// width. `narrow`: whether images are bfloat16; transformed numbers are floats. `side`: of a tile of outputs.
#define PASTE_(name, width) name##_##width
#define PASTE(name, width) PASTE_(name, width)
#define NAMED(name) PASTE(name, WINOGRAD_WIDTH)
#define lanes WINOGRAD_LANES
#define READ_(type) type##_read
#define READ(type) READ_(type)
#define WRITE_(type) type##_write
#define WRITE(type) WRITE_(type)
#define ALONG_(type, part) type##_##part
#define ALONG(type, part) ALONG_(type, part)

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
        ALONG(lanes, inputs)(d, 1, columns[s]);
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        lanes row[SIDE];
        ALONG(lanes, inputs)(&columns[0][r], SIDE, row);
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

FOVEA_INLINE void NAMED(output_tiles)(int side, const winograd_job *j, const winograd_tiles *t, int64_t group, bool narrow) {
  enum { BLOCKS = GROUP * PANEL / WINOGRAD_WIDTH };
  const fovea_winograd *c = &j->c;
  int64_t from = group * BLOCKS, to = fovea_min(from + BLOCKS, fovea_ceil_div(c->filters, WINOGRAD_WIDTH));
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t rows = fovea_min(side, c->output[0] - place.row), columns = fovea_min(side, c->output[1] - place.column);
    for (int64_t block = from; block < to; block++) {
      const float *m = t->outputs + tile * GROUP * PANEL + (block - from) * WINOGRAD_WIDTH;
      lanes half[SIDE][MOST_OUTPUTS];
#pragma clang loop unroll(full)
      for (int s = 0; s < SIDE; s++) {
        lanes column[SIDE];
#pragma clang loop unroll(full)
        for (int r = 0; r < SIDE; r++) column[r] = *(const lanes *)(m + (r * SIDE + s) * t->output_stride);
        ALONG(lanes, results)(side, column, 1, half[s], 1);
      }
      float biases[WINOGRAD_WIDTH] = {0};
      if (j->bias) {
        int64_t first = block * WINOGRAD_WIDTH, count = fovea_min(WINOGRAD_WIDTH, c->filters - first);
        __builtin_memcpy(biases, j->bias + first, (size_t)count * sizeof(float));
      }
      lanes bias = *(const lanes *)biases;
      int64_t offset = place.image * c->y.image + block * c->y.block;
#pragma clang loop unroll(full)
      for (int r = 0; r < side; r++) {
        if (r >= rows) break;
        lanes row[MOST_OUTPUTS];
        ALONG(lanes, results)(side, &half[0][r], MOST_OUTPUTS, row, 1);
        int64_t at = offset + ((place.row + r) * c->output[1] + place.column) * c->y.position;
#pragma clang loop unroll(full)
        for (int s = 0; s < side; s++, at += c->y.position) {
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

FOVEA_INLINE void NAMED(gradient_tiles)(int side, const winograd_job *j, const winograd_tiles *t, int64_t group, bool narrow) {
  enum { BLOCKS = GROUP * PANEL / WINOGRAD_WIDTH };
  const fovea_winograd *c = &j->c;
  int64_t from = group * BLOCKS, to = fovea_min(from + BLOCKS, fovea_ceil_div(c->filters, WINOGRAD_WIDTH));
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t rows = fovea_min(side, c->output[0] - place.row), columns = fovea_min(side, c->output[1] - place.column);
    for (int64_t block = from; block < from + BLOCKS; block++) {
      float *u = t->outputs + tile * GROUP * PANEL + (block - from) * WINOGRAD_WIDTH;
      int64_t g = place.image * c->y.image + block * c->y.block +
                  (place.row * c->output[1] + place.column) * c->y.position;
      lanes half[MOST_OUTPUTS][SIDE];
#pragma clang loop unroll(full)
      for (int s = 0; s < side; s++) {
        lanes column[MOST_OUTPUTS];
#pragma clang loop unroll(full)
        for (int r = 0; r < side; r++) {
          bool exists = r < rows && s < columns && block < to;
          if (exists) READ(lanes)(j->y, g + (r * c->output[1] + s) * c->y.position, narrow, &column[r]);
          else column[r] = (lanes)0.0f;
        }
        ALONG(lanes, weights)(side, column, 1, half[s], 1);
      }
#pragma clang loop unroll(full)
      for (int r = 0; r < SIDE; r++) {
        lanes row[SIDE];
        ALONG(lanes, weights)(side, &half[0][r], SIDE, row, 1);
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
#undef ALONG_
#undef ALONG
#undef NAMED
#undef PASTE
#undef PASTE_
