/*
 * A file system that lacks something: preloaded before libc, it stands between a process and the calls with
 * which LMDB opens a store.
 *
 * KV_OPENING_FAULT=CALL:ERROR lets each such call fail with the number of that error. CALL is lock (fcntl on
 * lock.mdb), map-lock or map-data (shared maps of lock.mdb, of data.mdb).
 * KV_OPENING_TYPE=NUMBER is what statfs says of every file system, in hexadecimal.
 * KV_OPENING_STARTS=FILE gets a line with the name of each program that is started.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

static void *next(const char *name) {
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void started(void) {
	const char *file = getenv("KV_OPENING_STARTS");
	if (!file) return;
	int log = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);
	dprintf(log, "%s\n", program_invocation_short_name);
	close(log);
}

static int is_named(int fd, const char *name) {
	char link[64], path[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	int saved = errno;
	ssize_t length = readlink(link, path, sizeof path);
	errno = saved;
	size_t end = strlen(name);
	return length > (ssize_t)end && !memcmp(path + length - end, name, end);
}

/* Zero, or the error's number with which this call is to fail. */
static int fault(const char *call) {
	const char *plan = getenv("KV_OPENING_FAULT");
	size_t length = strlen(call);
	if (!plan || strncmp(plan, call, length) || plan[length] != ':') return 0;
	return atoi(plan + length + 1);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
	static void *(*real)(void *, size_t, int, int, int, off_t);
	if (!real) real = next("mmap");
	int wrong = 0;
	if (fd >= 0 && flags & MAP_SHARED) {
		if (is_named(fd, "/lock.mdb")) wrong = fault("map-lock");
		else if (is_named(fd, "/data.mdb")) wrong = fault("map-data");
	}
	if (!wrong) return real(at, length, protection, flags, fd, offset);
	errno = wrong;
	return MAP_FAILED;
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
	return mmap(at, length, protection, flags, fd, offset);
}

static int control(const char *name, int fd, int command, void *given) {
	int (*real)(int, int, ...) = next(name);
	int is_lock = command == F_SETLK || command == F_SETLKW || command == F_GETLK;
	int wrong = is_lock && is_named(fd, "/lock.mdb") ? fault("lock") : 0;
	if (!wrong) return real(fd, command, given);
	errno = wrong;
	return -1;
}

#define CONTROL(name)                                  \
	int name(int fd, int command, ...) {           \
		va_list list;                          \
		va_start(list, command);               \
		void *given = va_arg(list, void *);    \
		va_end(list);                          \
		return control(#name, fd, command, given); \
	}

CONTROL(fcntl)
CONTROL(fcntl64)

#define STATFS(name)                                                       \
	int name(const char *path, struct name *found) {                   \
		int (*real)(const char *, struct name *) = next(#name);    \
		int failed = real(path, found);                            \
		const char *type = getenv("KV_OPENING_TYPE");              \
		if (!failed && type) found->f_type = strtol(type, 0, 16);  \
		return failed;                                             \
	}

STATFS(statfs)
STATFS(statfs64)
