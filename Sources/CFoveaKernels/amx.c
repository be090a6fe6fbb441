#include "amx.h"

#include <sys/syscall.h>
#include <unistd.h>

enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };

// Tiles are large, so that Linux keeps them for a process only after it has asked.
static bool is_allowed(void) {
  bool exists = __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16") &&
                __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16");
  return exists && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

bool fovea_has_amx(void) {
  static int known;
  int state = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!state) __atomic_store_n(&known, state = is_allowed() ? 1 : -1, __ATOMIC_RELAXED);
  return state > 0;
}
