/* Waits for stdin and for 10 ms, whichever is first; says which it was, and then what it reads. */
#include "kv.h"

RUN u32 run(void) {
  u32 input = get_stdin();
  u32 both[] = {input_subscribe(input), subscribe_duration(10000000)};
  list ready;
  poll(both, 2, &ready);
  print(*(const u32 *)ready.data == 0 ? "stdin\n" : "clock\n");
  pollable_block(both[0]);
  pollable_drop(both[0]);
  stream_list_result piece;
  input_read(input, 100, &piece);
  if (piece.failed) return 1;
  print("read ");
  print(decimal(piece.value.length));
  print("\n");
  return 0;
}
