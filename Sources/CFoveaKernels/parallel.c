#include "parallel.h"

// libgomp's entry points, as compilers call them for `#pragma omp parallel`.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int);

void fovea_set_threads(int count) { omp_set_num_threads(count); }
int fovea_threads(void) { return omp_get_max_threads(); }

typedef struct {
  int64_t count, grain;
  void *context;
  fovea_body body;
} loop;

static void share(void *data) {
  const loop *l = data;
  int64_t pieces = fovea_ceil_div(l->count, l->grain), thread = omp_get_thread_num(), threads = omp_get_num_threads();
  int64_t begin = pieces * thread / threads * l->grain, end = pieces * (thread + 1) / threads * l->grain;
  if (begin < l->count) l->body(l->context, begin, fovea_min(end, l->count));
}

void fovea_parallel(int64_t count, int64_t grain, void *context, fovea_body body) {
  if (count <= 0) return;
  if (count <= grain || omp_get_max_threads() == 1) {
    body(context, 0, count);
    return;
  }
  loop l = {count, grain, context, body};
  GOMP_parallel(share, &l, 0, 0);
}
