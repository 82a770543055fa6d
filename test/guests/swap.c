/*
 * Adds 1 to the number that the key "shared" holds, as many times as its argument says, each time by
 * reading it and swapping it by a cas. It prints how many swaps have failed on the way.
 */
#define DRAFT 2
#include "drafts.h"

static u64 number_of(const list *text) {
  u64 number = 0;
  for (u32 i = 0; i < text->length; i++) number = number * 10 + (((const u8 *)text->data)[i] - '0');
  return number;
}

RUN u32 run(void) {
  list arguments;
  get_arguments(&arguments);
  u64 times = number_of((const list *)arguments.data + 1);
  d_result made;
  d_open("", 0, &made);
  if (made.failed) return 1;
  u32 bucket = made.value;
  u64 failures = 0;
  d_swap_result swapped;
  for (u64 i = 0; i < times; i++) {
    u32 mark = allocated();
    d_cas_new(bucket, "shared", 6, &made);
    if (made.failed) return 1;
    for (u32 cas = made.value;; cas = swapped.cas, failures++) {
      d_value value;
      d_cas_current(cas, &value);
      if (value.failed) return 1;
      const char *text = decimal(value.some ? number_of(&value.value) + 1 : 1);
      d_swap(cas, text, length_of(text), &swapped);
      if (!swapped.failed) break;
      if (swapped.tag != CAS_FAILED) return 1;
    }
    give_back(mark);
  }
  print(decimal(failures));
  print("\n");
  return 0;
}
