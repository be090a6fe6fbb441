// What glibc offers only to programs that define _GNU_SOURCE, which Swift's Glibc module does not.
#ifndef C_FILE_SYSTEM_H
#define C_FILE_SYSTEM_H

// Swaps what two paths name in one step; 0, or -1 with errno.
int c_exchange_paths(const char *a, const char *b);

#endif
