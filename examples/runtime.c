/* What a guest of no C library needs: memory, text, and words on the standard streams. */
#include "kv.h"

extern u8 __heap_base;

static u32 used;

/* clang makes calls of these by itself. */
void *memcpy(void *to, const void *from, size_t length) {
  for (size_t i = 0; i < length; i++) ((u8 *)to)[i] = ((const u8 *)from)[i];
  return to;
}

void *memset(void *to, int value, size_t length) {
  for (size_t i = 0; i < length; i++) ((u8 *)to)[i] = (u8)value;
  return to;
}

u32 allocated(void) { return used; }

void give_back(u32 mark) { used = mark; }

void *allocate(u32 size) {
  u32 start = (used + 7) & ~7u;
  u64 end = (u64)(u32)&__heap_base + start + size;
  u32 pages = (u32)((end + 65535) / 65536);
  u32 present = __builtin_wasm_memory_size(0);
  if (pages > present && __builtin_wasm_memory_grow(0, pages - present) == (size_t)-1) {
    __builtin_trap();
  }
  used = start + size;
  return &__heap_base + start;
}

/* The host puts the lists and strings it returns where this says. */
EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  (void)align;
  void *place = allocate(size);
  if (old_size > 0) memcpy(place, old, old_size < size ? old_size : size);
  return place;
}

u32 length_of(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  return length;
}

int same(const void *left, const void *right, u32 length) {
  for (u32 i = 0; i < length; i++) {
    if (((const u8 *)left)[i] != ((const u8 *)right)[i]) return 0;
  }
  return 1;
}

int write_all(u32 stream, const void *data, u32 length) {
  for (u32 written = 0; written < length;) {
    stream_u64_result permit;
    output_check_write(stream, &permit);
    if (permit.failed) return 0;
    if (permit.value == 0) {
      u32 pollable = output_subscribe(stream);
      pollable_block(pollable);
      pollable_drop(pollable);
      continue;
    }
    u32 part = length - written;
    if (part > permit.value) part = (u32)permit.value;
    stream_result result;
    output_write(stream, (const u8 *)data + written, part, &result);
    if (result.failed) return 0;
    written += part;
  }
  stream_result flushed;
  output_blocking_flush(stream, &flushed);
  return !flushed.failed;
}

static void say(u32 stream, const char *text) {
  write_all(stream, text, length_of(text));
  output_drop(stream);
}

const char *decimal(u64 number) {
  static char digits[21];
  u32 at = 20;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return digits + at;
}

u32 open_bucket(const char *name) {
  handle_result result;
  bucket_open(name, length_of(name), &result);
  if (result.failed) __builtin_trap();
  return result.value;
}

void print(const char *text) { say(get_stdout(), text); }

void complain(const char *text) { say(get_stderr(), text); }
