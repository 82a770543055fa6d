/*
 * The imports of a guest without a C library: the seed's 37 functions, and what of wasi:cli,
 * wasi:clocks and wasi:random the guests use, by the canonical ABI.
 *
 * A result comes back in memory that the caller gives. Its first byte is 0 for ok and 1 for error;
 * what follows begins at the payload's alignment, 4 bytes or, where there is a u64, 8.
 */
#ifndef KV_H
#define KV_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;

#define NULL ((void *)0)
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

/** A string or a list: where it begins, and how many elements it has. */
typedef struct { const void *data; u32 length; } list;

/** `result<own<T>, own<E>>`, `result<_, own<E>>`, `result<bool, own<E>>`: a handle either way. */
typedef struct { u8 failed; u32 value; } handle_result;

/** `result<option<own<T>>, own<E>>`. */
typedef struct { u8 failed; union { u8 some; u32 error; }; u32 value; } option_result;

/** `result<list<T>, own<E>>`. */
typedef struct { u8 failed; union { list value; u32 error; }; } list_result;

/** `result<u64, own<E>>`. */
typedef struct { u8 failed; union { u64 value; u32 error; }; } u64_result;

/** The variant `stream-error`; `tag` is 0 for last-operation-failed, with the handle of an error. */
typedef struct { u8 tag; u32 error; } stream_error;
enum { FAILED, CLOSED };

/** `result<_, stream-error>`. */
typedef struct { u8 failed; stream_error error; } stream_result;

/** `result<list<u8>, stream-error>`. */
typedef struct { u8 failed; union { list value; stream_error error; }; } stream_list_result;

/** `result<u64, stream-error>`. */
typedef struct { u8 failed; union { u64 value; stream_error error; }; } stream_u64_result;

/** An element of `list<option<own<T>>>`. */
typedef struct { u8 some; u32 value; } option;

/** An element of `list<tuple<string, borrow<T>>>`. */
typedef struct { list key; u32 value; } pair;

#define IO_ERROR "wasi:io/error@0.2.0"
#define POLL "wasi:io/poll@0.2.0"
#define STREAMS "wasi:io/streams@0.2.0"
#define KEYVALUE_ERROR "wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft"
#define TYPES "wasi:keyvalue/types@0.2.0-draft"
#define EVENTUAL "wasi:keyvalue/eventual@0.2.0-draft"
#define ATOMIC "wasi:keyvalue/atomic@0.2.0-draft"
#define EVENTUAL_BATCH "wasi:keyvalue/eventual-batch@0.2.0-draft"

IMPORT(IO_ERROR, "[method]error.to-debug-string") void io_error_to_debug_string(u32, list *);
IMPORT(IO_ERROR, "[resource-drop]error") void io_error_drop(u32);

IMPORT(POLL, "[method]pollable.ready") u32 pollable_ready(u32);
IMPORT(POLL, "[method]pollable.block") void pollable_block(u32);
IMPORT(POLL, "[resource-drop]pollable") void pollable_drop(u32);
IMPORT(POLL, "poll") void poll(const u32 *, u32, list *);

#define INPUT(name) IMPORT(STREAMS, "[method]input-stream." name)
INPUT("read") void input_read(u32, u64, stream_list_result *);
INPUT("blocking-read") void input_blocking_read(u32, u64, stream_list_result *);
INPUT("skip") void input_skip(u32, u64, stream_u64_result *);
INPUT("blocking-skip") void input_blocking_skip(u32, u64, stream_u64_result *);
INPUT("subscribe") u32 input_subscribe(u32);
IMPORT(STREAMS, "[resource-drop]input-stream") void input_drop(u32);

#define OUTPUT(name) IMPORT(STREAMS, "[method]output-stream." name)
OUTPUT("check-write") void output_check_write(u32, stream_u64_result *);
OUTPUT("write") void output_write(u32, const void *, u32, stream_result *);
OUTPUT("blocking-write-and-flush")
void output_blocking_write_and_flush(u32, const void *, u32, stream_result *);
OUTPUT("flush") void output_flush(u32, stream_result *);
OUTPUT("blocking-flush") void output_blocking_flush(u32, stream_result *);
OUTPUT("subscribe") u32 output_subscribe(u32);
OUTPUT("write-zeroes") void output_write_zeroes(u32, u64, stream_result *);
OUTPUT("blocking-write-zeroes-and-flush")
void output_blocking_write_zeroes_and_flush(u32, u64, stream_result *);
OUTPUT("splice") void output_splice(u32, u32, u64, stream_u64_result *);
OUTPUT("blocking-splice") void output_blocking_splice(u32, u32, u64, stream_u64_result *);
IMPORT(STREAMS, "[resource-drop]output-stream") void output_drop(u32);

IMPORT(KEYVALUE_ERROR, "[method]error.trace") void error_trace(u32, list *);
IMPORT(KEYVALUE_ERROR, "[resource-drop]error") void error_drop(u32);

IMPORT(TYPES, "[static]bucket.open-bucket") void bucket_open(const void *, u32, handle_result *);
IMPORT(TYPES, "[resource-drop]bucket") void bucket_drop(u32);
IMPORT(TYPES, "[static]outgoing-value.new-outgoing-value") u32 outgoing_new(void);
IMPORT(TYPES, "[method]outgoing-value.outgoing-value-write-body-async")
void outgoing_write_async(u32, handle_result *);
IMPORT(TYPES, "[method]outgoing-value.outgoing-value-write-body-sync")
void outgoing_write_sync(u32, const void *, u32, handle_result *);
IMPORT(TYPES, "[resource-drop]outgoing-value") void outgoing_drop(u32);
IMPORT(TYPES, "[static]incoming-value.incoming-value-consume-sync")
void incoming_consume_sync(u32, list_result *);
IMPORT(TYPES, "[static]incoming-value.incoming-value-consume-async")
void incoming_consume_async(u32, handle_result *);
IMPORT(TYPES, "[method]incoming-value.incoming-value-size") void incoming_size(u32, u64_result *);
IMPORT(TYPES, "[resource-drop]incoming-value") void incoming_drop(u32);

IMPORT(EVENTUAL, "get") void eventual_get(u32, const void *, u32, option_result *);
IMPORT(EVENTUAL, "set") void eventual_set(u32, const void *, u32, u32, handle_result *);
IMPORT(EVENTUAL, "delete") void eventual_delete(u32, const void *, u32, handle_result *);
IMPORT(EVENTUAL, "exists") void eventual_exists(u32, const void *, u32, handle_result *);

IMPORT(ATOMIC, "increment") void atomic_increment(u32, const void *, u32, u64, u64_result *);
IMPORT(ATOMIC, "compare-and-swap")
void atomic_compare_and_swap(u32, const void *, u32, u64, u64, handle_result *);

IMPORT(EVENTUAL_BATCH, "get-many") void batch_get_many(u32, const list *, u32, list_result *);
IMPORT(EVENTUAL_BATCH, "keys") void batch_keys(u32, list_result *);
IMPORT(EVENTUAL_BATCH, "set-many") void batch_set_many(u32, const pair *, u32, handle_result *);
IMPORT(EVENTUAL_BATCH, "delete-many")
void batch_delete_many(u32, const list *, u32, handle_result *);

/* Other versions than 0.2.0 on purpose: a host has to take any 0.2.x for another. */
IMPORT("wasi:cli/stdin@0.2.1", "get-stdin") u32 get_stdin(void);
IMPORT("wasi:cli/stdout@0.2.1", "get-stdout") u32 get_stdout(void);
IMPORT("wasi:cli/stderr@0.2.1", "get-stderr") u32 get_stderr(void);
IMPORT("wasi:cli/environment@0.2.1", "get-arguments") void get_arguments(list *);
IMPORT("wasi:cli/environment@0.2.1", "get-environment") void get_environment(list *);
IMPORT("wasi:cli/exit@0.2.1", "exit") void exit_with_result(u32);
IMPORT("wasi:cli/exit@0.2.1", "exit-with-code") void exit_with_code(u32);
IMPORT("wasi:clocks/monotonic-clock@0.2.1", "now") u64 monotonic_now(void);
IMPORT("wasi:clocks/monotonic-clock@0.2.1", "subscribe-duration") u32 subscribe_duration(u64);
IMPORT("wasi:clocks/wall-clock@0.2.1", "now") void wall_now(void *);
IMPORT("wasi:random/random@0.2.1", "get-random-bytes") void get_random_bytes(u64, list *);
IMPORT("wasi:random/random@0.2.1", "get-random-u64") u64 get_random_u64(void);

/** Before a guest's `u32 run(void)`, which gives 0 for ok, 1 for err. */
#define RUN EXPORT("wasi:cli/run@0.2.1#run")

/* What a guest of no C library brings itself: runtime.c. */

u32 length_of(const char *text);
int same(const void *left, const void *right, u32 length);
void *allocate(u32 size);
/** Gives back everything that has been allocated since `allocated()` gave this mark. */
u32 allocated(void);
void give_back(u32 mark);
/** Writes all of it; false where the stream has failed or is closed. */
int write_all(u32 stream, const void *data, u32 length);
/** Writes text to stdout, and to stderr. */
void print(const char *text);
void complain(const char *text);
/** Decimal, as text that lasts until the next call. */
const char *decimal(u64 number);
/** Opens a bucket that has to be there. */
u32 open_bucket(const char *name);

#endif
