// The transform of products back, and what follows: a part of winograd_transforms.h. `narrow`: whether results are bfloat16.
// Through a pointer, as in activation.h.
WINOGRAD_INLINE void NAMED(activate)(fovea_activation activation, lanes *value) {
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

WINOGRAD_INLINE void NAMED(write)(void *y, int64_t at, bool narrow, const lanes *value) {
#if WINOGRAD_NARROW
  if (narrow) fovea_narrow(true, value, (uint16_t *)y + at);
  else
#endif
    *(lanes *)((float *)y + at) = *value;
}

WINOGRAD_INLINE void NAMED(output_tiles)(int side, int outputs, const winograd_job *j, const winograd_tiles *t, int64_t group,
                                         bool narrow) {
  enum { BLOCKS = GROUP * PANEL / WINOGRAD_WIDTH };
  const fovea_winograd *c = &j->c;
  int64_t from = group * BLOCKS, to = fovea_min(from + BLOCKS, fovea_ceil_div(c->filters, WINOGRAD_WIDTH));
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    int64_t rows = fovea_min(outputs, c->output[0] - place.row), columns = fovea_min(outputs, c->output[1] - place.column);
    for (int64_t block = from; block < to; block++) {
      const float *m = (const float *)t->outputs + tile * GROUP * PANEL + (block - from) * WINOGRAD_WIDTH;
      lanes half[SIDE][MOST_OUTPUTS];
#pragma clang loop unroll(full)
      for (int s = 0; s < side; s++) {
        lanes column[SIDE];
#pragma clang loop unroll(full)
        for (int r = 0; r < side; r++) column[r] = *(const lanes *)(m + (r * side + s) * t->output_stride);
        ALONG(lanes, results)(side, outputs, column, 1, half[s], 1);
      }
      float biases[WINOGRAD_WIDTH] = {0};
      if (j->bias) {
        int64_t first = block * WINOGRAD_WIDTH, count = fovea_min(WINOGRAD_WIDTH, c->filters - first);
        __builtin_memcpy(biases, j->bias + first, (size_t)count * sizeof(float));
      }
      lanes bias = *(const lanes *)biases;
      int64_t offset = place.image * c->y.image + block * c->y.block;
#pragma clang loop unroll(full)
      for (int r = 0; r < outputs; r++) {
        if (r >= rows) break;
        lanes row[MOST_OUTPUTS];
        ALONG(lanes, results)(side, outputs, &half[0][r], MOST_OUTPUTS, row, 1);
        int64_t at = offset + ((place.row + r) * c->output[1] + place.column) * c->y.position;
#pragma clang loop unroll(full)
        for (int s = 0; s < outputs; s++, at += c->y.position) {
          if (s >= columns) break;
          lanes value = row[s] + bias;
          if (j->residual) {
            lanes residual;
            READ(lanes)(j->residual, at, narrow, &residual);
            value += residual;
          }
          NAMED(activate)(j->activation, &value);
          NAMED(write)(j->y, at, narrow, &value);
        }
      }
    }
  }
}
