// The numbers and texts of an HDF5 file, read by libhdf5 in a process of its own.
//
// libhdf5 reads and writes outside its memory where a file is damaged. The process that it does so in is a copy of the
// caller's, which has limits of time and memory, can write to nothing but one pipe, and ends with the file.
#ifndef CHDF5_H
#define CHDF5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { chdf5_maximum_rank = 32 };

// What a record is.
enum {
  // The numbers of a data set: of the object `name`.
  chdf5_numbers = 1,
  // Texts, each ended by a zero: of the attribute that follows the object's name and a zero.
  chdf5_texts = 2,
  // Something in the file that is not read: the content says why, the name of which object.
  chdf5_unsupported = 3,
  // The file does not add up: the content says why.
  chdf5_damaged = 4,
  // Nothing follows; without it, the reader has died.
  chdf5_end = 5
};

// What numbers are.
enum {
  chdf5_float32 = 1, chdf5_float64, chdf5_int8, chdf5_int16, chdf5_int32, chdf5_int64,
  chdf5_uint8, chdf5_uint16, chdf5_uint32, chdf5_uint64
};

// Followed by the name, then the content.
typedef struct {
  uint32_t kind;
  uint32_t type;
  uint32_t rank;
  uint32_t name_count;
  uint64_t content_count;
  uint64_t sizes[chdf5_maximum_rank];
} chdf5_record;

typedef struct {
  pid_t process;
  // Records come from here.
  int pipe;
} chdf5_reader;

// What all content together may be, in bytes, for a file of so many: packed numbers included.
uint64_t chdf5_content_limit(uint64_t file_count);

// Begins to read a file of which the bytes are in memory, and stay there until the end.
//
// `left_out` are names of objects at the top that are passed over, one after another, each ended by a zero, all by
// another. Returns 0, or the number of an error of the system.
int chdf5_begin(const void *bytes, size_t count, const char *left_out, chdf5_reader *reader);

// Ends the reader, whatever it does. Whether it had used up its time.
bool chdf5_finish(chdf5_reader reader);

#ifdef __cplusplus
}
#endif
#endif
