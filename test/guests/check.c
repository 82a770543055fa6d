/*
 * Calls each of the 37 functions and checks what it gives. It says what is wrong on stderr and ends
 * with err; else it prints how many functions it has called. Expected outside: the bucket "default"
 * with the key "outside", whose value is 3 bytes, `bar`, and stdin with the bytes `in`.
 */
#include "kv.h"

#define TEXT(word) word, sizeof(word) - 1
#define LINE_(line) #line
#define LINE(line) LINE_(line)
#define CHECK(holds)                                          \
  if (!(holds)) {                                             \
    complain("check.c:" LINE(__LINE__) ": not so: " #holds "\n"); \
    return 1;                                                 \
  }

static u32 called;
#define CALL(call) (called++, call)

static u32 bucket;
static handle_result done;
static stream_result streamed;
static stream_u64_result counted;

static int is(const list *bytes, const char *text) {
  return bytes->length == length_of(text) && same(bytes->data, text, bytes->length);
}

/** The value of a key at once, as its incoming-value is consumed. */
static int holds(const char *key, const char *text) {
  option_result value;
  eventual_get(bucket, key, length_of(key), &value);
  if (value.failed || !value.some) return 0;
  list_result body;
  incoming_consume_sync(value.value, &body);
  return !body.failed && is(&body.value, text);
}

static u32 value_of(const char *text) {
  u32 value = outgoing_new();
  outgoing_write_sync(value, text, length_of(text), &done);
  return value;
}

static u32 stream_of(const char *key) {
  option_result value;
  eventual_get(bucket, key, length_of(key), &value);
  incoming_consume_async(value.value, &done);
  return done.value;
}

static u32 check_types(void) {
  CALL(bucket_open(TEXT("default"), &done));
  CHECK(!done.failed);
  bucket = done.value;
  bucket_open(TEXT("nowhere"), &done);
  CHECK(done.failed);
  list trace;
  CALL(error_trace(done.value, &trace));
  CHECK(trace.length > 0);
  error_drop(done.value);

  u32 value = CALL(outgoing_new());
  CALL(outgoing_write_sync(value, TEXT("some"), &done));
  CHECK(!done.failed);
  CALL(outgoing_write_async(value, &done));
  CHECK(!done.failed);
  CHECK(write_all(done.value, TEXT(" more")));
  output_drop(done.value);
  CALL(eventual_set(bucket, TEXT("key"), value, &done));
  CHECK(!done.failed);
  outgoing_drop(value);

  option_result got;
  CALL(eventual_get(bucket, TEXT("key"), &got));
  CHECK(!got.failed && got.some);
  u64_result size;
  CALL(incoming_size(got.value, &size));
  CHECK(!size.failed && size.value == 9);
  list_result body;
  CALL(incoming_consume_sync(got.value, &body));
  CHECK(!body.failed && is(&body.value, "some more"));

  eventual_get(bucket, TEXT("key"), &got);
  CALL(incoming_consume_async(got.value, &done));
  CHECK(!done.failed);
  stream_list_result piece;
  CALL(input_blocking_read(done.value, 4, &piece));
  CHECK(!piece.failed && is(&piece.value, "some"));
  input_drop(done.value);
  return 0;
}

static u32 check_eventual(void) {
  CHECK(holds("outside", "bar"));
  CALL(eventual_exists(bucket, TEXT("key"), &done));
  CHECK(!done.failed && (done.value & 1));
  CALL(eventual_delete(bucket, TEXT("key"), &done));
  CHECK(!done.failed);
  eventual_exists(bucket, TEXT("key"), &done);
  CHECK(!done.failed && !(done.value & 1));
  option_result got;
  eventual_get(bucket, TEXT("key"), &got);
  CHECK(!got.failed && !got.some);
  eventual_get(bucket, TEXT(""), &got);
  CHECK(got.failed);
  return 0;
}

static u32 check_atomic(void) {
  u64_result sum;
  CALL(atomic_increment(bucket, TEXT("counter"), 41, &sum));
  CHECK(!sum.failed && sum.value == 41);
  atomic_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(!sum.failed && sum.value == 42);
  CALL(atomic_compare_and_swap(bucket, TEXT("counter"), 42, ~0ull, &done));
  CHECK(!done.failed && (done.value & 1));
  atomic_compare_and_swap(bucket, TEXT("counter"), 42, 1, &done);
  CHECK(!done.failed && !(done.value & 1));
  atomic_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(sum.failed);
  CHECK(holds("counter", "18446744073709551615"));
  atomic_compare_and_swap(bucket, TEXT("counter"), ~0ull, 4242, &done);
  CHECK(!done.failed && (done.value & 1));
  return 0;
}

static u32 check_batch(void) {
  u32 value = value_of("many");
  pair pairs[] = {{{TEXT("a")}, value}, {{TEXT("b")}, value}, {{TEXT("c")}, value}};
  CALL(batch_set_many(bucket, pairs, 3, &done));
  CHECK(!done.failed);
  list gone[] = {{TEXT("a")}, {TEXT("c")}, {TEXT("none")}};
  CALL(batch_delete_many(bucket, gone, 3, &done));
  CHECK(!done.failed);
  list wanted[] = {{TEXT("a")}, {TEXT("b")}, {TEXT("b")}};
  list_result found;
  CALL(batch_get_many(bucket, wanted, 3, &found));
  CHECK(!found.failed && found.value.length == 3);
  const option *values = found.value.data;
  CHECK(!values[0].some && values[1].some && values[2].some);
  list_result body;
  incoming_consume_sync(values[2].value, &body);
  CHECK(!body.failed && is(&body.value, "many"));
  CALL(batch_keys(bucket, &found));
  CHECK(!found.failed && found.value.length == 3);
  const list *keys = found.value.data;
  CHECK(is(&keys[0], "b") && is(&keys[1], "counter") && is(&keys[2], "outside"));
  return 0;
}

static u32 check_input(void) {
  u32 stream = stream_of("outside");
  u32 pollable = CALL(input_subscribe(stream));
  CHECK(CALL(pollable_ready(pollable)));
  CALL(pollable_block(pollable));
  stream_list_result piece;
  CALL(input_read(stream, 1, &piece));
  CHECK(!piece.failed && is(&piece.value, "b"));
  CALL(input_skip(stream, 1, &counted));
  CHECK(!counted.failed && counted.value == 1);
  CALL(input_blocking_skip(stream, 5, &counted));
  CHECK(!counted.failed && counted.value == 1);
  input_read(stream, 1, &piece);
  CHECK(piece.failed && piece.error.tag == CLOSED);

  u32 clock = subscribe_duration(~0ull >> 1);
  u32 both[] = {clock, pollable, pollable};
  list ready;
  CALL(poll(both, 3, &ready));
  CHECK(ready.length == 2 && ((const u32 *)ready.data)[0] == 1 && ((const u32 *)ready.data)[1] == 2);
  pollable_drop(pollable);
  pollable_drop(clock);
  input_drop(stream);
  return 0;
}

static u32 check_output(void) {
  u32 value = outgoing_new();
  outgoing_write_async(value, &done);
  u32 stream = done.value;
  CALL(output_check_write(stream, &counted));
  CHECK(!counted.failed && counted.value >= 4);
  CALL(output_write(stream, TEXT("wr"), &streamed));
  CHECK(!streamed.failed);
  CALL(output_write_zeroes(stream, 2, &streamed));
  CHECK(!streamed.failed);
  CALL(output_flush(stream, &streamed));
  CHECK(!streamed.failed);
  CALL(output_blocking_flush(stream, &streamed));
  CHECK(!streamed.failed);
  u32 pollable = CALL(output_subscribe(stream));
  CHECK(pollable_ready(pollable));
  pollable_drop(pollable);
  CALL(output_blocking_write_and_flush(stream, TEXT("it"), &streamed));
  CHECK(!streamed.failed);
  CALL(output_blocking_write_zeroes_and_flush(stream, 1, &streamed));
  CHECK(!streamed.failed);

  u32 source = stream_of("outside");
  CALL(output_splice(stream, source, 1, &counted));
  CHECK(!counted.failed && counted.value == 1);
  CALL(output_blocking_splice(stream, source, 100, &counted));
  CHECK(!counted.failed && counted.value == 2);
  output_blocking_splice(stream, source, 100, &counted);
  CHECK(counted.failed && counted.error.tag == CLOSED);
  input_drop(source);

  u32 standard = get_stdin();
  output_blocking_splice(stream, standard, 100, &counted);
  CHECK(!counted.failed && counted.value == 2);
  output_blocking_splice(stream, standard, 100, &counted);
  CHECK(counted.failed && counted.error.tag == CLOSED);
  input_drop(standard);

  output_drop(stream);
  eventual_set(bucket, TEXT("written"), value, &done);
  CHECK(!done.failed);
  outgoing_drop(value);
  option_result got;
  eventual_get(bucket, TEXT("written"), &got);
  list_result body;
  incoming_consume_sync(got.value, &body);
  CHECK(body.value.length == 12 && same(body.value.data, "wr\0\0it\0barin", 12));
  return 0;
}

/* A stream whose other end fails: stderr, which is to lead to a full device. */
static u32 check_failure(void) {
  u32 stream = get_stderr();
  output_check_write(stream, &counted);
  CHECK(!counted.failed);
  output_write(stream, TEXT("no room"), &streamed);
  CHECK(streamed.failed && streamed.error.tag == FAILED);
  list text;
  CALL(io_error_to_debug_string(streamed.error.error, &text));
  CHECK(text.length > 0);
  io_error_drop(streamed.error.error);
  output_check_write(stream, &counted);
  CHECK(counted.failed && counted.error.tag == CLOSED);
  return 0;
}

static u32 check_rest(void) {
  list pairs;
  get_environment(&pairs);
  CHECK(pairs.length == 0);
  u64 before = monotonic_now();
  u32 pollable = subscribe_duration(2000000);
  pollable_block(pollable);
  CHECK(pollable_ready(pollable));
  CHECK(monotonic_now() - before >= 2000000);
  struct { u64 seconds; u32 nanoseconds; } now;
  wall_now(&now);
  CHECK(now.seconds > 1700000000 && now.nanoseconds < 1000000000);
  list random;
  get_random_bytes(16, &random);
  CHECK(random.length == 16);
  CHECK(get_random_u64() != get_random_u64());
  return 0;
}

RUN u32 run(void) {
  if (check_types() || check_eventual() || check_atomic() || check_batch() || check_input() ||
      check_output() || check_rest() || check_failure()) {
    return 1;
  }
  print(decimal(called));
  print(" functions\n");
  return 0;
}
