/* Copies stdin to stdout by splice. */
#include "kv.h"

RUN u32 run(void) {
  u32 input = get_stdin();
  u32 output = get_stdout();
  for (;;) {
    stream_u64_result moved;
    output_blocking_splice(output, input, 1 << 20, &moved);
    if (!moved.failed) continue;
    if (moved.error.tag == FAILED) complain("a stream failed\n");
    /* The end of stdin, or of whoever reads stdout: only then is it not ready for more. */
    stream_u64_result permit;
    output_check_write(output, &permit);
    return moved.error.tag != CLOSED || permit.failed;
  }
}
