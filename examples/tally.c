/* Counts its runs, and imports nothing but wasi:keyvalue: the guest of the README's example. */
#include "kv.h"

RUN u32 run(void) {
  u64_result runs;
  atomic_increment(open_bucket("default"), "runs", 4, 1, &runs);
  return runs.failed;
}
