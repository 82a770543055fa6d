/*
 * The draft's interfaces from inside: calls each of their functions and checks what it gives, says what is wrong
 * on stderr and ends with err; else it prints how many functions it has called. Expected outside: the
 * bucket "default" with the key "outside", whose value is `bar`, and as "read" a bucket granted to read
 * with the same key.
 */
#include "drafts.h"

#define TEXT(word) word, sizeof(word) - 1
#define LINE_(line) #line
#define LINE(line) LINE_(line)
#define CHECK(holds)                                              \
  if (!(holds)) {                                                 \
    complain("draft.c:" LINE(__LINE__) ": not so: " #holds "\n"); \
    return 1;                                                     \
  }

static u32 called;
#define CALL(call) (called++, call)

static u32 bucket;
static d_result done;
static d_value got;
static d_sum sum;
static d_page page;
static d_many many;

static int is(const list *bytes, const char *text) {
  return bytes->length == length_of(text) && same(bytes->data, text, bytes->length);
}

static int holds(const char *key, const char *text) {
  d_get(bucket, key, length_of(key), &got);
  return !got.failed && got.some && is(&got.value, text);
}

static void put(const char *key, const char *text) {
  d_set(bucket, key, length_of(key), text, length_of(text), &done);
}

static u32 check_store(void) {
  d_open(TEXT("nowhere"), &done);
  CHECK(done.failed && done.error.tag == NO_SUCH_STORE);
  CALL(d_open(TEXT(""), &done));
  CHECK(!done.failed);
  bucket = done.value;
  CHECK(holds("outside", "bar"));
  CALL(d_get(bucket, TEXT("missing"), &got));
  CHECK(!got.failed && !got.some);
  CALL(d_set(bucket, TEXT("key"), TEXT("some"), &done));
  CHECK(!done.failed && holds("key", "some"));
  put("key", "");
  CHECK(!done.failed && holds("key", ""));
  CALL(d_exists(bucket, TEXT("key"), &done));
  CHECK(!done.failed && (done.value & 1));
  CALL(d_delete(bucket, TEXT("key"), &done));
  CHECK(!done.failed);
  d_delete(bucket, TEXT("key"), &done);
  CHECK(!done.failed);
  d_exists(bucket, TEXT("key"), &done);
  CHECK(!done.failed && !(done.value & 1));
  d_get(bucket, TEXT(""), &got);
  CHECK(got.failed && got.error.tag == OTHER && got.error.other.length > 0);
  return 0;
}

/* A page, and one that follows: 501 keys are one more than a page has. */
static u32 check_listing(void) {
  d_cursor none = {0};
  CALL(d_list_keys(bucket, CURSOR(none), &page));
  CHECK(!page.failed && page.keys.length == 1 && !page.cursor.some);
  CHECK(is(page.keys.data, "outside"));
  static char keys[500][4];
  static d_pair pairs[500];
  for (u32 i = 0; i < 500; i++) {
    keys[i][0] = 'k';
    keys[i][1] = '0' + i / 100;
    keys[i][2] = '0' + i / 10 % 10;
    keys[i][3] = '0' + i % 10;
    pairs[i] = (d_pair){{keys[i], 4}, {TEXT("listed")}};
  }
  d_set_many(bucket, pairs, 500, &done);
  CHECK(!done.failed);
  d_list_keys(bucket, CURSOR(none), &page);
  CHECK(!page.failed && page.keys.length == 500 && page.cursor.some);
  d_cursor next = page.cursor;
  d_delete(bucket, TEXT("k000"), &done);
  put("k0000", "before the cursor");
  d_list_keys(bucket, CURSOR(next), &page);
  CHECK(!page.failed && page.keys.length == 1 && !page.cursor.some);
  CHECK(is(page.keys.data, "outside"));
#if DRAFT == 1
  d_cursor other = {1, 500};
#else
  d_cursor other = {1, {TEXT("500")}};
#endif
  d_list_keys(bucket, CURSOR(other), &page);
  CHECK(page.failed && page.error.tag == OTHER);
  d_open(TEXT("read"), &done);
  CHECK(!done.failed);
  d_list_keys(done.value, CURSOR(next), &page);
  CHECK(page.failed && page.error.tag == OTHER);
  d_bucket_drop(done.value);
  return 0;
}

static u32 check_increment(void) {
  CALL(d_increment(bucket, TEXT("counter"), 1, &sum));
  CHECK(!sum.failed && sum.value == 1);
  d_increment(bucket, TEXT("counter"), 41, &sum);
  CHECK(!sum.failed && sum.value == 42);
  CHECK(holds("counter", "42"));
  d_increment(bucket, TEXT("outside"), 1, &sum);
  CHECK(sum.failed && sum.error.tag == OTHER);
#if DRAFT == 1
  put("counter", "18446744073709551614");
  d_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(!sum.failed && sum.as_u64 == ~0ull);
  d_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(sum.failed && sum.error.tag == OTHER && holds("counter", "18446744073709551615"));
#else
  d_increment(bucket, TEXT("counter"), -42, &sum);
  CHECK(!sum.failed && sum.value == 0);
  d_increment(bucket, TEXT("counter"), -1, &sum);
  CHECK(sum.failed && sum.error.tag == OTHER && holds("counter", "0"));
  d_increment(bucket, TEXT("counter"), (s64)(~0ull >> 1), &sum);
  CHECK(!sum.failed && sum.value == (s64)(~0ull >> 1));
  d_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(sum.failed && sum.error.tag == OTHER && holds("counter", "9223372036854775807"));
  put("counter", "9223372036854775808");
  d_increment(bucket, TEXT("counter"), -1, &sum);
  CHECK(!sum.failed && sum.value == (s64)(~0ull >> 1));
  d_increment(bucket, TEXT("counter"), (s64)(1ull << 63), &sum);
  CHECK(sum.failed && holds("counter", "9223372036854775807"));
#endif
  return 0;
}

static u32 check_batch(void) {
  d_pair pairs[] = {{{TEXT("a1")}, {TEXT("a")}}, {{TEXT("b1")}, {TEXT("b")}}, {{TEXT("c1")}, {TEXT("")}}};
  CALL(d_set_many(bucket, pairs, 3, &done));
  CHECK(!done.failed && holds("c1", ""));
  list gone[] = {{TEXT("a1")}, {TEXT("c1")}, {TEXT("none")}};
  CALL(d_delete_many(bucket, gone, 3, &done));
  CHECK(!done.failed);
  list wanted[] = {{TEXT("a1")}, {TEXT("b1")}, {TEXT("b1")}};
  CALL(d_get_many(bucket, wanted, 3, &many));
  CHECK(!many.failed && many.value.length == 3);
  const d_found *found = many.value.data;
  CHECK(!found[0].some && found[1].some && found[2].some);
  CHECK(is(&found[2].key, "b1") && is(&found[2].value, "b"));
  d_pair bad[] = {{{TEXT("a1")}, {TEXT("a")}}, {{TEXT("")}, {TEXT("b")}}};
  d_set_many(bucket, bad, 2, &done);
  CHECK(done.failed && done.error.tag == OTHER);
  d_exists(bucket, TEXT("a1"), &done);
  CHECK(!done.failed && !(done.value & 1));
  return 0;
}

#if DRAFT == 2
static d_swap_result swapped;

static u32 cas_of(const char *key) {
  d_cas_new(bucket, key, length_of(key), &done);
  return done.value;
}

static u32 check_cas(void) {
  put("held", "old");
  CALL(d_cas_new(bucket, TEXT("held"), &done));
  CHECK(!done.failed);
  u32 cas = done.value;
  CALL(d_cas_current(cas, &got));
  CHECK(!got.failed && got.some && is(&got.value, "old"));
  d_cas_current(cas, &got);
  CHECK(!got.failed && got.some && is(&got.value, "old"));
  CALL(d_swap(cas, TEXT("new"), &swapped));
  CHECK(!swapped.failed && holds("held", "new"));

  /* Changed, and changed back. */
  cas = cas_of("held");
  put("held", "else");
  put("held", "new");
  d_swap(cas, TEXT("lost"), &swapped);
  CHECK(swapped.failed && swapped.tag == CAS_FAILED && holds("held", "new"));
  d_cas_current(swapped.cas, &got);
  CHECK(!got.failed && got.some && is(&got.value, "new"));
  d_swap(swapped.cas, TEXT("won"), &swapped);
  CHECK(!swapped.failed && holds("held", "won"));

  /* Deleted, and made again. */
  cas = cas_of("held");
  d_delete(bucket, TEXT("held"), &done);
  put("held", "won");
  d_swap(cas, TEXT("lost"), &swapped);
  CHECK(swapped.failed && swapped.tag == CAS_FAILED && holds("held", "won"));
  d_cas_drop(swapped.cas);

  /* Missing, and no longer missing. */
  cas = cas_of("absent");
  d_cas_current(cas, &got);
  CHECK(!got.failed && !got.some);
  d_swap(cas, TEXT("made"), &swapped);
  CHECK(!swapped.failed && holds("absent", "made"));
  cas = cas_of("soon");
  put("soon", "");
  d_swap(cas, TEXT("lost"), &swapped);
  CHECK(swapped.failed && swapped.tag == CAS_FAILED && holds("soon", ""));
  d_swap(swapped.cas, TEXT("set"), &swapped);
  CHECK(!swapped.failed && holds("soon", "set"));

  d_cas_new(bucket, TEXT(""), &done);
  CHECK(done.failed && done.error.tag == OTHER);
  return 0;
}
#endif

/* Every write of a bucket that was granted to read. */
static u32 check_denied(void) {
  d_open(TEXT("read"), &done);
  CHECK(!done.failed);
  bucket = done.value;
  CHECK(holds("outside", "bar"));
#define DENIED(result) ((result).failed && (result).error.tag == ACCESS_DENIED)
  put("outside", "written");
  CHECK(DENIED(done));
  d_delete(bucket, TEXT("outside"), &done);
  CHECK(DENIED(done));
  d_increment(bucket, TEXT("counter"), 1, &sum);
  CHECK(DENIED(sum));
  d_pair pairs[] = {{{TEXT("a1")}, {TEXT("a")}}};
  d_set_many(bucket, pairs, 1, &done);
  CHECK(DENIED(done));
  list gone[] = {{TEXT("outside")}};
  d_delete_many(bucket, gone, 1, &done);
  CHECK(DENIED(done));
#if DRAFT == 2
  d_swap(cas_of("outside"), TEXT("lost"), &swapped);
  CHECK(swapped.failed && swapped.tag == STORE_ERROR && swapped.error.tag == ACCESS_DENIED);
#endif
  CHECK(holds("outside", "bar"));
  return 0;
}

RUN u32 run(void) {
  if (check_store() || check_listing() || check_increment() || check_batch()) return 1;
#if DRAFT == 2
  if (check_cas()) return 1;
#endif
  if (check_denied()) return 1;
  print(decimal(called));
  print(" functions\n");
  return 0;
}
