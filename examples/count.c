/* The small guest: counts its runs in the bucket "default", and says how many there were. */
#include "kv.h"

RUN u32 run(void) {
  u64_result runs;
  atomic_increment(open_bucket("default"), "runs", 4, 1, &runs);
  if (runs.failed) return 1;
  print("run ");
  print(decimal(runs.value));
  print("\n");
  return 0;
}
