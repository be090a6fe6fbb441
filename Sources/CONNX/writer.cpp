#define ONNX_ML 1
#define ONNX_NAMESPACE onnx

#include "CONNXWriter.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <cstring>
#include <exception>
#include <new>

struct connx_writer {
  onnx::ModelProto model;
  bool has_failed = false;

  // Runs `body`; what it throws is remembered.
  template <typename Body> void run(Body body) {
    if (has_failed) return;
    try {
      body(*model.mutable_graph());
    } catch (const std::exception &) {
      has_failed = true;
    }
  }

  template <typename Body> void attribute(const char *name, onnx::AttributeProto::AttributeType type, Body body) {
    run([&](onnx::GraphProto &graph) {
      auto *attribute = graph.mutable_node(graph.node_size() - 1)->add_attribute();
      attribute->set_name(name);
      attribute->set_type(type);
      body(*attribute);
    });
  }
};

namespace {

void describe(
    onnx::ValueInfoProto &value, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    const char *open_name) {
  value.set_name(name);
  auto *tensor = value.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  auto *shape = tensor->mutable_shape();
  for (size_t axis = 0; axis < rank; axis++) {
    auto *dimension = shape->add_dim();
    if (dimensions[axis] < 0)
      dimension->set_dim_param(open_name);
    else
      dimension->set_dim_value(dimensions[axis]);
  }
}

template <typename Add> void each_name(connx_bytes names, Add add) {
  for (const char *name = names.start, *end = names.start + names.count; name < end; name += std::strlen(name) + 1)
    add(name);
}

class Target : public google::protobuf::io::CopyingOutputStream {
 public:
  Target(bool (*write)(void *, connx_bytes), void *context) : write_(write), context_(context) {}
  bool Write(const void *buffer, int size) override {
    return write_(context_, {static_cast<const char *>(buffer), static_cast<size_t>(size)});
  }

 private:
  bool (*write_)(void *, connx_bytes);
  void *context_;
};

}  // namespace

connx_writer *connx_writer_new(const char *producer, int64_t ir_version, int64_t opset) {
  auto *writer = new (std::nothrow) connx_writer;
  if (!writer) return nullptr;
  writer->run([&](onnx::GraphProto &graph) {
    writer->model.set_ir_version(ir_version);
    writer->model.set_producer_name(producer);
    auto *version = writer->model.add_opset_import();
    version->set_domain("");
    version->set_version(opset);
    graph.set_name(producer);
  });
  return writer;
}

void connx_writer_free(connx_writer *writer) { delete writer; }

void connx_writer_add_input(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    const char *open_name) {
  writer->run([&](onnx::GraphProto &graph) { describe(*graph.add_input(), name, type, dimensions, rank, open_name); });
}

void connx_writer_add_output(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    const char *open_name) {
  writer->run([&](onnx::GraphProto &graph) { describe(*graph.add_output(), name, type, dimensions, rank, open_name); });
}

void connx_writer_add_initializer(
    connx_writer *writer, const char *name, int32_t type, const int64_t *dimensions, size_t rank,
    connx_bytes elements) {
  writer->run([&](onnx::GraphProto &graph) {
    auto *tensor = graph.add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (size_t axis = 0; axis < rank; axis++) tensor->add_dims(dimensions[axis]);
    tensor->set_raw_data(elements.start, elements.count);
  });
}

void connx_writer_add_node(
    connx_writer *writer, const char *type, const char *name, connx_bytes inputs, connx_bytes outputs) {
  writer->run([&](onnx::GraphProto &graph) {
    auto *node = graph.add_node();
    node->set_op_type(type);
    node->set_name(name);
    each_name(inputs, [&](const char *input) { node->add_input(input); });
    each_name(outputs, [&](const char *output) { node->add_output(output); });
  });
}

void connx_writer_add_integer(connx_writer *writer, const char *name, int64_t value) {
  writer->attribute(name, onnx::AttributeProto::INT, [&](onnx::AttributeProto &a) { a.set_i(value); });
}

void connx_writer_add_float(connx_writer *writer, const char *name, float value) {
  writer->attribute(name, onnx::AttributeProto::FLOAT, [&](onnx::AttributeProto &a) { a.set_f(value); });
}

void connx_writer_add_text(connx_writer *writer, const char *name, const char *value) {
  writer->attribute(name, onnx::AttributeProto::STRING, [&](onnx::AttributeProto &a) { a.set_s(value); });
}

void connx_writer_add_integers(connx_writer *writer, const char *name, const int64_t *values, size_t count) {
  writer->attribute(name, onnx::AttributeProto::INTS, [&](onnx::AttributeProto &a) {
    for (size_t i = 0; i < count; i++) a.add_ints(values[i]);
  });
}

void connx_writer_add_floats(connx_writer *writer, const char *name, const float *values, size_t count) {
  writer->attribute(name, onnx::AttributeProto::FLOATS, [&](onnx::AttributeProto &a) {
    for (size_t i = 0; i < count; i++) a.add_floats(values[i]);
  });
}

connx_writer_result connx_writer_write(
    const connx_writer *writer, bool (*write)(void *context, connx_bytes bytes), void *context) {
  if (writer->has_failed) return connx_writer_no_memory;
  try {
    if (writer->model.ByteSizeLong() > INT_MAX) return connx_writer_too_large;
    Target target(write, context);
    google::protobuf::io::CopyingOutputStreamAdaptor stream(&target, 1 << 20);
    bool is_written = writer->model.SerializeToZeroCopyStream(&stream) && stream.Flush();
    return is_written ? connx_written : connx_writer_stopped;
  } catch (const std::exception &) {
    return connx_writer_no_memory;
  }
}
