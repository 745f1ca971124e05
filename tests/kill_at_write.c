/* Preloaded into the leader: kills it at the N-th write (or sync) of a step's ledger, once.
 *
 * KILL_AT_WRITE   N, counted from 1 over the life of one process
 * KILL_MARK       a file that is created when the kill happens; nothing is killed if it exists
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long writes;

static int is_ledger(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return strstr(path, "/ledger.db") != NULL;
}

static void count(int fd) {
  const char* at = getenv("KILL_AT_WRITE");
  const char* mark = getenv("KILL_MARK");
  if (!at || !mark || !is_ledger(fd)) return;
  if (++writes != atol(at)) return;
  int marked = open(mark, O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (marked < 0) return;
  close(marked);
  kill(getpid(), SIGKILL);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  count(fd);
  return real(fd, data, size, offset);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  count(fd);
  return real(fd);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  count(fd);
  return real(fd);
}
