// Reading JPEG and PNG, writing PNG: the few calls of libjpeg-turbo and libpng that need setjmp, so that errors never
// leave C as jumps. Every function returns true, or false with a message; none keeps memory after it returns.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the file's header promises. `channels` is what decoding gives: 1 for grey, 3 for red, green, blue.
typedef struct {
  uint32_t width, height, channels;
} CImageSize;

typedef struct {
  char text[200];
} CImageMessage;

bool c_jpeg_read_size(const uint8_t *data, size_t count, CImageSize *size, CImageMessage *message);

// Decodes into `width * height * channels` bytes, row by row; `size` is what c_jpeg_read_size gave.
// CMYK is taken as inverted, as Adobe's programs write it, and turned into red, green, blue.
bool c_jpeg_decode(
  const uint8_t *data, size_t count, const CImageSize *size, uint8_t *pixels, CImageMessage *message);

bool c_png_read_size(const uint8_t *data, size_t count, CImageSize *size, CImageMessage *message);

// Decodes into `width * height * channels` bytes, row by row; `size` is what c_png_read_size gave.
// Alpha is dropped, of 16 bits the upper 8 are kept, palette entries become their colours.
bool c_png_decode(
  const uint8_t *data, size_t count, const CImageSize *size, uint8_t *pixels, CImageMessage *message);

// Hands the file's bytes to `write`, piece by piece.
bool c_png_encode(
  const uint8_t *pixels, const CImageSize *size, void *context,
  void (*write)(void *context, const uint8_t *bytes, size_t count), CImageMessage *message);

#endif
