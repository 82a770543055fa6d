/*
 * Calls one function many times: `exists N`, `absent N`, `get N`, `set N` keys, `increment N`, `keys N`, `batch N` times
 * `set-many` and `get-many` of 100 keys, `read` the value "large", `write N` MiB.
 */
#include "kv.h"

static u32 bucket;

static u64 number_of(const list *text) {
  u64 number = 0;
  for (u32 i = 0; i < text->length; i++) number = number * 10 + ((const char *)text->data)[i] - '0';
  return number;
}

static u32 exists(u64 count) {
  u64 found = 0;
  handle_result result;
  for (u64 i = 0; i < count; i++) {
    eventual_exists(bucket, "key", 3, &result);
    if (result.failed) return 1;
    found += result.value & 1;
  }
  return found != count;
}

/* Keys that are not there, each time another one, spread over those with six digits. */
static u32 absent(u64 count) {
  char key[] = "000000-";
  u64 place = 0;
  handle_result result;
  for (u64 i = 0; i < count; i++) {
    place = (place + 618033) % 1000000;
    u64 rest = place;
    for (int at = 5; at >= 0; at--, rest /= 10) key[at] = '0' + rest % 10;
    eventual_exists(bucket, key, 7, &result);
    if (result.failed || result.value & 1) return 1;
  }
  return 0;
}

static u32 get(u64 count) {
  u32 mark = allocated();
  for (u64 i = 0; i < count; i++) {
    option_result value;
    eventual_get(bucket, "key", 3, &value);
    if (value.failed || !value.some) return 1;
    list_result body;
    incoming_consume_sync(value.value, &body);
    if (body.failed || body.value.length != 5) return 1;
    give_back(mark);
  }
  return 0;
}

static u32 read(void) {
  option_result value;
  eventual_get(bucket, "large", 5, &value);
  if (value.failed || !value.some) return 1;
  handle_result body;
  incoming_consume_async(value.value, &body);
  if (body.failed) return 1;
  u32 mark = allocated();
  for (;;) {
    stream_list_result piece;
    input_blocking_read(body.value, 1 << 20, &piece);
    if (piece.failed) return piece.error.tag != CLOSED;
    give_back(mark);
  }
}

static u32 write(u64 mebibytes) {
  u32 value = outgoing_new();
  handle_result body;
  outgoing_write_async(value, &body);
  if (body.failed) return 1;
  void *block = allocate(1 << 18);
  for (u64 i = 0; i < mebibytes * 4; i++) {
    if (!write_all(body.value, block, 1 << 18)) return 1;
  }
  handle_result result;
  eventual_set(bucket, "written", 7, value, &result);
  return result.failed;
}

/* The key of a number: six digits. */
static void key_of(char *key, u64 number) {
  for (int at = 5; at >= 0; at--, number /= 10) key[at] = '0' + number % 10;
}

static u32 set(u64 count) {
  char key[6];
  for (u64 i = 0; i < count; i++) {
    key_of(key, i % 1000000);
    u32 value = outgoing_new();
    handle_result result;
    outgoing_write_sync(value, "value", 5, &result);
    if (result.failed) return 1;
    eventual_set(bucket, key, 6, value, &result);
    if (result.failed) return 1;
    outgoing_drop(value);
  }
  return 0;
}

static u32 increment(u64 count) {
  for (u64 i = 0; i < count; i++) {
    u64_result sum;
    atomic_increment(bucket, "counter", 7, 1, &sum);
    if (sum.failed) return 1;
  }
  return 0;
}

static u32 keys(u64 count) {
  u32 mark = allocated();
  for (u64 i = 0; i < count; i++) {
    list_result found;
    batch_keys(bucket, &found);
    if (found.failed) return 1;
    give_back(mark);
  }
  return 0;
}

#define BATCH 100

static u32 batch(u64 count) {
  char *digits = allocate(6 * BATCH);
  list *names = allocate(BATCH * sizeof(list));
  pair *pairs = allocate(BATCH * sizeof(pair));
  u32 value = outgoing_new();
  handle_result result;
  outgoing_write_sync(value, "value", 5, &result);
  for (u32 i = 0; i < BATCH; i++) {
    key_of(digits + 6 * i, i);
    names[i] = (list){digits + 6 * i, 6};
    pairs[i] = (pair){names[i], value};
  }
  u32 mark = allocated();
  for (u64 i = 0; i < count; i++) {
    batch_set_many(bucket, pairs, BATCH, &result);
    if (result.failed) return 1;
    list_result found;
    batch_get_many(bucket, names, BATCH, &found);
    if (found.failed || found.value.length != BATCH) return 1;
    for (u32 at = 0; at < BATCH; at++) incoming_drop(((const option *)found.value.data)[at].value);
    give_back(mark);
  }
  outgoing_drop(value);
  return 0;
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  const list *words = arguments.data;
  if (arguments.length < 2) return 1;
  bucket = open_bucket("default");
  u64 count = arguments.length > 2 ? number_of(&words[2]) : 0;
  switch (*(const char *)words[1].data) {
    case 'e': return exists(count);
    case 'a': return absent(count);
    case 'g': return get(count);
    case 's': return set(count);
    case 'i': return increment(count);
    case 'k': return keys(count);
    case 'b': return batch(count);
    case 'r': return read();
    case 'w': return write(count);
    default: return 1;
  }
}
