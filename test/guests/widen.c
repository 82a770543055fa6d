/*
 * Tries to write to "in", which it is granted to read: by the handle that it is given, and by one that it
 * makes with a constructor which its own WIT adds. Then it names what every object of JavaScript has.
 */
#include "kv.h"

IMPORT(TYPES, "[constructor]bucket") u32 bucket_new(const void *, u32);
IMPORT(TYPES, "[static]bucket.to-string") void bucket_to_string(list *);

static void try_set(const char *how, u32 bucket) {
  u32 value = outgoing_new();
  handle_result result;
  outgoing_write_sync(value, "widened", 7, &result);
  eventual_set(bucket, "victim", 6, value, &result);
  print(result.failed ? "refused " : "set by ");
  print(how);
  print("\n");
}

RUN u32 run(void) {
  try_set("the handle that it was given", open_bucket("in"));
  try_set("a handle that it made", bucket_new("in", 2));
  list text;
  bucket_to_string(&text);
  print(text.length > 0 ? "read the source of the host\n" : "");
  return 0;
}
