/* As tally.c, by store and atomics of wasi:keyvalue 0.2.0-draft2, and imports nothing but these. */
#include "kv.h"

#define STORE "wasi:keyvalue/store@0.2.0-draft2"
#define ATOMICS "wasi:keyvalue/atomics@0.2.0-draft2"

/** The variant `error`: `text` where the tag is 2, for other. */
typedef struct { u8 tag; list text; } store_error;

/** `result<own<bucket>, error>` and `result<s64, error>`. */
typedef struct { u8 failed; union { u32 bucket; store_error error; }; } open_result;
typedef struct { u8 failed; union { long long value; store_error error; }; } sum_result;

IMPORT(STORE, "open") void store_open(const void *, u32, open_result *);
IMPORT(ATOMICS, "increment") void atomics_increment(u32, const void *, u32, long long, sum_result *);

RUN u32 run(void) {
  open_result opened;
  store_open("", 0, &opened);
  if (opened.failed) return 1;
  sum_result runs;
  atomics_increment(opened.bucket, "visits", 6, 1, &runs);
  return runs.failed;
}
