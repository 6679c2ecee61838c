import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUpAfterTests } from './cleanup';

/** A file system with faults, preloaded into a process: no locks, a full disk, refused permissions. */

/** Puts itself between a process and the C library, for paths below ODD_BELOW; what it does is in the environment. */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int below(const char *path) {
  const char *root = getenv("ODD_BELOW");
  return root != 0 && path != 0 && strncmp(path, root, strlen(root)) == 0;
}
static int fd_below(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}
/* Blocks in the calling thread, as a dead mount does, while the flag file exists. */
static void hang(void) {
  const char *flag = getenv("ODD_HANGS_WHILE");
  while (flag != 0 && access(flag, F_OK) == 0) usleep(5000);
}
static int refuses(const char *variable) {
  const char *code = getenv(variable);
  if (code == 0) return 0;
  errno = atoi(code);
  return 1;
}
#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static int open_it(const char *name, const char *path, int flags, mode_t mode) {
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
  if (below(path)) hang();
  return real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, int); va_end(rest);
  return open_it("open", path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, int); va_end(rest);
  return open_it("open64", path, flags, mode);
}
static int lock_it(const char *name, int fd, int command, void *argument) {
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name);
  if ((command == F_SETLK || command == F_SETLKW) && fd_below(fd)) {
    hang();
    if (refuses("ODD_LOCK")) return -1;
  }
  return real(fd, command, argument);
}
int fcntl(int fd, int command, ...) {
  va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
  return lock_it("fcntl", fd, command, argument);
}
int fcntl64(int fd, int command, ...) {
  va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
  return lock_it("fcntl64", fd, command, argument);
}
int fchmod(int fd, mode_t mode) {
  REAL(int, "fchmod", int, mode_t);
  return fd_below(fd) && refuses("ODD_CHMOD") ? -1 : real(fd, mode);
}
int chmod(const char *path, mode_t mode) {
  REAL(int, "chmod", const char *, mode_t);
  return below(path) && refuses("ODD_CHMOD") ? -1 : real(path, mode);
}
int fsync(int fd) {
  REAL(int, "fsync", int);
  return fd_below(fd) && refuses("ODD_SYNC") ? -1 : real(fd);
}
int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return fd_below(fd) && refuses("ODD_SYNC") ? -1 : real(fd);
}
`;

/** What a file system can lack, as the number of the error. */
export interface Oddities {
  readonly below: string;
  readonly chmod?: number;
  readonly sync?: number;
  readonly lock?: number;
  /** While this file exists, everything below hangs. */
  readonly hangsWhile?: string;
}

/** Variables that make a directory behave like one on an odd file system, for a process that is started with them. */
export class OddFileSystem {
  private readonly folder = mkdtempSync(join(tmpdir(), 'kis-odd-'));
  private readonly library = join(this.folder, 'odd.so');

  constructor() {
    cleanUpAfterTests(() => {
      rmSync(this.folder, { recursive: true, force: true });
    });
    const source = join(this.folder, 'odd.c');
    writeFileSync(source, SOURCE);
    const { status, stderr } = spawnSync(
      'gcc',
      ['-shared', '-fPIC', '-O1', '-o', this.library, source, '-ldl'],
      {
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`gcc failed (apt-get install gcc libc6-dev): ${stderr}`);
  }

  env({ below, chmod, sync, lock, hangsWhile }: Oddities): Record<string, string> {
    const values = { ODD_CHMOD: chmod, ODD_SYNC: sync, ODD_LOCK: lock, ODD_HANGS_WHILE: hangsWhile };
    const set = Object.entries(values).filter(([, value]) => value !== undefined);
    return {
      LD_PRELOAD: this.library,
      ODD_BELOW: below,
      ...Object.fromEntries(set.map(([name, value]) => [name, String(value)])),
    };
  }
}
