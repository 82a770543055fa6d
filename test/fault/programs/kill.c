/*
 * A process that is killed at a certain step: preloaded before libc, it counts the calls that change what is below a
 * folder, and ends the process by SIGKILL before the one that is meant.
 *
 * KV_KILL_BELOW=FOLDER says which folder, KV_KILL_AT=N before which call. Written, synced, cut and renamed are
 * counted, and what is removed or made; calls of all its threads together.
 * KV_KILL_LOG=FILE gets a line for each call that is made.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void *next(const char *name) {
	return dlsym(RTLD_NEXT, name);
}

static int is_below(const char *path) {
	const char *folder = getenv("KV_KILL_BELOW");
	size_t length = folder ? strlen(folder) : 0;
	return length > 0 && !strncmp(path, folder, length) && path[length] == '/';
}

/* Called before each call that changes something there. */
static void step(const char *call, const char *path) {
	static int counted;
	if (!is_below(path)) return;
	const char *at = getenv("KV_KILL_AT"), *log = getenv("KV_KILL_LOG");
	int number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
	if (at && number >= atoi(at)) {
		kill(getpid(), SIGKILL);
		/* Of another thread: nothing is done until the process has ended. */
		for (;;) pause();
	}
	if (!log) return;
	static int (*real)(const char *, int, ...);
	if (!real) real = next("open");
	int file = real(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
	dprintf(file, "%s %s\n", call, path);
	close(file);
}

static void step_on(const char *call, int fd) {
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0) return;
	path[length] = 0;
	step(call, path);
}

#define ON_FILE(result, name, parameters, ...)             \
	result name parameters {                           \
		static result(*real) parameters;           \
		if (!real) real = next(#name);             \
		step_on(#name, fd);                        \
		return real(__VA_ARGS__);                  \
	}

ON_FILE(ssize_t, write, (int fd, const void *bytes, size_t size), fd, bytes, size)
ON_FILE(ssize_t, writev, (int fd, const struct iovec *parts, int count), fd, parts, count)
ON_FILE(ssize_t, pwrite, (int fd, const void *bytes, size_t size, off_t at), fd, bytes, size, at)
ON_FILE(ssize_t, pwrite64, (int fd, const void *bytes, size_t size, off64_t at), fd, bytes, size, at)
ON_FILE(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), fd, parts, count, at)
ON_FILE(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), fd, parts, count, at)
ON_FILE(int, fsync, (int fd), fd)
ON_FILE(int, fdatasync, (int fd), fd)
ON_FILE(int, ftruncate, (int fd, off_t length), fd, length)
ON_FILE(int, ftruncate64, (int fd, off64_t length), fd, length)

#define ON_PATH(name, parameters, path, ...)               \
	int name parameters {                              \
		static int(*real) parameters;              \
		if (!real) real = next(#name);             \
		step(#name, path);                         \
		return real(__VA_ARGS__);                  \
	}

ON_PATH(rename, (const char *from, const char *to), to, from, to)
ON_PATH(link, (const char *from, const char *to), to, from, to)
ON_PATH(unlink, (const char *path), path, path)
ON_PATH(rmdir, (const char *path), path, path)
ON_PATH(mkdir, (const char *path, mode_t mode), path, path, mode)
