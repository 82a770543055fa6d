/*
 * The imports of wasi:keyvalue 0.1.0 but for its cache, by the canonical ABI: the seed's, with values that are
 * consumed by methods. Names have a 1. And how a guest of it checks what is said of it.
 */
#ifndef FIRST_H
#define FIRST_H
#include "kv.h"

#define ERROR1 "wasi:keyvalue/wasi-keyvalue-error@0.1.0"
#define TYPES1 "wasi:keyvalue/types@0.1.0"
#define EVENTUAL1 "wasi:keyvalue/eventual@0.1.0"
#define ATOMIC1 "wasi:keyvalue/atomic@0.1.0"
#define BATCH1 "wasi:keyvalue/eventual-batch@0.1.0"

IMPORT(ERROR1, "[method]error.trace") void error1_trace(u32, list *);
IMPORT(ERROR1, "[resource-drop]error") void error1_drop(u32);

IMPORT(TYPES1, "[static]bucket.open-bucket") void bucket1_open(const void *, u32, handle_result *);
IMPORT(TYPES1, "[resource-drop]bucket") void bucket1_drop(u32);
IMPORT(TYPES1, "[static]outgoing-value.new-outgoing-value") u32 outgoing1_new(void);
IMPORT(TYPES1, "[method]outgoing-value.outgoing-value-write-body-async")
void outgoing1_write_async(u32, handle_result *);
IMPORT(TYPES1, "[method]outgoing-value.outgoing-value-write-body-sync")
void outgoing1_write_sync(u32, const void *, u32, handle_result *);
IMPORT(TYPES1, "[resource-drop]outgoing-value") void outgoing1_drop(u32);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-consume-sync")
void incoming1_consume_sync(u32, list_result *);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-consume-async")
void incoming1_consume_async(u32, handle_result *);
IMPORT(TYPES1, "[method]incoming-value.incoming-value-size") void incoming1_size(u32, u64_result *);
IMPORT(TYPES1, "[resource-drop]incoming-value") void incoming1_drop(u32);

IMPORT(EVENTUAL1, "get") void eventual1_get(u32, const void *, u32, option_result *);
IMPORT(EVENTUAL1, "set") void eventual1_set(u32, const void *, u32, u32, handle_result *);
IMPORT(EVENTUAL1, "delete") void eventual1_delete(u32, const void *, u32, handle_result *);
IMPORT(EVENTUAL1, "exists") void eventual1_exists(u32, const void *, u32, handle_result *);

IMPORT(ATOMIC1, "increment") void atomic1_increment(u32, const void *, u32, u64, u64_result *);
IMPORT(ATOMIC1, "compare-and-swap")
void atomic1_compare_and_swap(u32, const void *, u32, u64, u64, handle_result *);

IMPORT(BATCH1, "get-many") void batch1_get_many(u32, const list *, u32, list_result *);
IMPORT(BATCH1, "keys") void batch1_keys(u32, list_result *);
IMPORT(BATCH1, "set-many") void batch1_set_many(u32, const pair *, u32, handle_result *);
IMPORT(BATCH1, "delete-many") void batch1_delete_many(u32, const list *, u32, handle_result *);

#define TEXT(word) word, sizeof(word) - 1
#define LINE_(line) #line
#define LINE(line) LINE_(line)
#define CHECK(holds)                                                  \
  if (!(holds)) {                                                     \
    complain(__FILE_NAME__ ":" LINE(__LINE__) ": not so: " #holds "\n"); \
    return 1;                                                         \
  }

/* How many functions have been called, each where it is called first. */
static u32 called;
#define CALL(call) (called++, call)

#endif
