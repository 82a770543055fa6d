/*
 * The cache of wasi:keyvalue 0.1.0 from inside: calls each of its functions and checks what it gives, says what is
 * wrong on stderr and ends with err; else it prints how many functions it has called. Expected outside: the key
 * "outside", whose value is `bar`. With an argument: the bucket is one to read, where each write is an error.
 */
#include "first.h"

#define CACHE "wasi:keyvalue/cache@0.1.0"

/** `option<result<option<own<T>>, own<E>>>`. */
typedef struct { u8 some; u8 pad[3]; option_result value; } future_value;
/** `option<result<bool, own<E>>>`, `option<result<_, own<E>>>`. */
typedef struct { u8 some; u8 pad[3]; handle_result value; } future_result;
/** `option<result<get-or-set-entry, own<E>>>`. */
typedef struct { u8 some; u8 pad[3]; u8 failed; union { u8 tag; u32 error; }; u32 value; } future_entry;
enum { OCCUPIED, VACANT };

IMPORT(CACHE, "get") u32 cache_get(const void *, u32);
IMPORT(CACHE, "[method]future-get-result.future-get-result-get") void got_get(u32, future_value *);
IMPORT(CACHE, "[method]future-get-result.listen-to-future-get-result") u32 got_listen(u32);
IMPORT(CACHE, "[resource-drop]future-get-result") void got_drop(u32);
IMPORT(CACHE, "exists") u32 cache_exists(const void *, u32);
IMPORT(CACHE, "[method]future-exists-result.future-exists-result-get") void exists_get(u32, future_result *);
IMPORT(CACHE, "[method]future-exists-result.listen-to-future-exists-result") u32 exists_listen(u32);
IMPORT(CACHE, "[resource-drop]future-exists-result") void exists_drop(u32);
IMPORT(CACHE, "set") u32 cache_set(const void *, u32, u32, u32, u32);
IMPORT(CACHE, "[method]future-result.future-result-get") void done_get(u32, future_result *);
IMPORT(CACHE, "[method]future-result.listen-to-future-result") u32 done_listen(u32);
IMPORT(CACHE, "[resource-drop]future-result") void done_drop(u32);
IMPORT(CACHE, "get-or-set") u32 cache_get_or_set(const void *, u32);
IMPORT(CACHE, "[method]future-get-or-set-result.future-get-or-set-result-get")
void entry_get(u32, future_entry *);
IMPORT(CACHE, "[method]future-get-or-set-result.listen-to-future-get-or-set-result")
u32 entry_listen(u32);
IMPORT(CACHE, "[resource-drop]future-get-or-set-result") void entry_drop(u32);
IMPORT(CACHE, "[method]vacancy.vacancy-fill") u32 vacancy_fill(u32, u32, u32);
IMPORT(CACHE, "[resource-drop]vacancy") void vacancy_drop(u32);
IMPORT(CACHE, "delete") u32 cache_delete(const void *, u32);

static future_value got;
static future_result done;
static future_entry entry;
static list_result body;
static handle_result written;

static int is_ready(u32 pollable) {
  pollable_block(pollable);
  u32 ready = pollable_ready(pollable);
  pollable_drop(pollable);
  return ready;
}

/* Consumes an incoming-value. */
static int is(u32 value, const char *text) {
  incoming1_consume_sync(value, &body);
  incoming1_drop(value);
  return !body.failed && body.value.length == length_of(text) &&
         same(body.value.data, text, body.value.length);
}

static int holds(const char *key, const char *text) {
  u32 future = cache_get(key, length_of(key));
  got_get(future, &got);
  got_drop(future);
  return got.some && !got.value.failed && got.value.some && is(got.value.value, text);
}

static int is_there(const char *key) {
  u32 future = cache_exists(key, length_of(key));
  exists_get(future, &done);
  exists_drop(future);
  return done.some && !done.value.failed && (done.value.value & 1);
}

static int is_done(u32 future) {
  done_get(future, &done);
  done_drop(future);
  return done.some && !done.value.failed;
}

static int put(const char *key, const char *text, u32 expires, u32 milliseconds) {
  u32 value = outgoing1_new();
  outgoing1_write_sync(value, text, length_of(text), &written);
  u32 future = cache_set(key, length_of(key), value, expires, milliseconds);
  outgoing1_drop(value);
  return is_done(future);
}

static int is_err(u8 some, u8 failed, u32 error) {
  if (!some || !failed) return 0;
  list trace;
  error1_trace(error, &trace);
  error1_drop(error);
  return trace.length > 0;
}

static u32 check_results(void) {
  u32 future = CALL(cache_get(TEXT("outside")));
  CHECK(is_ready(CALL(got_listen(future))));
  CALL(got_get(future, &got));
  CHECK(got.some && !got.value.failed && got.value.some && is(got.value.value, "bar"));
  got_get(future, &got);
  CHECK(is_err(got.some, got.value.failed, got.value.error));
  got_drop(future);
  future = cache_get(TEXT("missing"));
  got_get(future, &got);
  CHECK(got.some && !got.value.failed && !got.value.some);
  future = cache_get(TEXT(""));
  got_get(future, &got);
  CHECK(is_err(got.some, got.value.failed, got.value.error));
  /* A result that nobody takes. */
  got_drop(cache_get(TEXT("outside")));

  future = CALL(cache_exists(TEXT("outside")));
  CHECK(is_ready(CALL(exists_listen(future))));
  CALL(exists_get(future, &done));
  CHECK(done.some && !done.value.failed && (done.value.value & 1));
  exists_drop(future);
  CHECK(!is_there("missing"));
  return 0;
}

static u32 check_writes(void) {
  u32 value = CALL(outgoing1_new());
  outgoing1_write_sync(value, TEXT("some"), &written);
  u32 future = CALL(cache_set(TEXT("key"), value, 0, 0));
  CHECK(is_ready(CALL(done_listen(future))));
  CALL(done_get(future, &done));
  CHECK(done.some && !done.value.failed && holds("key", "some"));
  done_drop(future);
  outgoing1_drop(value);
  CHECK(put("brief", "gone", 1, 0) && !is_there("brief"));
  CHECK(put("hour", "kept", 1, 3600000) && holds("hour", "kept"));
  CHECK(put("key", "gone", 1, 3600000) && put("key", "for ever", 0, 0));
  CHECK(is_done(CALL(cache_delete(TEXT("missing")))));
  CHECK(put("other", "", 0, 0) && holds("other", "") && is_done(cache_delete(TEXT("other"))));
  CHECK(!is_there("other"));
  return 0;
}

/* The vacancy for a key. */
static u32 vacancy_of(const char *key) {
  u32 future = cache_get_or_set(key, length_of(key));
  entry_get(future, &entry);
  entry_drop(future);
  return entry.some && !entry.failed && entry.tag == VACANT ? entry.value : 0;
}

static u32 check_vacancies(void) {
  u32 future = CALL(cache_get_or_set(TEXT("outside")));
  CHECK(is_ready(CALL(entry_listen(future))));
  CALL(entry_get(future, &entry));
  CHECK(entry.some && !entry.failed && entry.tag == OCCUPIED && is(entry.value, "bar"));
  entry_get(future, &entry);
  CHECK(is_err(entry.some, entry.failed, entry.error));
  entry_drop(future);
  entry_drop(cache_get_or_set(TEXT("outside")));
  entry_drop(cache_get_or_set(TEXT("filled")));

  u32 vacancy = vacancy_of("filled");
  CHECK(vacancy);
  u32 value = CALL(vacancy_fill(vacancy, 1, 3600000));
  vacancy_drop(vacancy);
  outgoing1_write_sync(value, TEXT("in two "), &written);
  CHECK(!written.failed && !is_there("filled"));
  outgoing1_write_async(value, &written);
  stream_result flushed;
  output_blocking_write_and_flush(written.value, "parts", 5, &flushed);
  output_drop(written.value);
  outgoing1_drop(value);
  CHECK(holds("filled", "in two parts"));
  vacancy = vacancy_of("not filled");
  CHECK(vacancy);
  vacancy_drop(vacancy);
  CHECK(!is_there("not filled"));
  vacancy = vacancy_of("left open");
  CHECK(vacancy);
  outgoing1_write_sync(vacancy_fill(vacancy, 0, 0), TEXT("half of"), &written);
  CHECK(!written.failed);
  return 0;
}

/* Every write of a bucket that was granted to read. */
static u32 check_denied(void) {
  CHECK(holds("outside", "bar"));
  CHECK(!put("outside", "written", 0, 0) && is_err(done.some, done.value.failed, done.value.value));
  CHECK(!is_done(cache_delete(TEXT("outside"))) && done.value.failed);
  CHECK(!vacancy_of("missing") && is_err(entry.some, entry.failed, entry.error));
  CHECK(holds("outside", "bar"));
  return 0;
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  if (arguments.length > 1) return check_denied();
  if (check_results() || check_writes() || check_vacancies()) return 1;
  print(decimal(called));
  print(" functions\n");
  return 0;
}
