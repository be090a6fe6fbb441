#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

typedef struct {
  const uint8_t *next;
  size_t left;
  bool has_end;
} Source;

// A file with its end mark was not cut off: where it seems too short, the lengths in it are wrong.
static Source source_of(const uint8_t *data, size_t count) {
  return (Source){data, count, count >= 12 && memcmp(data + count - 8, "IEND", 4) == 0};
}

static void fail(png_structp png, png_const_charp text) {
  CImageMessage *message = png_get_error_ptr(png);
  snprintf(message->text, sizeof message->text, "%s", text);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->left)
    png_error(png, source->has_end ? "bytes in it are missing or damaged" : "the file is cut off");
  memcpy(bytes, source->next, count);
  source->next += count;
  source->left -= count;
}

// Reads everything before the pixels and sets up the conversion to 8-bit grey or RGB; palette indices stay indices.
static void open_decoder(png_structp png, png_infop info, Source *source) {
  png_set_read_fn(png, source, read_bytes);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // A wrong checksum is damage, wherever it is.
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // Profiles and text say nothing about the pixels asked for here.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, info);
  int type = png_get_color_type(png, info);
  png_set_packing(png);
  if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (png_get_bit_depth(png, info) == 16) png_set_strip_16(png);
  if (type & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(png);
}

bool c_png_read_size(const uint8_t *data, size_t count, CImageSize *size, CImageMessage *message) {
  Source source = source_of(data, count);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message->text, sizeof message->text, "no memory for the PNG decoder");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return false;
  }
  open_decoder(png, info, &source);
  *size = (CImageSize){
    png_get_image_width(png, info), png_get_image_height(png, info),
    png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR ? 3 : 1};
  png_destroy_read_struct(&png, &info, NULL);
  return true;
}

// Replaces the indices at the start of a row by their colours, from the last to the first.
static void colour_row(uint8_t *row, uint32_t width, const uint8_t colours[256][3]) {
  for (uint32_t x = width; x-- > 0;) memcpy(row + 3 * (size_t)x, colours[row[x]], 3);
}

bool c_png_decode(
  const uint8_t *data, size_t count, const CImageSize *size, uint8_t *pixels, CImageMessage *message) {
  Source source = source_of(data, count);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message->text, sizeof message->text, "no memory for the PNG decoder");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return false;
  }
  open_decoder(png, info, &source);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = (size_t)size->width * size->channels;
  if (png_get_image_height(png, info) != size->height || png_get_rowbytes(png, info) > stride)
    png_error(png, "its size changed");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < size->height; y++) png_read_row(png, pixels + y * stride, NULL);

  if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE) {
    uint8_t colours[256][3] = {0};  // an index without an entry is black
    png_colorp palette;
    int entries = 0;
    png_get_PLTE(png, info, &palette, &entries);
    for (int i = 0; i < entries; i++)
      memcpy(colours[i], (uint8_t[]){palette[i].red, palette[i].green, palette[i].blue}, 3);
    for (uint32_t y = 0; y < size->height; y++) colour_row(pixels + y * stride, size->width, colours);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return true;
}

typedef struct {
  void *context;
  void (*write)(void *context, const uint8_t *bytes, size_t count);
} Sink;

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  sink->write(sink->context, bytes, count);
}

static void flush_nothing(png_structp png) { (void)png; }

bool c_png_encode(
  const uint8_t *pixels, const CImageSize *size, void *context,
  void (*write)(void *context, const uint8_t *bytes, size_t count), CImageMessage *message) {
  Sink sink = {context, write};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    snprintf(message->text, sizeof message->text, "no memory for the PNG encoder");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(
    png, info, size->width, size->height, 8, size->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  size_t stride = (size_t)size->width * size->channels;
  for (uint32_t y = 0; y < size->height; y++) png_write_row(png, pixels + y * stride);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  return true;
}
