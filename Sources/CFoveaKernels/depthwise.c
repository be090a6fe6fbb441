// Depthwise convolution, forward and backward: every channel has kernels of its own, `multiplier` of them. A register
// holds 16 neighbouring channels, and one piece of work is 16 channels of one image.
#include <string.h>

#include "activation.h"
#include "window.h"

enum { LANES = 16, CHUNKS = 16 };

typedef struct {
  fovea_depthwise d;
  int64_t strips, taps, chunk;  // registers across the channels; window positions; images of one partial sum
  const float *g, *x, *w, *bias, *residual;
  fovea_activation activation;
  float *y;
} job;

// 16 channels of one image: where they start in the input and the output, and how far positions lie apart.
typedef struct {
  int64_t x, y, pitch_x, pitch_y, strip;
  int64_t count;  // of channels in memory, blocks filled up
} piece;

static job prepare(fovea_depthwise d) {
  int64_t strips = fovea_ceil_div(d.channels, LANES);
  return (job){.d = d, .strips = strips, .taps = fovea_positions(d.window.size),
               .chunk = fovea_ceil_div(d.images, fovea_min(d.images, CHUNKS))};
}

static int64_t chunks(const job *j) { return fovea_ceil_div(j->d.images, j->chunk); }

static int64_t strip_weights(const job *j) { return j->taps * j->d.multiplier * LANES; }

size_t fovea_depthwise_scratch(fovea_depthwise d) {
  job j = prepare(d);
  return (size_t)(chunks(&j) * j.strips * strip_weights(&j)) * sizeof(float);
}

FOVEA_INLINE piece find(const job *j, int64_t image, int64_t strip) {
  const fovea_depthwise *d = &j->d;
  int64_t inputs = fovea_positions(d->window.input), outputs = fovea_positions(d->window.output), m = d->multiplier;
  if (d->blocked) {
    int64_t block = image * j->strips + strip;
    return (piece){block * inputs * LANES, block * outputs * LANES, LANES, LANES, strip, LANES};
  }
  int64_t channels = d->channels, first = strip * LANES;
  return (piece){image * inputs * channels + first, (image * outputs * channels + first) * m, channels, channels * m,
                 strip, fovea_min(LANES, channels - first)};
}

FOVEA_INLINE void load(const float *from, int64_t stride, int64_t count, fovea_lanes *value) {
  if (stride == 1 && count == LANES) {
    *value = FOVEA_LOAD(from);
    return;
  }
  fovea_lanes all = 0;
  for (int64_t lane = 0; lane < count; lane++) all[lane] = from[lane * stride];
  *value = all;
}

FOVEA_INLINE void store(float *to, int64_t stride, int64_t count, const fovea_lanes *value) {
  if (stride == 1 && count == LANES)
    FOVEA_STORE(to, *value);
  else
    for (int64_t lane = 0; lane < count; lane++) to[lane * stride] = (*value)[lane];
}

// Weights `window × channels·multiplier` as strips of `window × multiplier × 16`, filled up with zeros.
static const float *pack(const job *j, const float *w, float *packed) {
  int64_t m = j->d.multiplier, channels = j->d.channels;
  for (int64_t strip = 0; strip < j->strips; strip++)
    for (int64_t k = 0; k < j->taps; k++)
      for (int64_t f = 0; f < m; f++)
        for (int64_t lane = 0; lane < LANES; lane++) {
          int64_t c = strip * LANES + lane;
          packed[((strip * j->taps + k) * m + f) * LANES + lane] = c < channels ? w[(k * channels + c) * m + f] : 0;
        }
  return packed;
}

FOVEA_INLINE void forward(const job *j, piece p, int64_t m, int64_t count) {
  FOVEA_FAST_SUMS
  const fovea_window *window = &j->d.window;
  const float *x = j->x + p.x, *w = j->w + p.strip * strip_weights(j);
  int64_t real = fovea_min(count, j->d.channels - p.strip * LANES);
  FOVEA_FOR_OUTPUTS(window) {
    for (int64_t f = 0; f < m; f++) {
      int64_t at = p.y + o * p.pitch_y + f;
      fovea_lanes sum = 0, factor;
      if (j->bias) load(j->bias + p.strip * LANES * m + f, m, real, &sum);
      FOVEA_FOR_WINDOW(window) {
        load(x + i * p.pitch_x, 1, count, &factor);
        sum += factor * FOVEA_LOAD(w + (k * m + f) * LANES);
      }
      if (j->residual) {
        load(j->residual + at, m, count, &factor);
        sum += factor;
      }
      fovea_activate_lanes(j->activation, &sum);
      store(j->y + at, m, count, &sum);
    }
  }
}

FOVEA_INLINE void input_gradient(const job *j, piece p, int64_t m, int64_t count) {
  FOVEA_FAST_SUMS
  const fovea_window *window = &j->d.window;
  const float *w = j->w + p.strip * strip_weights(j);
  float *dx = j->y + p.x;
  const fovea_lanes zero = 0;
  for (int64_t i = 0; i < fovea_positions(window->input); i++) store(dx + i * p.pitch_x, 1, count, &zero);
  FOVEA_FOR_OUTPUTS(window) {
    for (int64_t f = 0; f < m; f++) {
      fovea_lanes g, sum;
      load(j->g + p.y + o * p.pitch_y + f, m, count, &g);
      FOVEA_FOR_WINDOW(window) {
        load(dx + i * p.pitch_x, 1, count, &sum);
        sum += g * FOVEA_LOAD(w + (k * m + f) * LANES);
        store(dx + i * p.pitch_x, 1, count, &sum);
      }
    }
  }
}

// The outputs begin..<end along the last axis whose windows have an input under position `k`.
FOVEA_INLINE void columns(const fovea_window *w, int64_t k, int64_t *begin, int64_t *end) {
  int64_t missing = w->before[2] - k * w->dilation[2], last = w->input[2] - 1 + missing;
  *begin = missing <= 0 ? 0 : fovea_ceil_div(missing, w->stride[2]);
  *end = last < 0 ? 0 : fovea_min(w->output[2], last / w->stride[2] + 1);
}

// Adds one image's part to dw, `window × multiplier × 16`: for each row of outputs and each position of the window, the
// sum along the row.
FOVEA_INLINE void weights_gradient(const job *j, piece p, int64_t m, int64_t count, float *dw) {
  FOVEA_FAST_SUMS
  const fovea_window *window = &j->d.window;
  fovea_place place;
  for (int64_t od = 0; od < window->output[0]; od++)
    for (int64_t oh = (fovea_clip(window, 0, od, &place), 0); oh < window->output[1]; oh++) {
      fovea_clip(window, 1, oh, &place);
      const float *g = j->g + p.y + (od * window->output[1] + oh) * window->output[2] * p.pitch_y;
      for (int64_t kd = place.begin[0]; kd < place.end[0]; kd++)
        for (int64_t kh = place.begin[1]; kh < place.end[1]; kh++)
          for (int64_t kw = 0; kw < window->size[2]; kw++) {
            int64_t begin, end, row = (place.first[0] + kd * window->dilation[0]) * window->input[1] +
                                      place.first[1] + kh * window->dilation[1];
            columns(window, kw, &begin, &end);
            int64_t column = kw * window->dilation[2] - window->before[2], step = window->stride[2] * p.pitch_x;
            const float *x = j->x + p.x + (row * window->input[2] + column) * p.pitch_x;
            for (int64_t f = 0; f < m; f++) {
              fovea_lanes a = 0, b = 0, factor, upstream;
              int64_t ow = begin;
              for (; ow + 2 <= end; ow += 2) {
                load(x + ow * step, 1, count, &factor);
                load(g + ow * p.pitch_y + f, m, count, &upstream);
                a += factor * upstream;
                load(x + (ow + 1) * step, 1, count, &factor);
                load(g + (ow + 1) * p.pitch_y + f, m, count, &upstream);
                b += factor * upstream;
              }
              if (ow < end) {
                load(x + ow * step, 1, count, &factor);
                load(g + ow * p.pitch_y + f, m, count, &upstream);
                a += factor * upstream;
              }
              float *sum = dw + (((kd * window->size[1] + kh) * window->size[2] + kw) * m + f) * LANES;
              FOVEA_STORE(sum, FOVEA_LOAD(sum) + a + b);
            }
          }
    }
}

// The usual case, one kernel for each of 16 channels, is compiled with these numbers as constants.
#define DISPATCH(name, ...)                                                                  \
  (p.count == LANES && j->d.multiplier == 1 ? name(j, p, 1, LANES __VA_ARGS__)               \
                                            : name(j, p, j->d.multiplier, p.count __VA_ARGS__))

FOVEA_KERNEL void fovea_depthwise_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    piece p = find(j, i / j->strips, i % j->strips);
    DISPATCH(forward);
  }
}

FOVEA_KERNEL void fovea_depthwise_input_gradient_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    piece p = find(j, i / j->strips, i % j->strips);
    DISPATCH(input_gradient);
  }
}

#define COMMA ,
FOVEA_KERNEL void fovea_depthwise_weights_gradient_pieces(void *context, int64_t begin, int64_t end) {
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    float *dw = j->y + i * strip_weights(j);
    memset(dw, 0, sizeof(float) * (size_t)strip_weights(j));
    int64_t first = i / j->strips * j->chunk;
    for (int64_t image = first; image < fovea_min(first + j->chunk, j->d.images); image++) {
      piece p = find(j, image, i % j->strips);
      DISPATCH(weights_gradient, COMMA dw);
    }
  }
}

void fovea_depthwise_forward(fovea_depthwise d, const float *x, const float *w, const float *bias,
                             const float *residual, fovea_activation activation, float *y, float *scratch) {
  job j = prepare(d);
  j.x = x, j.bias = bias, j.residual = residual, j.activation = activation, j.y = y;
  j.w = pack(&j, w, scratch);
  fovea_parallel(d.images * j.strips, 1, &j, fovea_depthwise_pieces);
}

void fovea_depthwise_input_gradient(fovea_depthwise d, const float *g, const float *w, float *dx, float *scratch) {
  job j = prepare(d);
  j.g = g, j.y = dx;
  j.w = pack(&j, w, scratch);
  fovea_parallel(d.images * j.strips, 1, &j, fovea_depthwise_input_gradient_pieces);
}

void fovea_depthwise_weights_gradient(fovea_depthwise d, const float *g, const float *x, float *dw, float *scratch) {
  job j = prepare(d);
  j.g = g, j.x = x, j.y = scratch;
  int64_t parts = chunks(&j), m = d.multiplier, size = j.strips * strip_weights(&j);
  fovea_parallel(parts * j.strips, 1, &j, fovea_depthwise_weights_gradient_pieces);
  for (int64_t k = 0; k < j.taps; k++)
    for (int64_t c = 0; c < d.channels; c++)
      for (int64_t f = 0; f < m; f++) {
        double sum = 0;
        int64_t at = ((c / LANES * j.taps + k) * m + f) * LANES + c % LANES;
        for (int64_t part = 0; part < parts; part++) sum += scratch[part * size + at];
        dw[(k * d.channels + c) * m + f] = (float)sum;
      }
}
