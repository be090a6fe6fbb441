// A copy of the process, in which a file is read.
#define _GNU_SOURCE
#include "reading.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Weights hardly shrink when packed. More than this is no file of weights.
uint64_t chdf5_content_limit(uint64_t file_count) {
  return file_count > UINT64_MAX / 64 ? UINT64_MAX : 64 * file_count;
}

// How much address space the process has, in bytes.
static uint64_t address_space(void) {
  unsigned long long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return 0;
  if (fscanf(file, "%llu", &pages) != 1) pages = 0;
  fclose(file);
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit(int what, uint64_t most) {
  struct rlimit bounds = {most, most};
  setrlimit(what, &bounds);
}

// Only what the reading needs: one pipe, bounded memory and time, and an end without a word.
static void confine(int pipe, uint64_t file_count) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int signal_number = 1; signal_number < 32; signal_number++) signal(signal_number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int nowhere = open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; standard++) dup2(nowhere, standard);
  dup2(pipe, 3);
  close_range(4, ~0U, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, 2 + file_count / (32 << 20));
  uint64_t used = address_space();
  if (used) limit(RLIMIT_AS, used + ((uint64_t)256 << 20) + chdf5_content_limit(file_count));
}

int chdf5_begin(const void *bytes, size_t count, const char *left_out, chdf5_reader *reader) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  pid_t process = fork();
  if (process < 0) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return error;
  }
  if (process == 0) {
    confine(ends[1], count);
    chdf5_read(bytes, count, left_out, 3);
    _exit(0);
  }
  close(ends[1]);
  *reader = (chdf5_reader){process, ends[0]};
  return 0;
}

bool chdf5_finish(chdf5_reader reader) {
  close(reader.pipe);
  kill(reader.process, SIGKILL);  // it may still have more to say than was listened to; one that has ended stays as it is
  int status = 0;
  while (waitpid(reader.process, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
}
