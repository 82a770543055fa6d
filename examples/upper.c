/*
 * Puts a value in capitals: reads the key that its argument names from the bucket "in", and writes it in
 * capitals to the bucket "out", under the same key, and to stdout. It goes piece by piece, so the value may
 * be of any size.
 */
#include "kv.h"

/** Bytes that are read at once. */
#define PIECE 65536

static u8 *in_capitals(const list *bytes) {
  u8 *text = (u8 *)bytes->data;
  for (u32 i = 0; i < bytes->length; i++) {
    if (text[i] >= 'a' && text[i] <= 'z') text[i] -= 'a' - 'A';
  }
  return text;
}

/** Copies a stream to two others; false where one of them has failed. */
static int copy(u32 input, u32 first, u32 second) {
  for (u32 mark = allocated();; give_back(mark)) {
    stream_list_result read;
    input_blocking_read(input, PIECE, &read);
    if (read.failed) return read.error.tag == CLOSED;
    const u8 *text = in_capitals(&read.value);
    if (!write_all(first, text, read.value.length)) return 0;
    if (!write_all(second, text, read.value.length)) return 0;
  }
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  /* The first one is the program's name. */
  if (arguments.length != 2) {
    complain("upper: one argument is needed, a key\n");
    return 1;
  }
  const list *key = (const list *)arguments.data + 1;

  option_result found;
  eventual_get(open_bucket("in"), key->data, key->length, &found);
  if (found.failed || !found.some) {
    complain("upper: there is no such key\n");
    return 1;
  }
  handle_result input, body, stored;
  incoming_consume_async(found.value, &input);
  u32 value = outgoing_new();
  outgoing_write_async(value, &body);
  if (input.failed || body.failed || !copy(input.value, body.value, get_stdout())) {
    complain("upper: the value cannot be copied\n");
    return 1;
  }
  eventual_set(open_bucket("out"), key->data, key->length, value, &stored);
  return stored.failed;
}
