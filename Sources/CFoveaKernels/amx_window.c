#include "amx_window.h"

static int64_t divide_down(int64_t a, int64_t b) { return a >= 0 ? a / b : -fovea_ceil_div(-a, b); }

// How far a tap is from the first one of its phase, and where that begins.
static int64_t shift_along(const fovea_amx_convolution *c, int axis, int64_t tap, int64_t *phase) {
  int64_t offset = tap * c->dilation[axis] - c->before[axis], shift = divide_down(offset, c->stride[axis]);
  *phase = offset - shift * c->stride[axis];
  return shift;
}

static int64_t phase_length(const fovea_amx_convolution *c, int axis, int64_t phase) {
  return fovea_max(0, fovea_ceil_div(c->input[axis] - phase, c->stride[axis]));
}

// Positions along an axis with their gap: whatever a tap reaches before the first is a gap of what lies before, and whatever it
// reaches behind the last, too.
static int64_t length_with_gap(const fovea_amx_convolution *c, int axis) {
  int64_t length = c->output[axis];
  for (int64_t tap = 0; tap < c->size[axis]; tap++) {
    int64_t phase, shift = shift_along(c, axis, tap, &phase);
    int64_t inputs = phase_length(c, axis, phase);
    length = fovea_max(length, fovea_max(inputs + fovea_max(0, -shift), c->output[axis] + shift));
  }
  return length;
}

static void list_taps(amx_window *w) {
  const fovea_amx_convolution *c = &w->c;
  int64_t highest = INT64_MIN;
  w->lowest = INT64_MAX;
  for (int64_t row = 0; row < c->size[0]; row++) {
    for (int64_t column = 0; column < c->size[1]; column++) {
      int64_t begin[2], phase = 0;
      int64_t shift = shift_along(c, 0, row, &begin[0]) * w->columns + shift_along(c, 1, column, &begin[1]);
      while (phase < w->phase_count && (w->phases[phase][0] != begin[0] || w->phases[phase][1] != begin[1])) phase++;
      if (phase == w->phase_count) w->phases[w->phase_count][0] = begin[0], w->phases[w->phase_count++][1] = begin[1];
      w->taps[w->tap_count++] = (amx_tap){phase, shift};
      w->lowest = fovea_min(w->lowest, shift), highest = fovea_max(highest, shift);
    }
  }
  w->span = highest - w->lowest;
}

bool fovea_amx_fits(fovea_amx_convolution c) {
  return c.size[0] * c.size[1] <= MOST_TAPS && c.stride[0] * c.stride[1] <= MOST_PHASES;
}

amx_window fovea_amx_window(fovea_amx_convolution c) {
  amx_window w = {.c = c, .rows = length_with_gap(&c, 0), .columns = length_with_gap(&c, 1)};
  w.all = c.images * w.rows * w.columns;
  list_taps(&w);
  return w;
}

// Where the numbers of `count` positions from `position` on begin, of every `stride`-th one of images of `size` from `begin` on.
static void find(const amx_window *w, int64_t position, int64_t count, const int64_t *begin, const int64_t *stride,
                 const int64_t *size, int64_t channels, int64_t *at) {
  int64_t each = w->rows * w->columns, image = divide_down(position, each), rest = position - image * each;
  int64_t row = rest / w->columns, column = rest % w->columns;
  for (int64_t i = 0; i < count; i++) {
    int64_t y = begin[0] + row * stride[0], x = begin[1] + column * stride[1];
    bool exists = image >= 0 && image < w->c.images && y < size[0] && x < size[1];
    at[i] = exists ? ((image * size[0] + y) * size[1] + x) * channels : -1;
    if (++column < w->columns) continue;
    column = 0;
    if (++row == w->rows) row = 0, image++;
  }
}

void fovea_amx_find_inputs(const amx_window *w, int64_t phase, int64_t position, int64_t count, int64_t *at) {
  find(w, position, count, w->phases[phase], w->c.stride, w->c.input, w->c.channels, at);
}

void fovea_amx_find_outputs(const amx_window *w, int64_t position, int64_t count, int64_t *at) {
  const int64_t begin[2] = {0, 0}, each[2] = {1, 1};
  find(w, position, count, begin, each, w->c.output, w->c.filters, at);
}
