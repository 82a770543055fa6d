/*
 * wasi:keyvalue 0.1.0 from inside: calls each function but those of its cache and checks what it gives, says
 * what is wrong on stderr and ends with err; else it prints how many functions it has called. Expected outside:
 * the bucket "default" with the keys "outside", whose value is `bar`, and "preset", which is 5.
 */
#include "first.h"

static u32 bucket;
static handle_result done;
static option_result got;
static list_result body;
static u64_result sum;
static u8 large[10001];

static int put(const char *key, const char *text) {
  u32 value = outgoing1_new();
  outgoing1_write_sync(value, text, length_of(text), &done);
  eventual1_set(bucket, key, length_of(key), value, &done);
  outgoing1_drop(value);
  return !done.failed;
}

static int holds(const char *key, const char *text) {
  eventual1_get(bucket, key, length_of(key), &got);
  if (got.failed || !got.some) return 0;
  incoming1_consume_sync(got.value, &body);
  incoming1_drop(got.value);
  return !body.failed && body.value.length == length_of(text) &&
         same(body.value.data, text, body.value.length);
}

static int is_there(const char *key) {
  eventual1_exists(bucket, key, length_of(key), &done);
  return !done.failed && (done.value & 1);
}

static u32 check_values(void) {
  CALL(bucket1_open(TEXT("nowhere"), &done));
  CHECK(done.failed);
  list trace;
  CALL(error1_trace(done.value, &trace));
  CHECK(trace.length > 0);
  error1_drop(done.value);
  bucket1_open(TEXT("default"), &done);
  CHECK(!done.failed);
  bucket = done.value;

  CALL(eventual1_exists(bucket, TEXT("outside"), &done));
  CHECK(!done.failed && (done.value & 1));
  CALL(eventual1_get(bucket, TEXT("outside"), &got));
  CHECK(!got.failed && got.some);
  CALL(incoming1_size(got.value, &sum));
  CHECK(!sum.failed && sum.value == 3);
  CALL(incoming1_consume_sync(got.value, &body));
  CHECK(!body.failed && body.value.length == 3 && same(body.value.data, "bar", 3));
  list_result again;
  incoming1_consume_sync(got.value, &again);
  CHECK(again.failed);
  incoming1_drop(got.value);
  eventual1_get(bucket, TEXT("outside"), &got);
  CALL(incoming1_consume_async(got.value, &done));
  CHECK(!done.failed);
  incoming1_drop(got.value);
  stream_list_result piece;
  input_blocking_read(done.value, 10, &piece);
  CHECK(!piece.failed && piece.value.length == 3);
  input_blocking_read(done.value, 10, &piece);
  CHECK(piece.failed && piece.error.tag == CLOSED);
  input_drop(done.value);
  eventual1_get(bucket, TEXT("missing"), &got);
  CHECK(!got.failed && !got.some);
  return 0;
}

static u32 check_writes(void) {
  for (u32 i = 0; i < sizeof large; i++) large[i] = (u8)(i * 7);
  u32 value = CALL(outgoing1_new());
  CALL(outgoing1_write_sync(value, large, sizeof large, &done));
  CHECK(!done.failed);
  CALL(eventual1_set(bucket, TEXT("large"), value, &done));
  CHECK(!done.failed);
  outgoing1_drop(value);
  eventual1_get(bucket, TEXT("large"), &got);
  incoming1_consume_sync(got.value, &body);
  CHECK(!body.failed && body.value.length == sizeof large);
  CHECK(same(body.value.data, large, sizeof large));
  incoming1_drop(got.value);

  /* Set while its stream is open; what is written later shows in a later set. */
  value = outgoing1_new();
  CALL(outgoing1_write_async(value, &done));
  CHECK(!done.failed);
  u32 stream = done.value;
  stream_result flushed;
  output_blocking_write_and_flush(stream, "written", 7, &flushed);
  CHECK(!flushed.failed);
  eventual1_set(bucket, TEXT("key"), value, &done);
  CHECK(!done.failed && holds("key", "written"));
  outgoing1_write_sync(value, " on", 3, &done);
  CHECK(!done.failed && holds("key", "written"));
  eventual1_set(bucket, TEXT("key"), value, &done);
  CHECK(!done.failed && holds("key", "written on"));
  output_drop(stream);
  outgoing1_drop(value);

  CHECK(put("key", "") && is_there("key") && holds("key", ""));
  CALL(eventual1_delete(bucket, TEXT("key"), &done));
  CHECK(!done.failed && !is_there("key"));
  eventual1_delete(bucket, TEXT("key"), &done);
  CHECK(!done.failed);
  CHECK(!put("", "of no key"));
  return 0;
}

static u32 swap(u64 old, u64 new) {
  atomic1_compare_and_swap(bucket, TEXT("counter"), old, new, &done);
  return done.failed ? 2 : done.value & 1;
}

static u32 check_counters(void) {
  CALL(atomic1_increment(bucket, TEXT("counter"), 1, &sum));
  CHECK(!sum.failed && sum.value == 1);
  atomic1_increment(bucket, TEXT("counter"), 41, &sum);
  CHECK(!sum.failed && sum.value == 42);
  CALL(atomic1_compare_and_swap(bucket, TEXT("absent"), 0, 1, &done));
  CHECK(!done.failed && !(done.value & 1) && !is_there("absent"));
  CHECK(swap(42, 4242) == 1 && swap(42, 4242) == 0 && swap(4242, 42) == 1);
  CHECK(holds("counter", "42"));
  atomic1_increment(bucket, TEXT("preset"), 1, &sum);
  CHECK(!sum.failed && sum.value == 6);
  CHECK(put("counter", "18446744073709551615"));
  atomic1_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(sum.failed && holds("counter", "18446744073709551615"));
  CHECK(put("counter", "042") && swap(42, 1) == 0);
  atomic1_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(sum.failed && holds("counter", "042"));
  return 0;
}

static u32 check_batch(void) {
  u32 value = outgoing1_new();
  outgoing1_write_sync(value, TEXT("1"), &done);
  pair pairs[] = {{{TEXT("a1")}, value}, {{TEXT("b1")}, value}, {{TEXT("c1")}, value}};
  CALL(batch1_set_many(bucket, pairs, 3, &done));
  CHECK(!done.failed);
  outgoing1_drop(value);
  list gone[] = {{TEXT("a1")}, {TEXT("c1")}, {TEXT("missing")}};
  CALL(batch1_delete_many(bucket, gone, 3, &done));
  CHECK(!done.failed);
  list wanted[] = {{TEXT("a1")}, {TEXT("b1")}, {TEXT("c1")}, {TEXT("b1")}};
  CALL(batch1_get_many(bucket, wanted, 4, &body));
  CHECK(!body.failed && body.value.length == 4);
  const option *found = body.value.data;
  CHECK(!found[0].some && found[1].some && !found[2].some && found[3].some);
  incoming1_size(found[3].value, &sum);
  CHECK(!sum.failed && sum.value == 1);
  CALL(batch1_keys(bucket, &body));
  const list *keys = body.value.data;
  CHECK(!body.failed && body.value.length == 5);
  CHECK(keys[0].length == 2 && same(keys[0].data, "b1", 2));
  CHECK(keys[4].length == 6 && same(keys[4].data, "preset", 6));
  return 0;
}

RUN u32 run(void) {
  if (check_values() || check_writes() || check_counters() || check_batch()) return 1;
  bucket1_drop(bucket);
  print(decimal(called));
  print(" functions\n");
  return 0;
}
