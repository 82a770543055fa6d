/*
 * Tries what a guest has not been granted, by the C library, and then by WASI itself a socket. It
 * says what it got, a line each.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

__attribute__((import_module("wasi:sockets/tcp-create-socket@0.2.1"),
               import_name("create-tcp-socket"))) void
create_tcp_socket(int family, unsigned char *result);

static void say(const char *what, int got) { printf("%s %s\n", got ? "got" : "refused", what); }

static void try_reading(const char *path) {
  char bytes[64];
  int file = open(path, O_RDONLY);
  say(path, file >= 0 && read(file, bytes, sizeof bytes) > 0);
}

int main(int count, char **words) {
  (void)words;
  try_reading("/etc/passwd");
  try_reading("/proc/self/environ");
  try_reading("/tmp/../etc/passwd");

  const char *path = "/tmp/kv-probe";
  int file = open(path, O_WRONLY | O_CREAT, 0600);
  say("writing /tmp", file >= 0 && write(file, "x", 1) == 1);
  unlink(path);
  say("making a folder", mkdir("/tmp/kv-probe-folder", 0700) == 0);
  rmdir("/tmp/kv-probe-folder");

  struct stat root;
  say("opening /", open("/", O_RDONLY | O_DIRECTORY) >= 0 || stat("/", &root) == 0);
  DIR *folder = opendir("/etc");
  say("listing /etc", folder != NULL && readdir(folder) != NULL);
  say("the environment", environ != NULL && environ[0] != NULL);
  say("KV_STORE", getenv("KV_STORE") != NULL);
  say("arguments of the host", count > 1);
  fflush(stdout);

  unsigned char result[8] = {1};
  create_tcp_socket(0, result);
  say("a socket", result[0] == 0);
  return 0;
}
