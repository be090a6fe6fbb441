// Parts of an ONNX model, read from its bytes by ONNX's own protobuf classes.
//
// Nothing here throws or ends the process, whatever the bytes are. Pointers live as long as the model.
#ifndef CONNX_H
#define CONNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that another owns, not ended by a zero.
typedef struct {
  const char *start;
  size_t count;
} connx_bytes;

typedef struct {
  const int64_t *start;
  size_t count;
} connx_integers;

typedef struct connx_model connx_model;
typedef struct connx_node connx_node;
typedef struct connx_attribute connx_attribute;
typedef struct connx_tensor connx_tensor;
typedef struct connx_value connx_value;
// A graph in a node: a branch.
typedef struct connx_graph connx_graph;

typedef enum {
  connx_sound,
  // The bytes are no protobuf message of a model.
  connx_damaged,
  // They ask for far more memory than they have bytes.
  connx_too_many_parts,
  connx_no_memory
} connx_result;

// NULL unless the result is `connx_sound`.
connx_model *connx_parse(const void *bytes, size_t count, connx_result *result);
void connx_free(connx_model *model);

// The version of the operators without a domain; 0 if the model names none.
int64_t connx_opset(const connx_model *model);
// Whether the model has what is not read here: functions of its own, sparse initializers.
bool connx_has_functions(const connx_model *model);
bool connx_has_sparse_initializers(const connx_model *model);
bool connx_has_graph(const connx_model *model);

size_t connx_node_count(const connx_model *model);
const connx_node *connx_node_at(const connx_model *model, size_t index);
connx_bytes connx_node_name(const connx_node *node);
connx_bytes connx_node_type(const connx_node *node);
connx_bytes connx_node_domain(const connx_node *node);
size_t connx_node_input_count(const connx_node *node);
connx_bytes connx_node_input(const connx_node *node, size_t index);
size_t connx_node_output_count(const connx_node *node);
connx_bytes connx_node_output(const connx_node *node, size_t index);
size_t connx_node_attribute_count(const connx_node *node);
const connx_attribute *connx_node_attribute(const connx_node *node, size_t index);

typedef enum {
  connx_attribute_other,
  connx_attribute_integer,
  connx_attribute_float,
  connx_attribute_text,
  connx_attribute_integers,
  connx_attribute_floats,
  connx_attribute_tensor,
  connx_attribute_graph
} connx_attribute_kind;

connx_bytes connx_attribute_name(const connx_attribute *attribute);
connx_attribute_kind connx_attribute_kind_of(const connx_attribute *attribute);
int64_t connx_attribute_as_integer(const connx_attribute *attribute);
float connx_attribute_as_float(const connx_attribute *attribute);
connx_bytes connx_attribute_as_text(const connx_attribute *attribute);
connx_integers connx_attribute_as_integers(const connx_attribute *attribute);
// The bytes of float32 numbers.
connx_bytes connx_attribute_as_floats(const connx_attribute *attribute);
const connx_tensor *connx_attribute_as_tensor(const connx_attribute *attribute);
const connx_graph *connx_attribute_as_graph(const connx_attribute *attribute);

size_t connx_graph_node_count(const connx_graph *graph);
const connx_node *connx_graph_node_at(const connx_graph *graph, size_t index);
size_t connx_graph_output_count(const connx_graph *graph);
const connx_value *connx_graph_output_at(const connx_graph *graph, size_t index);
// Whether it has initializers of its own, of any kind.
bool connx_graph_has_initializers(const connx_graph *graph);

// What a tensor's elements are; the numbers of TensorProto.DataType.
enum {
  connx_float32 = 1, connx_uint8 = 2, connx_int8 = 3, connx_uint16 = 4, connx_int16 = 5, connx_int32 = 6,
  connx_int64 = 7, connx_bool = 9, connx_float16 = 10, connx_float64 = 11, connx_uint32 = 12, connx_uint64 = 13,
  connx_bfloat16 = 16
};

// Where the elements lie: the bytes of each field, one of which a sound tensor uses.
typedef struct {
  // Little-endian elements as `type` has them.
  connx_bytes raw;
  connx_bytes floats;
  connx_bytes doubles;
  // Integers below 64 bits, truth values, and the bits of 16-bit floats: int32 each.
  connx_bytes int32s;
  connx_bytes int64s;
  connx_bytes uint64s;
} connx_elements;

size_t connx_initializer_count(const connx_model *model);
const connx_tensor *connx_initializer_at(const connx_model *model, size_t index);
// Frees the elements of an initializer.
void connx_release_initializer(connx_model *model, size_t index);
connx_bytes connx_tensor_name(const connx_tensor *tensor);
int32_t connx_tensor_type(const connx_tensor *tensor);
connx_integers connx_tensor_dimensions(const connx_tensor *tensor);
// Whether the elements lie in another file.
bool connx_tensor_is_external(const connx_tensor *tensor);

// Where in another file the elements lie.
typedef struct {
  // The file, from the model's folder; empty if the tensor does not say.
  connx_bytes location;
  // Bytes; −1 if the tensor does not say, which means 0.
  int64_t offset;
  // Bytes; −1 if the tensor does not say.
  int64_t length;
  // Whether the numbers above are numbers of 0 or more.
  bool is_sound;
} connx_external;

connx_external connx_tensor_external(const connx_tensor *tensor);
connx_elements connx_tensor_elements(const connx_tensor *tensor);

size_t connx_input_count(const connx_model *model);
const connx_value *connx_input_at(const connx_model *model, size_t index);
size_t connx_output_count(const connx_model *model);
const connx_value *connx_output_at(const connx_model *model, size_t index);
connx_bytes connx_value_name(const connx_value *value);
// The number of its element type; 0 if it is no tensor.
int32_t connx_value_type(const connx_value *value);
// The number of dimensions; −1 if it is not known.
int64_t connx_value_rank(const connx_value *value);
// −1 if it is not known.
int64_t connx_value_dimension(const connx_value *value, size_t axis);

// The model without the elements of some initializers, which then lie in the file `location`; all other elements lie in
// the model.
//
// `names` are one after another, each ended by a zero. `read` gives the elements of a tensor that lie in another file, or
// no bytes if it cannot, and then the result is `connx_damaged`. `write` gets the bytes once.
connx_result connx_strip(
    const void *bytes, size_t count, const char *names, size_t names_count, const char *location,
    connx_bytes (*read)(void *context, const connx_tensor *tensor), void (*write)(void *context, connx_bytes bytes),
    void *context);

#ifdef __cplusplus
}
#endif

// Behind the types that it shares: the one header of the module.
#include "CONNXWriter.h"

#endif
