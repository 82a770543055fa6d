/* Imports an interface that no host of keyvalue has. */
#include "kv.h"

IMPORT("test:guests/ends", "input") u32 ends_input(void);

RUN u32 run(void) {
  print("running\n");
  return ends_input() == 0;
}
