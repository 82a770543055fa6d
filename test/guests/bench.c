/* Calls one function many times: `exists N`, `absent N`, `get N`, `read` the value "large", `write N` MiB. */
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
    case 'r': return read();
    case 'w': return write(count);
    default: return 1;
  }
}
