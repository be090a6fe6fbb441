#define ONNX_ML 1
#define ONNX_NAMESPACE onnx

#include "CONNXChecker.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cstring>
#include <exception>

char *connx_check(const void *bytes, size_t count) {
  try {
    onnx::ModelProto model;
    if (!model.ParseFromArray(bytes, static_cast<int>(count))) return strdup("it is no model");
    onnx::checker::check_model(model);
    onnx::ShapeInferenceOptions strictly(/* check_type */ true, /* strict_mode */ 1, /* data_prop */ false);
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strictly);
    return nullptr;
  } catch (const std::exception &error) {
    return strdup(error.what());
  }
}
