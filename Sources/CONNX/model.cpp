#define ONNX_ML 1
#define ONNX_NAMESPACE onnx

#include "CONNX.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <onnx/onnx_pb.h>

#include <charconv>
#include <climits>
#include <exception>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <system_error>

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::CodedInputStream;
using google::protobuf::internal::WireFormatLite;

namespace {

// A part of two bytes becomes an object of hundreds: such files are found before any object is made.
struct PartCounter {
  int64_t left;

  // Whether the message is well formed as far as it is looked at and has few enough parts.
  bool count(CodedInputStream &stream, const Descriptor *message, int depth) {
    while (uint32_t tag = stream.ReadTag()) {
      bool is_nested = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
      const FieldDescriptor *field = message->FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      if ((is_nested || !field) && --left < 0) return false;
      if (is_nested && field && field->type() == FieldDescriptor::TYPE_MESSAGE && depth > 0) {
        int length;
        if (!stream.ReadVarintSizeAsInt(&length)) return false;
        CodedInputStream::Limit limit = stream.PushLimit(length);
        if (!count(stream, field->message_type(), depth - 1)) return false;
        if (stream.BytesUntilLimit() > 0) return false;
        stream.PopLimit(limit);
      } else if (!WireFormatLite::SkipField(&stream, tag)) {
        return false;
      }
    }
    return true;
  }
};

connx_result parse(onnx::ModelProto &model, const void *bytes, size_t count) {
  google::protobuf::SetLogHandler(nullptr);
  if (count > INT_MAX) return connx_damaged;
  CodedInputStream stream(static_cast<const uint8_t *>(bytes), static_cast<int>(count));
  PartCounter counter{(1 << 20) + static_cast<int64_t>(count / 16)};
  bool is_counted = counter.count(stream, onnx::ModelProto::descriptor(), 64);
  if (counter.left < 0) return connx_too_many_parts;
  if (!is_counted || !model.ParseFromArray(bytes, static_cast<int>(count))) return connx_damaged;
  return connx_sound;
}

connx_bytes text(const std::string &string) { return {string.data(), string.size()}; }

template <typename Numbers> connx_bytes bytes(const Numbers &numbers) {
  return {reinterpret_cast<const char *>(numbers.data()), numbers.size() * sizeof(*numbers.data())};
}

template <typename Numbers> connx_integers integers(const Numbers &numbers) {
  static_assert(sizeof(*numbers.data()) == sizeof(int64_t), "protobuf's int64 is ours");
  return {reinterpret_cast<const int64_t *>(numbers.data()), static_cast<size_t>(numbers.size())};
}

// Whether the text is a number of 0 or more that fits.
bool parse_count(const std::string &text, int64_t &count) {
  const char *end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, count);
  return error == std::errc() && stop == end && count >= 0;
}

const onnx::NodeProto &of(const connx_node *node) { return *reinterpret_cast<const onnx::NodeProto *>(node); }
const onnx::AttributeProto &of(const connx_attribute *attribute) {
  return *reinterpret_cast<const onnx::AttributeProto *>(attribute);
}
const onnx::TensorProto &of(const connx_tensor *tensor) {
  return *reinterpret_cast<const onnx::TensorProto *>(tensor);
}
const onnx::ValueInfoProto &of(const connx_value *value) {
  return *reinterpret_cast<const onnx::ValueInfoProto *>(value);
}
const onnx::GraphProto &of(const connx_graph *graph) { return *reinterpret_cast<const onnx::GraphProto *>(graph); }

}  // namespace

struct connx_model {
  onnx::ModelProto proto;
};

connx_model *connx_parse(const void *bytes, size_t count, connx_result *result) {
  try {
    std::unique_ptr<connx_model> model(new connx_model);
    *result = parse(model->proto, bytes, count);
    return *result == connx_sound ? model.release() : nullptr;
  } catch (const std::bad_alloc &) {
    *result = connx_no_memory;
  } catch (const std::exception &) {
    *result = connx_damaged;
  }
  return nullptr;
}

void connx_free(connx_model *model) { delete model; }

int64_t connx_opset(const connx_model *model) {
  for (const auto &opset : model->proto.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") return opset.version();
  }
  return 0;
}

bool connx_has_functions(const connx_model *model) { return model->proto.functions_size() > 0; }
bool connx_has_sparse_initializers(const connx_model *model) {
  return model->proto.graph().sparse_initializer_size() > 0;
}
bool connx_has_graph(const connx_model *model) { return model->proto.has_graph(); }

size_t connx_node_count(const connx_model *model) { return model->proto.graph().node_size(); }
const connx_node *connx_node_at(const connx_model *model, size_t index) {
  return reinterpret_cast<const connx_node *>(&model->proto.graph().node(index));
}
connx_bytes connx_node_name(const connx_node *node) { return text(of(node).name()); }
connx_bytes connx_node_type(const connx_node *node) { return text(of(node).op_type()); }
connx_bytes connx_node_domain(const connx_node *node) { return text(of(node).domain()); }
size_t connx_node_input_count(const connx_node *node) { return of(node).input_size(); }
connx_bytes connx_node_input(const connx_node *node, size_t index) { return text(of(node).input(index)); }
size_t connx_node_output_count(const connx_node *node) { return of(node).output_size(); }
connx_bytes connx_node_output(const connx_node *node, size_t index) { return text(of(node).output(index)); }
size_t connx_node_attribute_count(const connx_node *node) { return of(node).attribute_size(); }
const connx_attribute *connx_node_attribute(const connx_node *node, size_t index) {
  return reinterpret_cast<const connx_attribute *>(&of(node).attribute(index));
}

connx_bytes connx_attribute_name(const connx_attribute *attribute) { return text(of(attribute).name()); }

connx_attribute_kind connx_attribute_kind_of(const connx_attribute *attribute) {
  const auto &proto = of(attribute);
  switch (proto.type()) {
  case onnx::AttributeProto::INT: return connx_attribute_integer;
  case onnx::AttributeProto::FLOAT: return connx_attribute_float;
  case onnx::AttributeProto::STRING: return connx_attribute_text;
  case onnx::AttributeProto::INTS: return connx_attribute_integers;
  case onnx::AttributeProto::FLOATS: return connx_attribute_floats;
  case onnx::AttributeProto::TENSOR: return connx_attribute_tensor;
  case onnx::AttributeProto::GRAPH: return connx_attribute_graph;
  case onnx::AttributeProto::UNDEFINED: break;
  default: return connx_attribute_other;
  }
  // The oldest files do not say.
  if (proto.has_i()) return connx_attribute_integer;
  if (proto.has_f()) return connx_attribute_float;
  if (proto.has_s()) return connx_attribute_text;
  if (proto.has_t()) return connx_attribute_tensor;
  if (proto.has_g()) return connx_attribute_graph;
  if (proto.ints_size() > 0) return connx_attribute_integers;
  if (proto.floats_size() > 0) return connx_attribute_floats;
  return connx_attribute_other;
}

int64_t connx_attribute_as_integer(const connx_attribute *attribute) { return of(attribute).i(); }
float connx_attribute_as_float(const connx_attribute *attribute) { return of(attribute).f(); }
connx_bytes connx_attribute_as_text(const connx_attribute *attribute) { return text(of(attribute).s()); }
connx_integers connx_attribute_as_integers(const connx_attribute *attribute) {
  return integers(of(attribute).ints());
}
connx_bytes connx_attribute_as_floats(const connx_attribute *attribute) { return bytes(of(attribute).floats()); }
const connx_tensor *connx_attribute_as_tensor(const connx_attribute *attribute) {
  return reinterpret_cast<const connx_tensor *>(&of(attribute).t());
}
const connx_graph *connx_attribute_as_graph(const connx_attribute *attribute) {
  return reinterpret_cast<const connx_graph *>(&of(attribute).g());
}

size_t connx_graph_node_count(const connx_graph *graph) { return of(graph).node_size(); }
const connx_node *connx_graph_node_at(const connx_graph *graph, size_t index) {
  return reinterpret_cast<const connx_node *>(&of(graph).node(index));
}
size_t connx_graph_output_count(const connx_graph *graph) { return of(graph).output_size(); }
const connx_value *connx_graph_output_at(const connx_graph *graph, size_t index) {
  return reinterpret_cast<const connx_value *>(&of(graph).output(index));
}
bool connx_graph_has_initializers(const connx_graph *graph) {
  return of(graph).initializer_size() > 0 || of(graph).sparse_initializer_size() > 0;
}

size_t connx_initializer_count(const connx_model *model) { return model->proto.graph().initializer_size(); }
const connx_tensor *connx_initializer_at(const connx_model *model, size_t index) {
  return reinterpret_cast<const connx_tensor *>(&model->proto.graph().initializer(index));
}
void connx_release_initializer(connx_model *model, size_t index) {
  onnx::TensorProto().Swap(model->proto.mutable_graph()->mutable_initializer(index));
}
connx_bytes connx_tensor_name(const connx_tensor *tensor) { return text(of(tensor).name()); }
int32_t connx_tensor_type(const connx_tensor *tensor) { return of(tensor).data_type(); }
connx_integers connx_tensor_dimensions(const connx_tensor *tensor) { return integers(of(tensor).dims()); }
bool connx_tensor_is_external(const connx_tensor *tensor) {
  return of(tensor).data_location() == onnx::TensorProto::EXTERNAL;
}

connx_external connx_tensor_external(const connx_tensor *tensor) {
  connx_external external{{nullptr, 0}, -1, -1, true};
  for (const auto &entry : of(tensor).external_data()) {
    if (entry.key() == "location") external.location = text(entry.value());
    if (entry.key() == "offset") external.is_sound &= parse_count(entry.value(), external.offset);
    if (entry.key() == "length") external.is_sound &= parse_count(entry.value(), external.length);
  }
  return external;
}

connx_elements connx_tensor_elements(const connx_tensor *tensor) {
  const auto &proto = of(tensor);
  return {text(proto.raw_data()),    bytes(proto.float_data()), bytes(proto.double_data()),
          bytes(proto.int32_data()), bytes(proto.int64_data()), bytes(proto.uint64_data())};
}

size_t connx_input_count(const connx_model *model) { return model->proto.graph().input_size(); }
const connx_value *connx_input_at(const connx_model *model, size_t index) {
  return reinterpret_cast<const connx_value *>(&model->proto.graph().input(index));
}
size_t connx_output_count(const connx_model *model) { return model->proto.graph().output_size(); }
const connx_value *connx_output_at(const connx_model *model, size_t index) {
  return reinterpret_cast<const connx_value *>(&model->proto.graph().output(index));
}
connx_bytes connx_value_name(const connx_value *value) { return text(of(value).name()); }
int32_t connx_value_type(const connx_value *value) {
  return of(value).type().has_tensor_type() ? of(value).type().tensor_type().elem_type() : 0;
}
int64_t connx_value_rank(const connx_value *value) {
  const auto &type = of(value).type();
  return type.has_tensor_type() && type.tensor_type().has_shape() ? type.tensor_type().shape().dim_size() : -1;
}
int64_t connx_value_dimension(const connx_value *value, size_t axis) {
  const auto &dimension = of(value).type().tensor_type().shape().dim(axis);
  return dimension.has_dim_value() ? dimension.dim_value() : -1;
}

namespace {

using Read = connx_bytes (*)(void *context, const connx_tensor *tensor);

// Puts the elements into the tensor if they lie in another file; whether they could be read.
bool take_in(onnx::TensorProto &tensor, Read read, void *context) {
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return true;
  connx_bytes bytes = read(context, reinterpret_cast<const connx_tensor *>(&tensor));
  if (!bytes.start) return false;
  tensor.set_raw_data(bytes.start, bytes.count);
  tensor.clear_external_data();
  tensor.clear_data_location();
  return true;
}

// Likewise those of the constants in a graph, and in the graphs within.
bool take_in_constants(onnx::GraphProto &graph, Read read, void *context) {
  for (auto &node : *graph.mutable_node()) {
    for (auto &attribute : *node.mutable_attribute()) {
      if (attribute.has_t() && !take_in(*attribute.mutable_t(), read, context)) return false;
      if (attribute.has_g() && !take_in_constants(*attribute.mutable_g(), read, context)) return false;
    }
  }
  return true;
}

}  // namespace

connx_result connx_strip(
    const void *bytes, size_t count, const char *names, size_t names_count, const char *location, Read read,
    void (*write)(void *context, connx_bytes bytes), void *context) {
  try {
    onnx::ModelProto model;
    connx_result result = parse(model, bytes, count);
    if (result != connx_sound) return result;
    std::set<std::string> stripped;
    for (const char *name = names; name < names + names_count;) {
      std::string text(name);
      name += text.size() + 1;
      stripped.insert(std::move(text));
    }
    for (auto &tensor : *model.mutable_graph()->mutable_initializer()) {
      if (!stripped.count(tensor.name())) {
        if (!take_in(tensor, read, context)) return connx_damaged;
        continue;
      }
      onnx::TensorProto bare;
      bare.set_name(tensor.name());
      bare.set_data_type(tensor.data_type());
      bare.mutable_dims()->CopyFrom(tensor.dims());
      bare.set_data_location(onnx::TensorProto::EXTERNAL);
      auto *entry = bare.add_external_data();
      entry->set_key("location");
      entry->set_value(location);
      tensor.Swap(&bare);
    }
    if (!take_in_constants(*model.mutable_graph(), read, context)) return connx_damaged;
    std::string text;
    if (!model.SerializeToString(&text)) return connx_damaged;
    write(context, {text.data(), text.size()});
    return connx_sound;
  } catch (const std::bad_alloc &) {
    return connx_no_memory;
  } catch (const std::exception &) {
    return connx_damaged;
  }
}
