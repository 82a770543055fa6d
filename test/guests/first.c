/*
 * wasi:keyvalue 0.1.0, whose values are consumed by methods: reads the key "outside", sets "key" to the
 * same bytes, and prints them with a counter. It ends with err where something is not as it says.
 */
#include "kv.h"

#define ERROR1 "wasi:keyvalue/wasi-keyvalue-error@0.1.0"
#define TYPES1 "wasi:keyvalue/types@0.1.0"
#define EVENTUAL1 "wasi:keyvalue/eventual@0.1.0"
#define ATOMIC1 "wasi:keyvalue/atomic@0.1.0"
#define BATCH1 "wasi:keyvalue/eventual-batch@0.1.0"

IMPORT(ERROR1, "[method]error.trace") void error1_trace(u32, list *);
IMPORT(TYPES1, "[static]bucket.open-bucket") void bucket1_open(const void *, u32, handle_result *);
IMPORT(TYPES1, "[static]outgoing-value.new-outgoing-value") u32 outgoing1_new(void);
IMPORT(TYPES1, "[method]outgoing-value.outgoing-value-write-body-sync")
void outgoing1_write_sync(u32, const void *, u32, handle_result *);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-consume-sync")
void incoming1_consume_sync(u32, list_result *);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-consume-async")
void incoming1_consume_async(u32, handle_result *);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-size") void incoming1_size(u32, u64_result *);
IMPORT(TYPES1, "[resource-drop]incoming-value") void incoming1_drop(u32);
IMPORT(EVENTUAL1, "get") void eventual1_get(u32, const void *, u32, option_result *);
IMPORT(EVENTUAL1, "set") void eventual1_set(u32, const void *, u32, u32, handle_result *);
IMPORT(ATOMIC1, "increment") void atomic1_increment(u32, const void *, u32, u64, u64_result *);
IMPORT(BATCH1, "keys") void batch1_keys(u32, list_result *);

static u32 fail(u32 line) {
  complain("first.c:");
  complain(decimal(line));
  complain("\n");
  return 1;
}
#define CHECK(holds) \
  if (!(holds)) return fail(__LINE__)

RUN u32 run(void) {
  handle_result done;
  bucket1_open("nowhere", 7, &done);
  CHECK(done.failed);
  list trace;
  error1_trace(done.value, &trace);
  CHECK(trace.length > 0);
  bucket1_open("default", 7, &done);
  CHECK(!done.failed);
  u32 bucket = done.value;

  option_result got;
  eventual1_get(bucket, "outside", 7, &got);
  CHECK(!got.failed && got.some);
  u64_result size;
  incoming1_size(got.value, &size);
  CHECK(!size.failed && size.value == 3);
  list_result body;
  incoming1_consume_sync(got.value, &body);
  CHECK(!body.failed && body.value.length == 3);
  list_result again;
  incoming1_consume_sync(got.value, &again);
  CHECK(again.failed);
  incoming1_drop(got.value);

  eventual1_get(bucket, "outside", 7, &got);
  incoming1_consume_async(got.value, &done);
  CHECK(!done.failed);
  incoming1_drop(got.value);
  stream_list_result piece;
  input_blocking_read(done.value, 10, &piece);
  CHECK(!piece.failed && piece.value.length == 3);

  u32 value = outgoing1_new();
  outgoing1_write_sync(value, body.value.data, 3, &done);
  eventual1_set(bucket, "key", 3, value, &done);
  CHECK(!done.failed);
  u64_result sum;
  atomic1_increment(bucket, "n", 1, 42, &sum);
  CHECK(!sum.failed);
  batch1_keys(bucket, &body);
  CHECK(!body.failed && body.value.length == 3);
  print(decimal(sum.value));
  print("\n");
  return 0;
}
