#ifndef CHDF5_READING_H
#define CHDF5_READING_H

#include "CHDF5.h"

// Writes the records of a file in memory to the pipe `output`. May end the process.
void chdf5_read(const void *bytes, size_t count, const char *left_out, int output);

#endif
