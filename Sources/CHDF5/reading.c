// What is in a file, in the order of its names, as records.
#include "reading.h"

#include <errno.h>
#include <hdf5/serial/hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { maximum_depth = 32, maximum_name = 4096, maximum_objects = 1 << 20 };

typedef struct {
  int output;
  uint64_t file_count;
  // What may still be written, and what the numbers may still take up in the file.
  uint64_t content_left;
  uint64_t stored_left;
  uint32_t objects_left;
  const char *left_out;
  // The name of the object that is looked at.
  char name[maximum_name];
  size_t name_count;
  int depth;
} reading;

static void write_all(const reading *state, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(state->output, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    next += written;
    count -= (size_t)written;
  }
}

static void write_record(const reading *state, chdf5_record record, const char *attribute, const void *content) {
  record.name_count = (uint32_t)(state->name_count + (attribute ? 1 + strlen(attribute) : 0));
  write_all(state, &record, sizeof record);
  write_all(state, state->name, state->name_count);
  if (attribute) {
    write_all(state, "", 1);
    write_all(state, attribute, strlen(attribute));
  }
  write_all(state, content, record.content_count);
}

// Says what is wrong, and ends.
static void fail(const reading *state, uint32_t kind, const char *reason) {
  write_record(state, (chdf5_record){.kind = kind, .content_count = strlen(reason)}, NULL, reason);
  _exit(1);
}

static herr_t note_first(unsigned index, const H5E_error2_t *error, void *note) {
  if (index == 0 && error->desc) strncpy(note, error->desc, 255);
  return 0;
}

// Says what libhdf5 found wrong, and ends.
static void fail_as_found(const reading *state) {
  char note[256] = "";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note_first, note);
  fail(state, chdf5_damaged, note[0] ? note : "its parts do not add up");
}

// `count` of `size` bytes, if so many may still be written.
static uint64_t claim(reading *state, uint64_t count, uint64_t size) {
  uint64_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes) || bytes > state->content_left) {
    fail(state, chdf5_damaged, "it promises more than such a file can hold");
  }
  state->content_left -= bytes;
  return bytes;
}

// Our number of a type and the type in memory; 0 for what is no number.
static uint32_t numbers_type(hid_t type, hid_t *memory_type) {
  size_t size = H5Tget_size(type);
  if (H5Tget_class(type) == H5T_FLOAT) {
    *memory_type = size <= 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    return size == 2 || size == 4 ? chdf5_float32 : size == 8 ? chdf5_float64 : 0;
  }
  if (H5Tget_class(type) != H5T_INTEGER) return 0;
  int is_signed = H5Tget_sign(type) == H5T_SGN_2;
  switch (size) {
  case 1: *memory_type = is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8; return is_signed ? chdf5_int8 : chdf5_uint8;
  case 2: *memory_type = is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16; return is_signed ? chdf5_int16 : chdf5_uint16;
  case 4: *memory_type = is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32; return is_signed ? chdf5_int32 : chdf5_uint32;
  case 8: *memory_type = is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64; return is_signed ? chdf5_int64 : chdf5_uint64;
  default: return 0;
  }
}

// Only deflate, shuffle and checksums, which are libhdf5's own; whether numbers are packed by them.
static bool check_storage(const reading *state, hid_t data) {
  hid_t list = H5Dget_create_plist(data);
  if (list < 0) fail_as_found(state);
  if (H5Pget_layout(list) == H5D_VIRTUAL) fail(state, chdf5_unsupported, "its numbers lie in other data sets");
  if (H5Pget_external_count(list) > 0) fail(state, chdf5_unsupported, "its numbers lie in another file");
  bool is_packed = false;
  int filters = H5Pget_nfilters(list);
  for (int i = 0; i < filters; i++) {
    unsigned flags;
    size_t no_values = 0;
    H5Z_filter_t filter = H5Pget_filter2(list, (unsigned)i, &flags, &no_values, NULL, 0, NULL, NULL);
    if (filter == H5Z_FILTER_DEFLATE) is_packed = true;
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
      fail(state, chdf5_unsupported, "it is packed by another method than gzip's");
    }
  }
  if (filters < 0) fail_as_found(state);
  H5Pclose(list);
  return is_packed;
}

static void read_numbers(reading *state, hid_t data) {
  chdf5_record record = {.kind = chdf5_numbers};
  hid_t type = H5Dget_type(data), space = H5Dget_space(data), memory_type = -1;
  if (type < 0 || space < 0) fail_as_found(state);
  record.type = numbers_type(type, &memory_type);
  if (!record.type) fail(state, chdf5_unsupported, "it holds no numbers of 8 to 64 bits");
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > chdf5_maximum_rank || H5Sget_simple_extent_type(space) == H5S_NULL) {
    fail(state, chdf5_unsupported, "it is no array");
  }
  hsize_t sizes[chdf5_maximum_rank];
  if (H5Sget_simple_extent_dims(space, sizes, NULL) != rank) fail_as_found(state);
  uint64_t count = 1;
  for (int axis = 0; axis < rank; axis++) {
    record.sizes[axis] = sizes[axis];
    if (__builtin_mul_overflow(count, sizes[axis], &count)) {
      fail(state, chdf5_damaged, "it promises more than such a file can hold");
    }
  }
  record.rank = (uint32_t)rank;
  bool is_packed = check_storage(state, data);
  uint64_t in_file = claim(state, count, H5Tget_size(type)), stored = H5Dget_storage_size(data);
  if (count > 0 && ((!is_packed && stored < in_file) || stored == 0 || stored > state->stored_left)) {
    fail(state, chdf5_damaged, "it promises more numbers than are in the file");
  }
  state->stored_left -= count > 0 ? stored : 0;
  record.content_count = count * H5Tget_size(memory_type);
  if (record.content_count > in_file) claim(state, record.content_count - in_file, 1);
  void *content = malloc(record.content_count + 1);
  if (!content) fail(state, chdf5_damaged, "it promises more than such a file can hold");
  if (count > 0 && H5Dread(data, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content) < 0) fail_as_found(state);
  write_record(state, record, NULL, content);
  free(content);
  H5Sclose(space);
  H5Tclose(type);
}

// Texts of one attribute, of fixed length or each where it likes; others are passed over.
static void read_attribute(reading *state, hid_t attribute, const char *name) {
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  if (type < 0 || space < 0) fail_as_found(state);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (H5Tget_class(type) == H5T_STRING && count > 0) {
    bool is_variable = H5Tis_variable_str(type) > 0;
    size_t size = is_variable ? sizeof(char *) : H5Tget_size(type);
    char *values = malloc(claim(state, (uint64_t)count, size) + 1);
    hid_t memory_type = H5Tcopy(type);
    if (!values) fail(state, chdf5_damaged, "it promises more than such a file can hold");
    if (H5Aread(attribute, memory_type, values) < 0) fail_as_found(state);
    uint64_t total = 0;
    for (hssize_t i = 0; i < count; i++) {
      const char *text = is_variable ? ((char **)values)[i] : values + (size_t)i * size;
      total += text ? claim(state, (is_variable ? strlen(text) : strnlen(text, size)) + 1, 1) : 1;
    }
    char *content = malloc(total), *end = content;
    if (!content) fail(state, chdf5_damaged, "it promises more than such a file can hold");
    for (hssize_t i = 0; i < count; i++) {
      const char *text = is_variable ? ((char **)values)[i] : values + (size_t)i * size;
      size_t length = !text ? 0 : is_variable ? strlen(text) : strnlen(text, size);
      if (length) memcpy(end, text, length);
      end[length] = 0;
      end += length + 1;
    }
    write_record(state, (chdf5_record){.kind = chdf5_texts, .content_count = total}, name, content);
    free(content);
    if (is_variable) H5Dvlen_reclaim(memory_type, space, H5P_DEFAULT, values);
    free(values);
    H5Tclose(memory_type);
  }
  H5Sclose(space);
  H5Tclose(type);
}

static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
  (void)info;
  reading *state = context;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0 || strlen(name) > maximum_name) fail_as_found(state);
  read_attribute(state, attribute, name);
  H5Aclose(attribute);
  return 0;
}

static void read_group(reading *state, hid_t group);

static bool is_left_out(const reading *state, const char *name) {
  if (state->depth > 1) return false;
  for (const char *other = state->left_out; *other; other += strlen(other) + 1) {
    if (strcmp(other, name) == 0) return true;
  }
  return false;
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  reading *state = context;
  if (is_left_out(state, name)) return 0;
  size_t outer = state->name_count, length = strlen(name);
  if (state->objects_left-- == 0) fail(state, chdf5_damaged, "it has more parts than a network has layers");
  if (outer + 1 + length >= maximum_name) fail(state, chdf5_damaged, "a name in it is impossibly long");
  if (outer) state->name[state->name_count++] = '/';
  memcpy(state->name + state->name_count, name, length);
  state->name_count += length;
  if (info->type != H5L_TYPE_HARD) fail(state, chdf5_unsupported, "it is a link to another place, which is not followed");
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) fail_as_found(state);
  H5I_type_t type = H5Iget_type(object);
  if (type == H5I_GROUP) read_group(state, object);
  if (type == H5I_DATASET) read_numbers(state, object);
  H5Oclose(object);
  state->name_count = outer;
  return 0;
}

static void read_group(reading *state, hid_t group) {
  if (++state->depth > maximum_depth) fail(state, chdf5_damaged, "its groups are nested too deep");
  hsize_t attribute_index = 0, link_index = 0;
  if (H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, &attribute_index, visit_attribute, state) < 0 ||
      H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &link_index, visit_link, state) < 0) {
    fail_as_found(state);
  }
  state->depth--;
}

// libhdf5 reads the bytes where they are: no copy is made, and none of them can be changed.
static void *image_malloc(size_t count, H5FD_file_image_op_t operation, void *bytes) {
  (void)count, (void)operation;
  return bytes;
}
static void *image_memcpy(void *target, const void *source, size_t count, H5FD_file_image_op_t operation, void *bytes) {
  (void)source, (void)count, (void)operation, (void)bytes;
  return target;
}
static void *image_realloc(void *old, size_t count, H5FD_file_image_op_t operation, void *bytes) {
  (void)old, (void)count, (void)operation, (void)bytes;
  return NULL;
}
static herr_t image_free(void *old, H5FD_file_image_op_t operation, void *bytes) {
  (void)old, (void)operation, (void)bytes;
  return 0;
}
static void *same(void *bytes) { return bytes; }
static herr_t keep(void *bytes) {
  (void)bytes;
  return 0;
}

void chdf5_read(const void *bytes, size_t count, const char *left_out, int output) {
  static reading state;
  state = (reading){
      .output = output, .file_count = count, .content_left = chdf5_content_limit(count), .stored_left = count,
      .objects_left = maximum_objects, .left_out = left_out};
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(0);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5FD_file_image_callbacks_t callbacks = {image_malloc, image_memcpy, image_realloc, image_free,
                                           same,         keep,         (void *)bytes};
  H5Pset_fapl_core(access, 1 << 16, 0);
  H5Pset_file_image_callbacks(access, &callbacks);
  if (H5Pset_file_image(access, (void *)bytes, count) < 0) fail_as_found(&state);
  hid_t file = H5Fopen("weights", H5F_ACC_RDONLY, access);
  if (file < 0) fail_as_found(&state);
  hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0) fail_as_found(&state);
  read_group(&state, root);
  write_record(&state, (chdf5_record){.kind = chdf5_end}, NULL, NULL);
}
