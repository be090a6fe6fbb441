#include "parallel.h"

typedef struct {
  int64_t count, parts;
  const float *partial;
  float *sums;
} job;

FOVEA_KERNEL void fovea_add_some_parts(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float sum = j->partial[i];
    for (int64_t part = 1; part < j->parts; part++) sum += j->partial[part * j->count + i];
    j->sums[i] = sum;
  }
}

void fovea_add_parts(int64_t count, int64_t parts, const float *partial, float *sums) {
  job j = {count, parts, partial, sums};
  fovea_parallel(count, 16384, &j, fovea_add_some_parts);
}
