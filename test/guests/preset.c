/*
 * What other hosts' own tests ask of a bucket whose name is empty: it holds the counter "atomics_key", 5,
 * and nothing else. Ends with err, and says on stderr what is not so.
 */
#include "drafts.h"

#define TEXT(word) word, sizeof(word) - 1
#define LINE_(line) #line
#define LINE(line) LINE_(line)
#define CHECK(holds)                                               \
  if (!(holds)) {                                                  \
    complain("preset.c:" LINE(__LINE__) ": not so: " #holds "\n"); \
    return 1;                                                      \
  }

static d_result done;
static d_value got;
static d_sum sum;
static d_page page;
static d_many many;

static int is(const list *bytes, const char *text) {
  return bytes->length == length_of(text) && same(bytes->data, text, bytes->length);
}

RUN u32 run(void) {
  d_open(TEXT(""), &done);
  CHECK(!done.failed);
  u32 bucket = done.value;
  d_increment(bucket, TEXT("atomics_key"), 1, &sum);
  CHECK(!sum.failed && sum.value == 6);
  d_cursor none = {0};
  d_list_keys(bucket, CURSOR(none), &page);
  CHECK(!page.failed && page.keys.length == 1 && !page.cursor.some);
  CHECK(is(page.keys.data, "atomics_key"));

  d_set(bucket, TEXT("hello"), TEXT("world"), &done);
  CHECK(!done.failed);
  d_get(bucket, TEXT("hello"), &got);
  CHECK(!got.failed && got.some && is(&got.value, "world"));
  d_exists(bucket, TEXT("hello"), &done);
  CHECK(!done.failed && (done.value & 1));
  d_delete(bucket, TEXT("hello"), &done);
  CHECK(!done.failed);
  d_exists(bucket, TEXT("hello"), &done);
  CHECK(!done.failed && !(done.value & 1));

  d_pair pairs[] = {{{TEXT("a1")}, {TEXT("v1")}}, {{TEXT("b1")}, {TEXT("v1")}}, {{TEXT("c1")}, {TEXT("v1")}}};
  d_set_many(bucket, pairs, 3, &done);
  CHECK(!done.failed);
  list gone[] = {{TEXT("a1")}, {TEXT("c1")}};
  d_delete_many(bucket, gone, 2, &done);
  CHECK(!done.failed);
  list wanted[] = {{TEXT("a1")}, {TEXT("b1")}, {TEXT("c1")}};
  d_get_many(bucket, wanted, 3, &many);
  CHECK(!many.failed && many.value.length == 3);
  const d_found *found = many.value.data;
  CHECK(!found[0].some && found[1].some && !found[2].some);
  CHECK(is(&found[1].key, "b1") && is(&found[1].value, "v1"));
  return 0;
}
