// Connectionist temporal classification: the forward-backward algorithm in logarithms, one example to a piece.
#include <math.h>
#include <string.h>

#include "parallel.h"

typedef struct {
  fovea_sequences s;
  const float *g, *x;
  const int32_t *labels, *lengths;
  float *y;
  double *scratch;
} job;

// The lattice of one example: `time` × `count` symbols, a blank before, between and after the labels.
typedef struct {
  int64_t time, count, classes, blank;
  const int32_t *labels;
  const float *x;
} lattice;

static int64_t longest(fovea_sequences s) { return 2 * s.labels + 1; }

size_t fovea_ctc_scratch(fovea_sequences s) { return (size_t)(s.examples * s.time * longest(s)) * sizeof(double); }

static lattice open_lattice(const job *j, int64_t n) {
  fovea_sequences s = j->s;
  lattice l = {.classes = s.classes, .blank = s.blank, .labels = j->labels + n * s.labels,
               .x = j->x + n * s.time * s.classes};
  int64_t count = 0;
  while (count < s.labels && l.labels[count] >= 0) count++;
  l.count = 2 * count + 1;
  l.time = fovea_max(0, fovea_min(j->lengths[n], s.time));
  return l;
}

static int64_t symbol(const lattice *l, int64_t s) { return s % 2 ? l->labels[s / 2] : l->blank; }

static double logarithm(const lattice *l, int64_t t, int64_t s) {
  int64_t k = symbol(l, s);
  return k >= 0 && k < l->classes ? l->x[t * l->classes + k] : -INFINITY;
}

// Whether a path may jump to s over the blank before it.
static bool jumps(const lattice *l, int64_t s) { return s % 2 && s >= 2 && symbol(l, s) != symbol(l, s - 2); }

// e^(a − m) for a ≤ m; what is too small to count in a sum with 1 is left out.
static double share(double a, double m) { return a == m ? 1 : a < m - 40 ? 0 : exp(a - m); }

static double sum3(double a, double b, double c) {
  double m = a > b ? a : b;
  m = c > m ? c : m;
  if (m == -INFINITY) return m;
  double sum = share(a, m) + share(b, m) + share(c, m);
  return sum == 1 ? m : m + log(sum);
}

// All paths to (t, s), that at t included, in row t; the logarithm of the probability of the whole.
static double forward(const lattice *l, double *rows) {
  int64_t n = l->count;
  if (l->time == 0) return n == 1 ? 0 : -INFINITY;
  for (int64_t t = 0; t < l->time; t++) {
    double *row = rows + t * n, *last = row - n;
    for (int64_t s = 0; s < n; s++) {
      if (t == 0) row[s] = s < 2 ? logarithm(l, 0, s) : -INFINITY;
      else
        row[s] = sum3(last[s], s >= 1 ? last[s - 1] : -INFINITY, jumps(l, s) ? last[s - 2] : -INFINITY) +
                 logarithm(l, t, s);
    }
  }
  double *end = rows + (l->time - 1) * n;
  return sum3(end[n - 1], n >= 2 ? end[n - 2] : -INFINITY, -INFINITY);
}

static void ctc_losses(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t n = begin; n < end; n++) {
    lattice l = open_lattice(j, n);
    j->y[n] = (float)-forward(&l, j->scratch + n * j->s.time * longest(j->s));
  }
}

static void ctc_gradients(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t n = begin; n < end; n++) {
    lattice l = open_lattice(j, n);
    double *rows = j->scratch + n * j->s.time * longest(j->s), total = forward(&l, rows);
    float *dx = j->y + n * j->s.time * l.classes;
    memset(dx, 0, sizeof(float) * (size_t)(j->s.time * l.classes));
    if (total == -INFINITY) continue;
    // From (t, s) to the end, that at t not included; what row t needs of row t + 1 is kept in it, over the paths to it.
    double *next = NULL;
    for (int64_t t = l.time - 1; t >= 0; t--) {
      double *row = rows + t * l.count;
      for (int64_t s = 0; s < l.count; s++) {
        double after = s >= l.count - 2 ? 0 : -INFINITY;
        if (next) {
          after = sum3(next[s], s + 1 < l.count ? next[s + 1] : -INFINITY,
                       s + 2 < l.count && jumps(&l, s + 2) ? next[s + 2] : -INFINITY);
        }
        int64_t k = symbol(&l, s);
        double part = row[s] + after - total;  // of the paths through here, in logarithms
        if (k >= 0 && k < l.classes && part > -60) dx[t * l.classes + k] -= j->g[n] * (float)exp(part);
        row[s] = after + logarithm(&l, t, s);
      }
      next = row;
    }
  }
}

void fovea_ctc(fovea_sequences s, const float *x, const int32_t *labels, const int32_t *lengths, float *losses,
               double *scratch) {
  job j = {.s = s, .x = x, .labels = labels, .lengths = lengths, .y = losses, .scratch = scratch};
  fovea_parallel(s.examples, 1, &j, ctc_losses);
}

void fovea_ctc_gradient(fovea_sequences s, const float *g, const float *x, const int32_t *labels,
                        const int32_t *lengths, float *dx, double *scratch) {
  job j = {.s = s, .g = g, .x = x, .labels = labels, .lengths = lengths, .y = dx, .scratch = scratch};
  fovea_parallel(s.examples, 1, &j, ctc_gradients);
}
