// Kernels for what oneDNN lacks or does badly. They run on oneDNN's thread pool (libgomp's) and give the same bits for
// any number of threads: sums are cut into pieces by their size alone, and partial sums are added in the order of pieces.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How the channels of a tensor `N×spatial…×C` lie: `outer` images of `blocks` channel blocks, each of `inner`
/// positions of `width` neighbouring channels. Row-major is outer = 1, blocks = 1, inner = N·positions, width = C;
/// blocked by 16 is outer = N, blocks = ⌈C/16⌉, inner = positions, width = 16. Channels past `channels` are zeros.
typedef struct {
  int64_t outer, blocks, inner, width, channels;
} fovea_channels;

/// Numbers that a kernel reads: floats, or, if `narrow`, bfloat16. It computes with floats all the same.
typedef struct {
  const void *at;
  bool narrow;
} fovea_numbers;

/// Likewise where it writes; what is narrow is rounded to the nearest.
typedef struct {
  void *at;
  bool narrow;
} fovea_result;

/// By what the sum under a window is divided: what lies inside the input, inside the padded input, or `number`.
typedef enum { FOVEA_INSIDE, FOVEA_PADDED, FOVEA_NUMBER } fovea_divisor;

/// A pooling window over depth, height and width, for images in channel blocks. `power` is that of the p-norm.
typedef struct {
  int64_t images, blocks, width;
  int64_t input[3], output[3], size[3], stride[3], dilation[3], before[3], after[3];
  fovea_divisor divisor;
  int64_t number;
  float power;
} fovea_pooling;

/// A sparse matrix: row i has the entries starts[i]..<starts[i + 1], in the order of their indices.
typedef struct {
  int64_t outputs, inputs;
  const int32_t *starts, *indices;
  const float *weights;
} fovea_sparse;

/// How the images of a tensor N×H×W×C lie: the numbers from one image, one block of neighbouring channels and one position
/// to the next.
typedef struct {
  int64_t image, block, position;
} fovea_planes;

/// A convolution of windows of 3×3 or 5×5 (`size`) with stride 1; 8 or 16 neighbouring channels (`width`) at once, of images
/// that have whole blocks of them. `workers`: how many share the work. `pairs`: whether numbers are bfloat16, multiplied in
/// pairs and added as floats: windows of 3×3 in blocks of 16, on a processor where `fovea_multiplies_pairs`. Then
/// `wide_y` says whether the result of the convolution, and what is added to it, are floats all the same; a gradient of the
/// result is bfloat16. `few_tiles`: whether less memory to work in is worth transforming weights more often.
typedef struct {
  int64_t size, images, channels, filters, width, workers;
  int64_t input[2], output[2], before[2];
  fovea_planes x, y;
  bool pairs, wide_y, few_tiles;
} fovea_winograd;

/// A convolution of row-major bfloat16 images. `workers`: how many share the work. `normalized`: whether images are normalised as
/// they are read. Kernels row-major.
typedef struct {
  int64_t images, channels, filters, workers;
  int64_t input[2], output[2], size[2], stride[2], dilation[2], before[2];
  bool normalized;
} fovea_amx_convolution;

/// Batch normalisation of what a convolution reads, and a rectifier, rounded to bfloat16.
typedef struct {
  const float *moments, *scale, *bias;
  float epsilon;
  bool rectifies;
} fovea_amx_normalization;

/// A convolution of row-major images with few channels, to blocks of `width`, 8 or 16, channels. `workers`: how many share
/// the work. Kernels row-major.
typedef struct {
  int64_t images, channels, filters, width, workers;
  int64_t input[2], output[2], size[2], stride[2], before[2];
  fovea_planes y;
} fovea_row_convolution;

/// Filters whose weights lie next to one another in packed weights.
#define FOVEA_WINOGRAD_PANEL 16

/// The product of `rows` (at most FOVEA_FEW_ROWS) × `depth` and `depth × columns` numbers. `narrow`: whether they are
/// bfloat16; `narrow_y`: whether the result, and what is added to it, is. `amx`: whether more than a few rows of bfloat16
/// numbers go in AMX's tiles. Sums are of floats.
typedef struct {
  int64_t rows, columns, depth;
  bool narrow, narrow_y, amx;
} fovea_few_rows;

#define FOVEA_FEW_ROWS 16

typedef enum { FOVEA_IDENTITY, FOVEA_RELU, FOVEA_TANH, FOVEA_SIGMOID } fovea_activation;

/// Up to this many axes.
#define FOVEA_MAX_RANK 8

/// An iteration space with the strides, in elements, of up to two tensors; a stride of 0 repeats.
typedef struct {
  int64_t rank;
  int64_t size[FOVEA_MAX_RANK];
  int64_t stride[2][FOVEA_MAX_RANK];
} fovea_strided;

typedef enum { FOVEA_SUM, FOVEA_MEAN, FOVEA_LARGEST } fovea_reduction;

/// Threads of the pool that kernels use from now on; oneDNN's primitives follow it too.
void fovea_set_threads(int count);
int fovea_threads(void);

/// Lets the system have what was freed in small pieces, which the allocator keeps otherwise.
void fovea_give_back_freed(void);

// Batch normalisation. Scratch: floats, see `fovea_moments_scratch`.
size_t fovea_moments_scratch(fovea_channels layout);
void fovea_batch_moments(fovea_channels layout, fovea_numbers x, float *moments, float *scratch);
/// The residual may be null. The result may be what is read, if it is as narrow.
void fovea_batch_normalize(fovea_channels layout, float epsilon, bool rectifies, fovea_numbers x, const float *moments,
                           const float *scale, const float *bias, fovea_numbers residual, fovea_result y);
/// With scale and bias, which may be null, `g` is the gradient of the rectified result, and counts where that is more than 0.
void fovea_batch_norm_reductions(fovea_channels layout, float epsilon, fovea_numbers g, fovea_numbers x,
                                 const float *moments, const float *scale, const float *bias, float *sums, float *scratch);
/// Likewise with a bias.
void fovea_batch_norm_input_gradient(fovea_channels layout, float epsilon, fovea_numbers g, fovea_numbers x,
                                     const float *moments, const float *scale, const float *sums, const float *bias,
                                     fovea_result dx);
/// The sum of every channel.
void fovea_channel_sums(fovea_channels layout, fovea_numbers x, float *sums, float *scratch);

/// Images of up to three axes, those that are not there of length 1, cut into `windows` of this `size`. Of the result `width`
/// channels lie together, from position to position it is `step` numbers, then come the other channels; `image` numbers on comes
/// the next image.
typedef struct {
  int64_t images, windows[3], size[3], channels, width, step, image;
} fovea_tiles;
/// Images×windows×size×channels to images; the bias, which may be null, has a number for each channel.
void fovea_assemble_tiles(fovea_tiles tiles, fovea_activation activation, fovea_numbers x, const float *bias,
                          fovea_result y);

// Winograd's convolution.
/// Whether the processor multiplies pairs of bfloat16 numbers.
bool fovea_multiplies_pairs(void);
/// Weights size×size×channels×filters to panels of filters × blocks of channels × windows × a panel, zeros beyond the last
/// filter and channel. `turned`: from size×size×filters×channels, with the windows turned round, for the convolution that
/// takes the gradient of an output to that of the input.
void fovea_winograd_pack(int64_t size, int64_t channels, int64_t padded_channels, int64_t filters, bool turned,
                         const float *w, float *packed);
/// Bytes of the packed weights for `pairs`.
size_t fovea_winograd_pair_weights(int64_t padded_channels, int64_t filters);
/// Likewise 3×3 weights in bfloat16 for `pairs`: transformed, panels × positions × pairs of channels × a panel. Padded channels
/// are even.
void fovea_winograd_pack_pairs(int64_t channels, int64_t padded_channels, int64_t filters, bool turned, const void *w,
                               void *packed);
/// In bytes.
size_t fovea_winograd_scratch(fovea_winograd c);
/// Whether the result may be written over the input.
bool fovea_winograd_can_overwrite(fovea_winograd c);
/// `bias` and `residual`, which lies as the result, may be null; `residual` may be the result's memory.
void fovea_winograd_convolution(fovea_winograd c, const void *x, const void *packed, const float *bias,
                                const void *residual, fovea_activation activation, void *y, float *scratch);
/// In bytes.
size_t fovea_winograd_gradient_scratch(fovea_winograd c);
/// The gradient of the weights, size×size×channels×filters; `g` lies as the result of the convolution.
void fovea_winograd_weights_gradient(fovea_winograd c, const void *g, const void *x, float *dw, float *scratch);

// Products in AMX's tiles.
/// Whether the processor has AMX for bfloat16, and Linux lets this process use it.
bool fovea_has_amx(void);
/// Whether there are kernels for the window.
bool fovea_amx_fits(fovea_amx_convolution c);
/// Bytes of the packed weights.
size_t fovea_amx_weights(fovea_amx_convolution c, bool turned);
/// bfloat16 weights, kernels × channels × filters, to the order in which tiles read them; if `turned`, in which they do for the
/// gradient of the input.
void fovea_amx_pack(fovea_amx_convolution c, bool turned, const void *w, void *packed);
/// In bytes.
size_t fovea_amx_scratch(fovea_amx_convolution c, bool turned);
/// `y = activation(convolution of x + bias + residual)`, x normalised `before`, if `c` says so; `bias` and `residual`,
/// which lies as the result and may be its memory, may be null. `wide`: whether the result and the residual are floats.
void fovea_amx_convolve(fovea_amx_convolution c, fovea_amx_normalization before, const void *x, const void *packed,
                        const float *bias, const void *residual, fovea_activation activation, bool wide, void *y,
                        void *scratch);
/// The gradient of the input, floats if `wide`; `g` lies as the result of the convolution.
void fovea_amx_input_gradient(fovea_amx_convolution c, const void *g, const void *packed, bool wide, void *dx,
                              void *scratch);
/// In bytes.
size_t fovea_amx_weights_gradient_scratch(fovea_amx_convolution c);
/// The gradient of the weights, of channels and filters by the 16; `g` lies as the result of the convolution.
void fovea_amx_weights_gradient(fovea_amx_convolution c, const void *g, const void *x, float *dw, void *scratch);

// Products of a few rows; of bfloat16 on processors with AVX512-BF16.
/// Bytes of the packed weights.
size_t fovea_few_rows_weights(fovea_few_rows p);
/// How many rows of weights lie together: those of each so many, and the rest, as if they were all.
int64_t fovea_few_rows_together(fovea_few_rows p);
/// Weights `depth × columns`, or, if `turned`, `columns × depth`, to panels of columns.
void fovea_few_rows_pack(fovea_few_rows p, bool turned, const void *w, void *packed);
/// `y = activation(x·w + bias + residual)`; `bias` and `residual`, which may be the result's memory, may be null.
void fovea_few_rows_multiply(fovea_few_rows p, const void *x, const void *packed, const float *bias,
                             const void *residual, fovea_activation activation, void *y);

// Convolution of few channels in row-major order. Scratch: in bytes.
size_t fovea_row_convolution_scratch(fovea_row_convolution c);
/// `bias` may be null.
void fovea_row_convolve(fovea_row_convolution c, const float *x, const float *w, const float *bias,
                        fovea_activation activation, float *y, float *scratch);

// Pooling.
void fovea_max_pool(fovea_pooling p, const float *x, float *y);
/// Of bfloat16 numbers.
void fovea_narrow_max_pool(fovea_pooling p, const void *x, void *y);
/// If anything is narrow, `scratch` has to be there, in bytes for so many workers.
size_t fovea_max_pool_gradient_scratch(fovea_pooling p, int workers);
void fovea_max_pool_gradient(fovea_pooling p, fovea_numbers g, fovea_numbers x, fovea_result dx, int workers,
                             float *scratch);
void fovea_average_pool(fovea_pooling p, const float *x, float *y);
void fovea_average_pool_gradient(fovea_pooling p, const float *g, float *dx);
void fovea_lp_pool(fovea_pooling p, const float *x, float *y);
void fovea_lp_pool_gradient(fovea_pooling p, const float *g, const float *x, const float *y, float *dx);
void fovea_max_pool_switches(fovea_pooling p, const float *x, int32_t *switches);
/// `images × pooled × channels` to `images × positions × channels`, and back; a switch is a position.
void fovea_max_unpool(int64_t images, int64_t pooled, int64_t positions, int64_t channels, const float *x,
                      const int32_t *switches, float *y);
void fovea_max_unpool_gradient(int64_t images, int64_t pooled, int64_t positions, int64_t channels, const float *g,
                               const int32_t *switches, float *dx);

// Sparse linear maps.
/// `outer × rows.inputs × inner` → `outer × rows.outputs × inner`.
void fovea_sparse_map(int64_t outer, fovea_sparse rows, int64_t inner, const float *x, float *y);
/// Along two axes: `outer × rows.inputs × columns.inputs × inner` → `outer × rows.outputs × columns.outputs × inner`.
/// `span`: from the first to the last index of a row of `rows`, at most.
void fovea_sparse_map_plane(int64_t outer, fovea_sparse rows, int64_t span, fovea_sparse columns, int64_t inner,
                            const float *x, float *y, float *scratch);
/// In bytes; `columns`: the outputs along the second axis.
size_t fovea_sparse_map_scratch(int64_t span, int64_t columns, int64_t inner);

// Convolution of few channels. Images lie in blocks of 16, `N/16 × H × W × C × 16`: a register holds one number of each
// of 16 images, so that any number of channels fills it. Stride 1, no dilation, no groups; kernels row-major.

/// Sizes of a convolution in blocks of 16 images; `before` and `after` are the padding of height and width.
typedef struct {
  int64_t blocks, channels, filters;
  int64_t input[2], output[2], size[2], before[2], after[2];
} fovea_convolution16;

/// `y = activation(y + bias + residual)` for rows of `columns` numbers; `bias`, one row, and `residual` may be null.
void fovea_row_epilogue(int64_t rows, int64_t columns, const float *bias, const float *residual,
                        fovea_activation activation, float *y);

/// Scratch for all three, in bytes.
size_t fovea_convolution16_scratch(fovea_convolution16 c);
/// `bias` may be null.
void fovea_convolution16_forward(fovea_convolution16 c, const float *x, const float *w, const float *bias,
                                 fovea_activation activation, float *y, float *scratch);
void fovea_convolution16_input_gradient(fovea_convolution16 c, const float *g, const float *w, float *dx,
                                        float *scratch);
void fovea_convolution16_weights_gradient(fovea_convolution16 c, const float *g, const float *x, float *dw,
                                          float *scratch);
/// The sum of every channel of `blocks × positions × channels × 16`; scratch: blocks · channels floats.
void fovea_channel_sums16(int64_t blocks, int64_t positions, int64_t channels, const float *x, float *sums,
                          float *scratch);
/// `blocks·16 × length` row-major to and from `blocks × length × 16`.
void fovea_interleave16(int64_t blocks, int64_t length, const uint32_t *x, uint32_t *y);
void fovea_deinterleave16(int64_t blocks, int64_t length, const uint32_t *x, uint32_t *y);

/// A window that slides over depth, height and width.
typedef struct {
  int64_t input[3], output[3], size[3], stride[3], dilation[3], before[3];
} fovea_window;

// Depthwise convolution: `channels` channels with `multiplier` kernels each. Images row-major, or, with a multiplier of 1,
// `blocked`: 16 channels side by side. Kernels row-major, `window × 1 × channels·multiplier`.

typedef struct {
  fovea_window window;
  int64_t images, channels, multiplier;
  bool blocked;
} fovea_depthwise;

/// Scratch for all three, in bytes.
size_t fovea_depthwise_scratch(fovea_depthwise d);
/// `bias` and `residual` may be null. In blocks that are filled up, the activation must give 0 for 0.
void fovea_depthwise_forward(fovea_depthwise d, const float *x, const float *w, const float *bias,
                             const float *residual, fovea_activation activation, float *y, float *scratch);
void fovea_depthwise_input_gradient(fovea_depthwise d, const float *g, const float *w, float *dx, float *scratch);
void fovea_depthwise_weights_gradient(fovea_depthwise d, const float *g, const float *x, float *dw, float *scratch);

// What windows see, `images × output × window × channels`, and back.
void fovea_patches(fovea_window w, int64_t images, int64_t channels, const float *x, float *y);
void fovea_patches_gradient(fovea_window w, int64_t images, int64_t channels, const float *g, float *dx);

// Group normalisation of `outer` examples. Sums: `Σ g·x̂`, then `Σ g`, of every channel.
size_t fovea_group_norm_scratch(fovea_channels layout, int64_t groups);
void fovea_group_norm(fovea_channels layout, int64_t groups, float epsilon, const float *x, const float *scale,
                      const float *bias, float *y, float *scratch);
void fovea_group_norm_input_gradient(fovea_channels layout, int64_t groups, float epsilon, const float *g,
                                     const float *x, const float *scale, float *dx, float *scratch);
size_t fovea_group_norm_reductions_scratch(fovea_channels layout, int64_t groups);
void fovea_group_norm_reductions(fovea_channels layout, int64_t groups, float epsilon, const float *g, const float *x,
                                 float *sums, float *scratch);

/// x · (k + alpha · Σ x²)^−beta over `rows × channels`, the sum over `size` neighbouring channels.
typedef struct {
  int64_t rows, channels, size;
  float alpha, beta, k;
} fovea_response;

size_t fovea_response_scratch(fovea_response r);
void fovea_response_norm(fovea_response r, const float *x, float *y, float *scratch);
void fovea_response_norm_gradient(fovea_response r, const float *g, const float *x, float *dx, float *scratch);

// `count` rows of a table of `rows × width`; a number that is no row gives NaN, and nothing on the way back.
void fovea_lookup(int64_t count, int64_t rows, int64_t width, const float *table, const int32_t *indices, float *y);
void fovea_lookup_gradient(int64_t count, int64_t rows, int64_t width, const float *g, const int32_t *indices,
                           float *sums);

/// Logarithms of probabilities `examples × time × classes`, label sequences `examples × labels` filled up with −1.
typedef struct {
  int64_t examples, time, classes, labels, blank;
} fovea_sequences;

size_t fovea_ctc_scratch(fovea_sequences s);
void fovea_ctc(fovea_sequences s, const float *x, const int32_t *labels, const int32_t *lengths, float *losses,
               double *scratch);
void fovea_ctc_gradient(fovea_sequences s, const float *g, const float *x, const int32_t *labels,
                        const int32_t *lengths, float *dx, double *scratch);

// Expressions of operations that look at one place at a time.

#define FOVEA_MAX_INPUTS 8
#define FOVEA_MAX_STEPS 32
#define FOVEA_MAX_REGISTERS 24

typedef enum {
  FOVEA_STEP_ADD, FOVEA_STEP_SUBTRACT, FOVEA_STEP_MULTIPLY, FOVEA_STEP_DIVIDE, FOVEA_STEP_LARGER, FOVEA_STEP_SMALLER,
  FOVEA_STEP_SCALE, FOVEA_STEP_OFFSET, FOVEA_STEP_RELU, FOVEA_STEP_TANH, FOVEA_STEP_SIGMOID,
  FOVEA_STEP_RELU_GRADIENT, FOVEA_STEP_TANH_GRADIENT, FOVEA_STEP_SIGMOID_GRADIENT,
  FOVEA_STEP_RECIPROCAL_SQUARE_ROOT, FOVEA_STEP_SQUARE_ROOT, FOVEA_STEP_EXPONENTIAL, FOVEA_STEP_EXPONENTIAL_MINUS_1,
  FOVEA_STEP_LOGARITHM, FOVEA_STEP_SOFTPLUS, FOVEA_STEP_POWER, FOVEA_STEP_ERROR_FUNCTION, FOVEA_STEP_ABSOLUTE,
  FOVEA_STEP_SIGN, FOVEA_STEP_STEP, FOVEA_STEP_CLAMP, FOVEA_STEP_CLAMP_GRADIENT,
  FOVEA_STEP_EQUAL, FOVEA_STEP_LESS, FOVEA_STEP_LESS_OR_EQUAL, FOVEA_STEP_MASK,
  FOVEA_STEP_ROUND_DOWN, FOVEA_STEP_ROUND_UP, FOVEA_STEP_ROUND_TOWARD_ZERO, FOVEA_STEP_ROUND_NEAREST,
  FOVEA_STEP_ROUND_FLOAT16, FOVEA_STEP_ROUND_BFLOAT16, FOVEA_STEP_SINE, FOVEA_STEP_COSINE, FOVEA_STEP_ARCTANGENT
} fovea_operation;

/// One operation on registers: the inputs, then the results of earlier steps. `p` and `q` are its constants; an
/// operation on one number has `b` = `a`.
typedef struct {
  fovea_operation operation;
  int32_t a, b, result;
  float p, q;
} fovea_step;

/// How an input is read: place by place, likewise as bfloat16, the same number everywhere, or with the strides of its
/// `space`.
typedef enum { FOVEA_DENSE, FOVEA_DENSE_NARROW, FOVEA_SCALAR, FOVEA_STRIDED } fovea_reading;

/// Registers 0..<inputs are the inputs, which no step overwrites; the last step's result is the expression's, in bfloat16
/// if it `gives_narrow`.
typedef struct {
  int32_t inputs, steps;
  bool gives_narrow;
  fovea_reading kind[FOVEA_MAX_INPUTS];
  fovea_strided space[FOVEA_MAX_INPUTS];
  fovea_step step[FOVEA_MAX_STEPS];
} fovea_expression;

/// A dense input may be the output, if it is as narrow.
void fovea_evaluate(const fovea_expression *e, int64_t count, const void *const *inputs, void *y);

void fovea_linear_combination(int64_t count, int terms, const float *const *x, const float *factors, float *y);
void fovea_dropout(int64_t count, float rate, uint32_t threshold, uint32_t stream, const int32_t *state,
                   const float *x, float *y);
void fovea_random_uniform(int64_t count, float lower, float upper, uint32_t stream, const int32_t *state, float *y);

// Optimizer steps.
void fovea_descend(int64_t count, const float *w, const float *d, const float *rate, float *y);
void fovea_second_moment(int64_t count, float decay, const float *v, const float *g, float *y);
void fovea_adam_descend(int64_t count, float epsilon, const float *w, const float *m, const float *v,
                        const float *rates, float *y);

// Rearrangement of four-byte elements. Tensor 0 is the input, 1 the output.
void fovea_copy_strided(fovea_strided space, const uint32_t *x, uint32_t *y);
void fovea_fill(int64_t count, float value, float *y);

/// `outer × length × inner` → `outer × inner`.
void fovea_reduce(fovea_reduction kind, int64_t outer, int64_t length, int64_t inner, const float *x, float *y);
/// g where x is the largest value y, shared equally among equals.
void fovea_largest_gradient(int64_t outer, int64_t length, int64_t inner, const float *g, const float *x,
                            const float *y, float *dx);

// Class scores: `rows × classes`.
void fovea_cross_entropy(int64_t rows, int64_t classes, const float *logits, const int32_t *labels, float *losses);
void fovea_cross_entropy_gradient(int64_t rows, int64_t classes, const float *g, const float *logits,
                                  const int32_t *labels, float *dx);
/// Labels → `rows × classes`.
void fovea_one_hot(int64_t rows, int64_t classes, const int32_t *labels, float *y);

// Numbers of places.
void fovea_float_of_integer(int64_t count, const int32_t *x, float *y);
/// Without fractions, the nearest end of what is beyond 32 bits, 0 for what is not a number.
void fovea_integer_of_float(int64_t count, const float *x, int32_t *y);
/// Of each of `count` rows of `length` numbers, where the `best` largest or smallest stand, the best first.
void fovea_best_positions(int64_t count, int64_t length, int64_t best, bool is_largest, const float *x, int32_t *y);
/// y[i] = x[i] / scale, rounded, ties to even, and kept within 0...255, or −128...127 of `int8_t` if `is_signed`.
void fovea_quantize(int64_t count, float scale, bool is_signed, const float *x, void *y);

/// y[i] = scale · x[i] for bytes, of which `is_signed` says whether they are `int8_t`.
void fovea_dequantize(int64_t count, float scale, bool is_signed, const void *x, float *y);

/// y = x / scales[column], rounded, ties to even, and kept within −127...127.
void fovea_quantize_weights(int64_t rows, int64_t columns, const float *scales, const float *x, int8_t *y);
