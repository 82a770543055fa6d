/*
 * The seed's interfaces and those of draft2 in one component: what either writes, the other reads. It
 * prints a counter that both have incremented.
 */
#define DRAFT 2
#include "drafts.h"

static u32 fail(const char *text) {
  complain(text);
  return 1;
}

RUN u32 run(void) {
  u32 seed = open_bucket("default");
  d_result opened;
  d_open("default", 7, &opened);
  if (opened.failed) return fail("not opened\n");
  u32 bucket = opened.value;

  u32 value = outgoing_new();
  handle_result done;
  outgoing_write_sync(value, "from the seed", 13, &done);
  eventual_set(seed, "key", 3, value, &done);
  d_value got;
  d_get(bucket, "key", 3, &got);
  if (got.failed || !got.some || !same(got.value.data, "from the seed", 13)) return fail("not read\n");

  d_result set;
  d_set(bucket, "key", 3, "from draft2", 11, &set);
  option_result incoming;
  eventual_get(seed, "key", 3, &incoming);
  list_result body;
  incoming_consume_sync(incoming.value, &body);
  if (body.failed || !same(body.value.data, "from draft2", 11)) return fail("not read back\n");

  u64_result first;
  atomic_increment(seed, "n", 1, 40, &first);
  d_sum sum;
  d_increment(bucket, "n", 1, 2, &sum);
  print(decimal(sum.as_u64));
  print("\n");
  return 0;
}
