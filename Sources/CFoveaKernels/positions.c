// Numbers of places: from floats and back, and those of the best numbers of a row.
#include <math.h>
#include <stdlib.h>

#include "parallel.h"

enum { GRAIN = 16384 };

typedef struct {
  const float *x;
  const int32_t *places;
  float *y;
  int32_t *integers;
  int64_t length, count;
  bool is_largest;
} job;

FOVEA_KERNEL void fovea_float_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  FOVEA_EACH for (int64_t i = begin; i < end; i++) j->y[i] = (float)j->places[i];
}

FOVEA_KERNEL void fovea_integer_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float x = j->x[i];
    // 2³¹ is the first float above the largest integer.
    j->integers[i] = x != x ? 0 : x <= -0x1p31f ? INT32_MIN : x >= 0x1p31f ? INT32_MAX : (int32_t)x;
  }
}

void fovea_float_of_integer(int64_t count, const int32_t *x, float *y) {
  job j = {.places = x, .y = y};
  fovea_parallel(count, GRAIN, &j, fovea_float_pieces);
}

void fovea_integer_of_float(int64_t count, const float *x, int32_t *y) {
  job j = {.x = x, .integers = y};
  fovea_parallel(count, GRAIN, &j, fovea_integer_pieces);
}

// Numbers as integers that grow as they do: what is not a number above all of them, both zeros alike.
static int32_t rank_of(float x) {
  if (x != x) return INT32_MAX;
  if (x == 0) return 0;
  int32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits >= 0 ? bits : (int32_t)(0x80000000u - (uint32_t)bits);
}

// Better ones come first: by their rank, then by their place, so that no two are alike.
typedef struct {
  int32_t rank, place;
} candidate;

static inline bool is_better(candidate a, candidate b) {
  return a.rank != b.rank ? a.rank > b.rank : a.place < b.place;
}

static int in_order(const void *a, const void *b) {
  return is_better(*(const candidate *)a, *(const candidate *)b) ? -1 : 1;
}

// Lets the root of a heap, whose worst stands first, sink to its place.
static void sink(candidate *heap, int64_t count, int64_t at) {
  candidate moved = heap[at];
  for (int64_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && is_better(heap[child], heap[child + 1])) child++;
    if (!is_better(moved, heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

static void rows(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  candidate *heap = malloc(sizeof(candidate) * (size_t)j->count);
  if (!heap) abort();
  for (int64_t row = begin; row < end; row++) {
    const float *x = j->x + row * j->length;
    for (int64_t i = 0; i < j->length; i++) {
      int32_t rank = rank_of(x[i]);
      candidate next = {j->is_largest ? rank : ~rank, (int32_t)i};
      if (i < j->count) {
        heap[i] = next;
        if (i + 1 == j->count)
          for (int64_t at = j->count / 2; at-- > 0;) sink(heap, j->count, at);
      } else if (is_better(next, heap[0])) {
        heap[0] = next;
        sink(heap, j->count, 0);
      }
    }
    qsort(heap, (size_t)j->count, sizeof(candidate), in_order);
    for (int64_t i = 0; i < j->count; i++) j->integers[row * j->count + i] = heap[i].place;
  }
  free(heap);
}

void fovea_best_positions(int64_t count, int64_t length, int64_t best, bool is_largest, const float *x, int32_t *y) {
  job j = {.x = x, .integers = y, .length = length, .count = best, .is_largest = is_largest};
  fovea_parallel(count, fovea_max(1, GRAIN / length), &j, rows);
}
