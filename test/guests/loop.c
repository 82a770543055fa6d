/* Goes on for ever: alone, or with an argument in calls of the host that wait, or that write. */
#include "kv.h"

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  const list *words = arguments.data;
  switch (arguments.length < 2 ? ' ' : *(const char *)words[1].data) {
    case 'r': { /* reads stdin */
      stream_list_result piece;
      input_blocking_read(get_stdin(), 1, &piece);
      return 0;
    }
    case 's': /* sleeps */
      pollable_block(subscribe_duration(~0ull >> 1));
      return 0;
    case 'i': { /* increments */
      u32 bucket = open_bucket("default");
      u64_result sum;
      for (;;) atomic_increment(bucket, "n", 1, 1, &sum);
    }
    case 'w': { /* writes to stdout */
      u32 output = get_stdout();
      void *block = allocate(1 << 16);
      while (write_all(output, block, 1 << 16)) {}
      return 1;
    }
    default:
      print("looping\n");
      for (volatile u32 i = 0;; i++) {}
  }
}
