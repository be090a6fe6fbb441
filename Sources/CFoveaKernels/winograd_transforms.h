// The transforms of tiles, WINOGRAD_WIDTH neighbouring channels at once, which are WINOGRAD_LANES; included for floats in
// either width, and for pairs of bfloat16 numbers: WINOGRAD_NAME is behind the names of what is WINOGRAD_INLINE, WINOGRAD_NARROW
// whether images are bfloat16. `form`: how transformed numbers lie. `side`: of a tile of numbers; `outputs`: of one of outputs.
#define PASTE_(name, suffix) name##_##suffix
#define PASTE(name, suffix) PASTE_(name, suffix)
#define NAMED(name) PASTE(name, WINOGRAD_NAME)
#define lanes WINOGRAD_LANES
#define READ_(type) type##_read
#define READ(type) READ_(type)
#define ALONG_(type, part) type##_##part
#define ALONG(type, part) ALONG_(type, part)

// Stores the transformed numbers of a tile's block in one position. The first of a pair waits as floats for the second, if that
// exists.
WINOGRAD_INLINE void NAMED(put)(winograd_form form, const winograd_tiles *t, void *to, int64_t at, int64_t tile,
                                const lanes *value) {
#if WINOGRAD_NARROW
  uint16_t *narrow = (uint16_t *)to + at;
  lanes none = 0.0f;
  if (form == WINOGRAD_HALVES) fovea_narrow(true, value, narrow);
  else if (tile % 2) fovea_narrow_pairs((const lanes *)narrow, value, narrow);
  else if (tile + 1 == t->count) fovea_narrow_pairs(value, &none, narrow);
  else *(lanes *)narrow = *value;
#else
  *(lanes *)((float *)to + at) = *value;
#endif
}

// Where the first position of a tile's block lies, `row` from tile to tile.
WINOGRAD_INLINE int64_t NAMED(place)(winograd_form form, const winograd_tiles *t, int64_t row, int64_t tile, int64_t block) {
  return form == WINOGRAD_PAIRS ? (block * fovea_ceil_div(t->count, 2) + tile / 2) * 2 * WINOGRAD_WIDTH
                                : tile * row + block * WINOGRAD_WIDTH;
}

WINOGRAD_INLINE void NAMED(input_block)(int side, winograd_form form, const winograd_job *j, const winograd_tiles *t,
                                        const winograd_view *view, int64_t tile, int64_t block) {
  const fovea_winograd *c = &j->c;
  int64_t top = view->top, left = view->left, number = t->channel / WINOGRAD_WIDTH + block;
  const void *rows[SIDE];
#pragma clang loop unroll(full)
  for (int r = 0; r < side; r++) {
    int64_t row = fovea_max(0, fovea_min(top + r, c->input[0] - 1));
    rows[r] = winograd_at(
        j->x, view->image * c->x.image + number * c->x.block + row * c->input[1] * c->x.position,
        WINOGRAD_NARROW);
  }
  if (view->above) rows[0] = winograd_at(view->above, number * winograd_row_block(c), WINOGRAD_NARROW);
  if (view->below) rows[side - 1] = winograd_at(view->below, number * winograd_row_block(c), WINOGRAD_NARROW);
  int64_t v = NAMED(place)(form, t, t->channels, tile, block);
  lanes columns[SIDE][SIDE];
#pragma clang loop unroll(full)
  for (int s = 0; s < side; s++) {
    lanes d[SIDE];
    if (view->inside) {
#pragma clang loop unroll(full)
      for (int r = 0; r < side; r++)
        READ(lanes)(rows[r], (left + s) * c->x.position, WINOGRAD_NARROW, &d[r]);
    } else {
      for (int r = 0; r < side; r++) {
        int64_t row = top + r, column = left + s;
        bool exists = row >= 0 && row < c->input[0] && column >= 0 && column < c->input[1];
        if (exists) READ(lanes)(rows[r], column * c->x.position, WINOGRAD_NARROW, &d[r]);
        else d[r] = (lanes)0.0f;
      }
    }
    ALONG(lanes, inputs)(side, d, 1, columns[s]);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < side; r++) {
    lanes row[SIDE];
    ALONG(lanes, inputs)(side, &columns[0][r], SIDE, row);
#pragma clang loop unroll(full)
    for (int s = 0; s < side; s++)
      NAMED(put)(form, t, t->inputs, v + (r * side + s) * t->input_stride, tile, &row[s]);
  }
}

// In the order in which the transformed numbers lie.
WINOGRAD_INLINE void NAMED(input_tiles)(int side, winograd_form form, const winograd_job *j, const winograd_tiles *t) {
  int64_t blocks = t->channels / WINOGRAD_WIDTH;
  if (form == WINOGRAD_PAIRS) {
    winograd_view views[PAIR_TILES];
    for (int64_t tile = 0; tile < t->count; tile++) views[tile] = view_of(side, j, t, tile);
    for (int64_t block = 0; block < blocks; block++)
      for (int64_t tile = 0; tile < t->count; tile++)
        NAMED(input_block)(side, form, j, t, &views[tile], tile, block);
    return;
  }
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_view view = view_of(side, j, t, tile);
    for (int64_t block = 0; block < blocks; block++)
      NAMED(input_block)(side, form, j, t, &view, tile, block);
  }
}

WINOGRAD_INLINE void NAMED(gradient_block)(int side, int outputs, winograd_form form, const winograd_job *j,
                                           const winograd_tiles *t, const winograd_place *place, int64_t tile, int64_t block) {
  const fovea_winograd *c = &j->c;
  int64_t rows = fovea_min(outputs, c->output[0] - place->row);
  int64_t columns = fovea_min(outputs, c->output[1] - place->column), number = t->filter / WINOGRAD_WIDTH + block;
  bool has_filters = number * WINOGRAD_WIDTH < c->filters;
  int64_t u = NAMED(place)(form, t, t->filters, tile, block);
  int64_t g = place->image * c->y.image + number * c->y.block +
              (place->row * c->output[1] + place->column) * c->y.position;
  lanes half[MOST_OUTPUTS][SIDE];
#pragma clang loop unroll(full)
  for (int s = 0; s < outputs; s++) {
    lanes column[MOST_OUTPUTS];
#pragma clang loop unroll(full)
    for (int r = 0; r < outputs; r++) {
      bool exists = r < rows && s < columns && has_filters;
      if (exists) READ(lanes)(j->y, g + (r * c->output[1] + s) * c->y.position, WINOGRAD_NARROW, &column[r]);
      else column[r] = (lanes)0.0f;
    }
    ALONG(lanes, weights)(side, outputs, column, 1, half[s], 1);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < side; r++) {
    lanes row[SIDE];
    ALONG(lanes, weights)(side, outputs, &half[0][r], SIDE, row, 1);
#pragma clang loop unroll(full)
    for (int s = 0; s < side; s++)
      NAMED(put)(form, t, t->outputs, u + (r * side + s) * t->output_stride, tile, &row[s]);
  }
}

WINOGRAD_INLINE void NAMED(gradient_tiles)(int side, int outputs, winograd_form form, const winograd_job *j,
                                           const winograd_tiles *t) {
  int64_t blocks = t->filters / WINOGRAD_WIDTH;
  if (form == WINOGRAD_PAIRS) {
    winograd_place places[PAIR_TILES];
    for (int64_t tile = 0; tile < t->count; tile++) places[tile] = place_of(j, t->first + tile);
    for (int64_t block = 0; block < blocks; block++)
      for (int64_t tile = 0; tile < t->count; tile++)
        NAMED(gradient_block)(side, outputs, form, j, t, &places[tile], tile, block);
    return;
  }
  for (int64_t tile = 0; tile < t->count; tile++) {
    winograd_place place = place_of(j, t->first + tile);
    for (int64_t block = 0; block < blocks; block++)
      NAMED(gradient_block)(side, outputs, form, j, t, &place, tile, block);
  }
}

#include "winograd_results.h"

#undef lanes
#undef READ_
#undef READ
#undef ALONG_
#undef ALONG
#undef NAMED
#undef PASTE
#undef PASTE_
