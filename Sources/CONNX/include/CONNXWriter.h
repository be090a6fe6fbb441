// An ONNX model, put together part by part with ONNX's own protobuf classes, and written.
//
// Nothing here throws. The first failure, for want of memory, is kept and told by `connx_writer_write`.
#ifndef CONNX_WRITER_H
#define CONNX_WRITER_H

#include "CONNX.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct connx_writer connx_writer;

// NULL if there is no memory.
connx_writer *connx_writer_new(const char *producer, int64_t ir_version, int64_t opset);
void connx_writer_free(connx_writer *writer);

// `type` is one of TensorProto.DataType; a dimension of −1 is any size, called `open_name`.
void connx_writer_add_input(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    const char *open_name);
void connx_writer_add_output(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    const char *open_name);

// Little-endian elements, as `type` has them.
void connx_writer_add_initializer(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank, connx_bytes elements);

// `inputs` and `outputs` are names one after another, each ended by a zero.
void connx_writer_add_node(
    connx_writer *writer, const char *type, const char *name, connx_bytes inputs, connx_bytes outputs);
// Attributes of the node that was added last.
void connx_writer_add_integer(connx_writer *writer, const char *name, int64_t value);
void connx_writer_add_float(connx_writer *writer, const char *name, float value);
void connx_writer_add_text(connx_writer *writer, const char *name, const char *value);
void connx_writer_add_integers(connx_writer *writer, const char *name, const int64_t *values, size_t count);
void connx_writer_add_floats(connx_writer *writer, const char *name, const float *values, size_t count);

typedef enum {
  connx_written,
  connx_writer_no_memory,
  // A protobuf message ends at 2 GiB.
  connx_writer_too_large,
  // `write` returned false.
  connx_writer_stopped
} connx_writer_result;

// `write` gets the bytes in parts, and returns whether it took them.
connx_writer_result connx_writer_write(
    const connx_writer *writer, bool (*write)(void *context, connx_bytes bytes), void *context);

#ifdef __cplusplus
}
#endif
#endif
