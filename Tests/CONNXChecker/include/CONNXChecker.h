// What ONNX's checker says of a model.
#ifndef CONNX_CHECKER_H
#define CONNX_CHECKER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// The complaint, to be freed; NULL if there is none. Shapes are inferred and compared too.
char *connx_check(const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif
#endif
