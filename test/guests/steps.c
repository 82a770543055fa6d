/*
 * Does what its arguments say, one after the other: `set KEY VALUE`, `sets N` keys k0, k1 …, `add KEY N`, `adds KEY N`
 * times 1, `get KEY`, which prints the value or `-`, `large KEY N` zeroes of 64 KiB, `sleep MS`, `spin MS`, `read` a
 * byte of stdin, `say WORD` on stdout, `trap`, `exit N`.
 */
#include "kv.h"

static u32 bucket;
static const list *words;
static u32 left;

static const list *word(void) {
  if (left == 0) __builtin_trap();
  left--;
  return words++;
}

static u64 number(void) {
  const list *text = word();
  u64 value = 0;
  for (u32 i = 0; i < text->length; i++) value = value * 10 + ((const char *)text->data)[i] - '0';
  return value;
}

static int is(const list *text, const char *name) {
  u32 length = length_of(name);
  return text->length == length && same(text->data, name, length);
}

static u32 fail(u32 error) {
  list text;
  error_trace(error, &text);
  u32 err = get_stderr();
  write_all(err, text.data, text.length);
  write_all(err, "\n", 1);
  return 1;
}

static u32 set(const void *key, u32 length, const void *bytes, u32 size) {
  u32 value = outgoing_new();
  handle_result result;
  outgoing_write_sync(value, bytes, size, &result);
  if (!result.failed) eventual_set(bucket, key, length, value, &result);
  outgoing_drop(value);
  return result.failed ? fail(result.value) : 0;
}

static u32 add(const list *key, u64 delta) {
  u64_result sum;
  atomic_increment(bucket, key->data, key->length, delta, &sum);
  return sum.failed ? fail(sum.error) : 0;
}

static u32 get(const list *key) {
  option_result value;
  eventual_get(bucket, key->data, key->length, &value);
  if (value.failed) return fail(value.error);
  u32 out = get_stdout();
  if (value.some) {
    list_result body;
    incoming_consume_sync(value.value, &body);
    if (body.failed) return fail(body.error);
    write_all(out, body.value.data, body.value.length);
  } else write_all(out, "-", 1);
  write_all(out, "\n", 1);
  output_drop(out);
  return 0;
}

static u32 step(void) {
  const list *name = word();
  if (is(name, "set")) {
    const list *key = word(), *value = word();
    return set(key->data, key->length, value->data, value->length);
  }
  if (is(name, "sets")) {
    u64 count = number();
    char key[21] = "k";
    for (u64 i = 0; i < count; i++) {
      const char *digits = decimal(i);
      u32 length = length_of(digits);
      for (u32 at = 0; at < length; at++) key[1 + at] = digits[at];
      if (set(key, 1 + length, digits, length)) return 1;
    }
    return 0;
  }
  if (is(name, "add")) {
    const list *key = word();
    return add(key, number());
  }
  if (is(name, "adds")) {
    const list *key = word();
    for (u64 count = number(); count > 0; count--) if (add(key, 1)) return 1;
    return 0;
  }
  if (is(name, "get")) return get(word());
  if (is(name, "large")) {
    const list *key = word();
    u32 size = (u32)number() << 16;
    u32 mark = allocated();
    u32 failed = set(key->data, key->length, allocate(size), size);
    give_back(mark);
    return failed;
  }
  if (is(name, "sleep")) {
    u32 alarm = subscribe_duration(number() * 1000000);
    pollable_block(alarm);
    pollable_drop(alarm);
    return 0;
  }
  if (is(name, "spin")) {
    u64 end = monotonic_now() + number() * 1000000;
    while (monotonic_now() < end) {}
    return 0;
  }
  if (is(name, "loop")) {
    for (volatile u32 forever = 1; forever;) {}
    return 0;
  }
  if (is(name, "read")) {
    u32 input = get_stdin();
    stream_list_result piece;
    input_blocking_read(input, 1, &piece);
    input_drop(input);
    return piece.failed;
  }
  if (is(name, "say")) {
    const list *text = word();
    u32 out = get_stdout();
    write_all(out, text->data, text->length);
    write_all(out, "\n", 1);
    output_drop(out);
    return 0;
  }
  if (is(name, "trap")) __builtin_trap();
  if (is(name, "exit")) exit_with_code((u32)number());
  return 1;
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  words = (const list *)arguments.data + 1;
  left = arguments.length - 1;
  bucket = open_bucket("default");
  while (left > 0) if (step()) return 1;
  return 0;
}
