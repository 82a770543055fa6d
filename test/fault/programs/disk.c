/*
 * A disk that fails, or is watched: preloaded before libc, it stands between a process and the calls that
 * change files named data.mdb.
 *
 * KV_DISK_FAULT=CALL:N:HOW[:on] lets the N-th call of that kind fail, counted in each process, and with
 * `:on` each one after it too. CALL is write, sync or truncate. HOW is the number of an error, or `short`,
 * for a write of which a half gets to the disk.
 *
 * KV_DISK_LOG=FILE appends what each call did: a head of four numbers of 64 bits (what: 0 write, 1 write
 * that is synced itself, 2 sync, 3 truncate; position or length; bytes that follow; the process's id).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE, WRITE_SYNCED, SYNC, TRUNCATE };

#define NAME "data.mdb"

static int is_watched(int fd) {
	char link[64], path[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	int saved = errno;
	ssize_t length = readlink(link, path, sizeof path);
	errno = saved;
	size_t name = strlen(NAME);
	return length > (ssize_t)name && !memcmp(path + length - name, NAME, name) && path[length - name - 1] == '/';
}

/* Zero, or what is to become of this call: an error's number, or -1 for a short write. */
static int fault(const char *call) {
	static const char *plan;
	static int is_read, counted;
	if (!is_read) {
		plan = getenv("KV_DISK_FAULT");
		is_read = 1;
	}
	size_t length = strlen(call);
	if (!plan || strncmp(plan, call, length) || plan[length] != ':') return 0;
	char *rest;
	long nth = strtol(plan + length + 1, &rest, 10);
	int number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
	int goes_on = strlen(rest) > 3 && !strcmp(rest + strlen(rest) - 3, ":on");
	if (number != nth && !(goes_on && number > nth)) return 0;
	return !strncmp(rest, ":short", 6) ? -1 : atoi(rest + 1);
}

static void record(int what, uint64_t position, const struct iovec *parts, int count, uint64_t bytes) {
	const char *file = getenv("KV_DISK_LOG");
	if (!file) return;
	int saved = errno;
	int log = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);
	uint64_t head[4] = {what, position, count ? bytes : 0, (uint64_t)getpid()};
	struct iovec all[1024] = {{head, sizeof head}};
	uint64_t left = head[2];
	int n = 1;
	for (int i = 0; i < count && left > 0 && n < 1024; i++, n++) {
		all[n] = parts[i];
		if (all[n].iov_len > left) all[n].iov_len = left;
		left -= all[n].iov_len;
	}
	if (left > 0 || writev(log, all, n) < 0) abort();
	close(log);
	errno = saved;
}

static int kind_of(int fd) {
	return fcntl(fd, F_GETFL) & O_DSYNC ? WRITE_SYNCED : WRITE;
}

static void *next(const char *name) {
	return dlsym(RTLD_NEXT, name);
}

static uint64_t size_of(const struct iovec *parts, int count) {
	uint64_t size = 0;
	for (int i = 0; i < count; i++) size += parts[i].iov_len;
	return size;
}

/* All writes come here, with the position where they are to go; the pieces are written one after another. */
static ssize_t put(int fd, const struct iovec *parts, int count, off_t position) {
	static ssize_t (*real)(int, const void *, size_t, off_t);
	if (!real) real = next("pwrite");
	int wrong = fault("write");
	if (wrong > 0) {
		errno = wrong;
		return -1;
	}
	uint64_t size = size_of(parts, count);
	uint64_t wanted = wrong ? size / 2 : size;
	record(kind_of(fd), position, parts, count, wanted);
	uint64_t written = 0;
	for (int i = 0; i < count && written < wanted; i++) {
		size_t length = parts[i].iov_len;
		if (length > wanted - written) length = wanted - written;
		ssize_t now = real(fd, parts[i].iov_base, length, position + written);
		if (now < 0) return written ? (ssize_t)written : -1;
		written += now;
		if ((size_t)now < length) break;
	}
	return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t position) {
	static ssize_t (*real)(int, const void *, size_t, off_t);
	if (!real) real = next("pwrite");
	if (!is_watched(fd)) return real(fd, bytes, size, position);
	struct iovec part = {(void *)bytes, size};
	return put(fd, &part, 1, position);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t position) {
	return pwrite(fd, bytes, size, position);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t position) {
	static ssize_t (*real)(int, const struct iovec *, int, off_t);
	if (!real) real = next("pwritev");
	return is_watched(fd) ? put(fd, parts, count, position) : real(fd, parts, count, position);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t position) {
	return pwritev(fd, parts, count, position);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
	static ssize_t (*real)(int, const struct iovec *, int);
	if (!real) real = next("writev");
	if (!is_watched(fd)) return real(fd, parts, count);
	off_t position = lseek(fd, 0, SEEK_CUR);
	ssize_t written = put(fd, parts, count, position);
	if (written > 0) lseek(fd, position + written, SEEK_SET);
	return written;
}

ssize_t write(int fd, const void *bytes, size_t size) {
	static ssize_t (*real)(int, const void *, size_t);
	if (!real) real = next("write");
	struct iovec part = {(void *)bytes, size};
	return is_watched(fd) ? writev(fd, &part, 1) : real(fd, bytes, size);
}

static int synced(int fd, const char *name) {
	int (*real)(int) = next(name);
	if (!is_watched(fd)) return real(fd);
	int wrong = fault("sync");
	if (wrong > 0) {
		errno = wrong;
		return -1;
	}
	int failed = real(fd);
	record(SYNC, 0, NULL, 0, 0);
	return failed;
}

int fdatasync(int fd) {
	return synced(fd, "fdatasync");
}

int fsync(int fd) {
	return synced(fd, "fsync");
}

int ftruncate(int fd, off_t length) {
	static int (*real)(int, off_t);
	if (!real) real = next("ftruncate");
	if (!is_watched(fd)) return real(fd, length);
	int wrong = fault("truncate");
	if (wrong > 0) {
		errno = wrong;
		return -1;
	}
	record(TRUNCATE, length, NULL, 0, 0);
	return real(fd, length);
}

int ftruncate64(int fd, off_t length) {
	return ftruncate(fd, length);
}
