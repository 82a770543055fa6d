/*
 * Opens each of the buckets that its arguments name, reads the key "key", and tries every write. It
 * says what came of each.
 */
#include "kv.h"

static u32 bucket;

static void say_list(const list *text) {
  u32 output = get_stdout();
  write_all(output, text->data, text->length);
  output_drop(output);
}

static void say(const char *what, u32 failed, u32 error) {
  print("  ");
  print(what);
  print(": ");
  if (failed) {
    list trace;
    error_trace(error, &trace);
    say_list(&trace);
  } else {
    print("done");
  }
  print("\n");
}

static void read_key(void) {
  option_result value;
  eventual_get(bucket, "key", 3, &value);
  print("  key: ");
  if (value.failed || !value.some) {
    print("none\n");
    return;
  }
  list_result body;
  incoming_consume_sync(value.value, &body);
  say_list(&body.value);
  print("\n");
}

static void try_writes(void) {
  handle_result result;
  u32 value = outgoing_new();
  outgoing_write_sync(value, "written", 7, &result);
  eventual_set(bucket, "key", 3, value, &result);
  say("set", result.failed, result.value);
  pair pairs[] = {{{"many", 4}, value}};
  batch_set_many(bucket, pairs, 1, &result);
  say("set-many", result.failed, result.value);
  list keys[] = {{"many", 4}};
  batch_delete_many(bucket, keys, 1, &result);
  say("delete-many", result.failed, result.value);
  u64_result sum;
  atomic_increment(bucket, "n", 1, 1, &sum);
  say("increment", sum.failed, sum.error);
  atomic_compare_and_swap(bucket, "n", 1, 1, 2, &result);
  say("compare-and-swap", result.failed, result.value);
  eventual_delete(bucket, "n", 1, &result);
  say("delete", result.failed, result.value);
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  const list *words = arguments.data;
  for (u32 i = 1; i < arguments.length; i++) {
    say_list(&words[i]);
    print("\n");
    handle_result opened;
    bucket_open(words[i].data, words[i].length, &opened);
    say("open", opened.failed, opened.value);
    if (opened.failed) continue;
    bucket = opened.value;
    read_key();
    try_writes();
  }
  return 0;
}
