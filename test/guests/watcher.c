/*
 * Follows buckets: prints `set KEY VALUE` and `delete KEY`, a line each. A key that begins with `copy/` is set again
 * under `copied/`; the value `trap` traps, `loop` never returns, `exit` exits with 3, `sleep` waits for a second; of a
 * value over 100 bytes the size is printed.
 */
#include "drafts.h"


static u32 calls;

static int is(const char *name, const void *text, u32 length) {
  return length == length_of(name) && same(text, name, length);
}

static void say(const char *what, const void *key, u32 key_length, const void *value, u32 length) {
  u32 out = get_stdout();
  write_all(out, what, length_of(what));
  write_all(out, key, key_length);
  if (value != NULL) {
    write_all(out, " ", 1);
    if (length > 100) {
      const char *digits = decimal(length);
      write_all(out, digits, length_of(digits));
    } else write_all(out, value, length);
  }
  write_all(out, "\n", 1);
  output_drop(out);
}

EXPORT("wasi:keyvalue/watcher@" VERSION "#on-set")
void on_set(u32 bucket, const char *key, u32 key_length, const void *value, u32 length) {
  calls++;
  if (is("trap", value, length)) __builtin_trap();
  if (is("loop", value, length)) for (volatile u32 forever = 1; forever;) {}
  if (is("exit", value, length)) exit_with_code(3);
  if (is("count", value, length)) value = decimal(calls), length = length_of(value);
  say("set ", key, key_length, value, length);
  if (key_length > 5 && same(key, "copy/", 5)) {
    char copied[200] = "copied/";
    for (u32 at = 5; at < key_length && at < 190; at++) copied[at + 2] = key[at];
    d_result result;
    d_set(bucket, copied, key_length + 2, value, length, &result);
    if (result.failed) say("failed ", key, key_length, NULL, 0);
  }
  d_bucket_drop(bucket);
  give_back(0);
}

EXPORT("wasi:keyvalue/watcher@" VERSION "#on-delete")
void on_delete(u32 bucket, const char *key, u32 key_length) {
  calls++;
  say("delete ", key, key_length, NULL, 0);
  d_bucket_drop(bucket);
  give_back(0);
}
