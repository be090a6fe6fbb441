#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may repeat its scans without end, each one a pass over the whole picture.
enum { maximum_scans = 500 };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf on_error;
  CImageMessage *message;
  bool has_all_rows;
} ErrorState;

enum { failed = 1, ended = 2 };

static void fail(j_common_ptr info) {
  ErrorState *state = (ErrorState *)info->err;
  char text[JMSG_LENGTH_MAX];
  state->manager.format_message(info, text);
  snprintf(state->message->text, sizeof state->message->text, "%s", text);
  longjmp(state->on_error, failed);
}

static void fail_with(j_common_ptr info, const char *text) {
  ErrorState *state = (ErrorState *)info->err;
  snprintf(state->message->text, sizeof state->message->text, "%s", text);
  longjmp(state->on_error, failed);
}

// Damage that the decoder can step over: the picture is given as far as it goes.
static void ignore_warning(j_common_ptr info, int level) {
  (void)info, (void)level;
}

// The source: all bytes are there from the start, so a request for more means that the file is cut off. After the last
// row that is harmless: only the end mark is missing.
static void source_start(j_decompress_ptr info) { (void)info; }

static boolean source_ended(j_decompress_ptr info) {
  ErrorState *state = (ErrorState *)info->err;
  if (state->has_all_rows) longjmp(state->on_error, ended);
  fail_with((j_common_ptr)info, "the file is cut off");
  return FALSE;
}

static void source_skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((size_t)count > info->src->bytes_in_buffer) source_ended(info);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static void limit_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number > maximum_scans) fail_with(info, "it has more than 500 scans");
}

typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  ErrorState error;
} Decoder;

// Reads the header and chooses the output: grey, RGB or CMYK.
static void open_decoder(Decoder *decoder, const uint8_t *data, size_t count) {
  jpeg_create_decompress(&decoder->info);
  decoder->source = (struct jpeg_source_mgr){
    .next_input_byte = data, .bytes_in_buffer = count, .init_source = source_start,
    .fill_input_buffer = source_ended, .skip_input_data = source_skip,
    .resync_to_restart = jpeg_resync_to_restart, .term_source = source_start};
  decoder->progress = (struct jpeg_progress_mgr){.progress_monitor = limit_scans};
  decoder->info.src = &decoder->source;
  decoder->info.progress = &decoder->progress;
  jpeg_read_header(&decoder->info, TRUE);
  switch (decoder->info.num_components) {
  case 1: decoder->info.out_color_space = JCS_GRAYSCALE; break;
  case 3: decoder->info.out_color_space = JCS_RGB; break;
  case 4: decoder->info.out_color_space = JCS_CMYK; break;
  default: fail_with((j_common_ptr)&decoder->info, "it has neither 1, 3 nor 4 components");
  }
}

static void prepare(Decoder *decoder, CImageMessage *message) {
  memset(decoder, 0, sizeof *decoder);
  decoder->info.err = jpeg_std_error(&decoder->error.manager);
  decoder->error.manager.error_exit = fail;
  decoder->error.manager.emit_message = ignore_warning;
  decoder->error.message = message;
}

bool c_jpeg_read_size(const uint8_t *data, size_t count, CImageSize *size, CImageMessage *message) {
  Decoder decoder;
  prepare(&decoder, message);
  if (setjmp(decoder.error.on_error)) {
    jpeg_destroy_decompress(&decoder.info);
    return false;
  }
  open_decoder(&decoder, data, count);
  *size = (CImageSize){
    decoder.info.image_width, decoder.info.image_height, decoder.info.num_components == 1 ? 1 : 3};
  jpeg_destroy_decompress(&decoder.info);
  return true;
}

// a · b / 255, rounded.
static uint8_t scaled(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return (uint8_t)((product + (product >> 8)) >> 8);
}

static void cmyk_to_rgb(const uint8_t *inverted, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x++, inverted += 4, rgb += 3) {
    unsigned white = inverted[3];
    for (int i = 0; i < 3; i++) rgb[i] = (uint8_t)(white - scaled(255u - inverted[i], white));
  }
}

bool c_jpeg_decode(
  const uint8_t *data, size_t count, const CImageSize *size, uint8_t *pixels, CImageMessage *message) {
  Decoder decoder;
  prepare(&decoder, message);
  int jump = setjmp(decoder.error.on_error);
  if (jump) {
    jpeg_destroy_decompress(&decoder.info);
    return jump == ended;
  }
  open_decoder(&decoder, data, count);
  jpeg_start_decompress(&decoder.info);
  if (decoder.info.output_width != size->width || decoder.info.output_height != size->height)
    fail_with((j_common_ptr)&decoder.info, "its size changed");

  bool cmyk = decoder.info.out_color_space == JCS_CMYK;
  size_t stride = (size_t)size->width * size->channels;
  JSAMPARRAY cmyk_row = cmyk
    ? decoder.info.mem->alloc_sarray((j_common_ptr)&decoder.info, JPOOL_IMAGE, size->width * 4, 1) : NULL;
  while (decoder.info.output_scanline < size->height) {
    JSAMPROW row = pixels + decoder.info.output_scanline * stride;
    if (cmyk) {
      jpeg_read_scanlines(&decoder.info, cmyk_row, 1);
      cmyk_to_rgb(cmyk_row[0], row, size->width);
    } else {
      jpeg_read_scanlines(&decoder.info, &row, 1);
    }
  }
  // What follows the rows must still make sense: nonsense there means that bytes before it were damaged.
  decoder.error.has_all_rows = true;
  jpeg_finish_decompress(&decoder.info);
  jpeg_destroy_decompress(&decoder.info);
  return true;
}
