// Copies from one arrangement of a tensor to another.
#include "parallel.h"

typedef struct {
  fovea_strided space;
  const uint32_t *x;
  uint32_t *y;
} job;

// A plane of the iteration space, which is all axes but the last two, and its offsets in both tensors.
typedef struct {
  int64_t index[FOVEA_MAX_RANK], offset[2];
} place;

FOVEA_INLINE place locate(const fovea_strided *s, int64_t plane) {
  place p = {.offset = {0, 0}};
  for (int64_t axis = s->rank - 3; axis >= 0; axis--) {
    p.index[axis] = plane % s->size[axis];
    plane /= s->size[axis];
    for (int t = 0; t < 2; t++) p.offset[t] += p.index[axis] * s->stride[t][axis];
  }
  return p;
}

FOVEA_INLINE void advance(const fovea_strided *s, place *p) {
  for (int64_t axis = s->rank - 3; axis >= 0; axis--) {
    bool carries = ++p->index[axis] == s->size[axis];
    for (int t = 0; t < 2; t++) p->offset[t] += s->stride[t][axis] * (carries ? 1 - s->size[axis] : 1);
    if (!carries) return;
    p->index[axis] = 0;
  }
}

// Strides that are constants become shuffles of registers in place of gathers.
FOVEA_INLINE void copy_row(const uint32_t *x, uint32_t *y, int64_t n, int64_t sx, int64_t sy) {
  if (sx == 1 && sy == 1)
    for (int64_t i = 0; i < n; i++) y[i] = x[i];
  else if (sx == 1)
    for (int64_t i = 0; i < n; i++) y[i * sy] = x[i];
  else if (sy == 1 && sx == 2)
    for (int64_t i = 0; i < n; i++) y[i] = x[i * 2];
  else if (sy == 1 && sx == 4)
    for (int64_t i = 0; i < n; i++) y[i] = x[i * 4];
  else if (sy == 1)
    for (int64_t i = 0; i < n; i++) y[i] = x[i * sx];
  else
    for (int64_t i = 0; i < n; i++) y[i * sy] = x[i * sx];
}

FOVEA_KERNEL void fovea_copy_planes(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  const fovea_strided *s = &j->space;
  int64_t last = s->rank - 1, n = s->size[last], rows = s->size[last - 1];
  place p = locate(s, begin);
  for (int64_t plane = begin; plane < end; plane++, advance(s, &p))
    for (int64_t row = 0; row < rows; row++)
      copy_row(j->x + p.offset[0] + row * s->stride[0][last - 1], j->y + p.offset[1] + row * s->stride[1][last - 1], n,
               s->stride[0][last], s->stride[1][last]);
}

static void exchange(fovea_strided *s, int64_t a, int64_t b) {
  int64_t size = s->size[a];
  s->size[a] = s->size[b], s->size[b] = size;
  for (int t = 0; t < 2; t++) {
    int64_t stride = s->stride[t][a];
    s->stride[t][a] = s->stride[t][b], s->stride[t][b] = stride;
  }
}

// The order of the axes is free: the longest of those along which a tensor lies without gaps goes innermost, and a long
// one around it, so that an address is worked out seldom.
static void order(fovea_strided *s) {
  int64_t best = s->rank - 1;
  for (int64_t axis = 0; axis < s->rank; axis++) {
    bool dense = s->stride[0][axis] == 1 || s->stride[1][axis] == 1;
    if (dense && (s->size[axis] > s->size[best] || (s->stride[0][best] != 1 && s->stride[1][best] != 1))) best = axis;
  }
  exchange(s, best, s->rank - 1);
}

void fovea_copy_strided(fovea_strided space, const uint32_t *x, uint32_t *y) {
  while (space.rank < 2) {
    space.size[space.rank] = 1, space.stride[0][space.rank] = space.stride[1][space.rank] = 1;
    space.rank++;
  }
  order(&space);
  int64_t planes = 1, last = space.rank - 1;
  for (int64_t axis = 0; axis < last - 1; axis++) planes *= space.size[axis];
  job j = {.space = space, .x = x, .y = y};
  fovea_parallel(planes, fovea_max(1, 16384 / fovea_max(1, space.size[last] * space.size[last - 1])), &j,
                 fovea_copy_planes);
}
