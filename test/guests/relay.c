/*
 * Exports the interfaces that it imports: every call goes through the component to the host, and
 * every answer comes back through it. So a suite for the interfaces can be run on the host as a
 * component meets it. Of each resource it exports one that holds the handle of an imported one.
 */
#include "kv.h"
#include "relay.h"

RESOURCE(IO_ERROR, "error", io_error)
RESOURCE(POLL, "pollable", pollable)
RESOURCE(STREAMS, "input-stream", input)
RESOURCE(STREAMS, "output-stream", output)
RESOURCE(KEYVALUE_ERROR, "error", error)
RESOURCE(TYPES, "bucket", bucket)
RESOURCE(TYPES, "outgoing-value", outgoing)
RESOURCE(TYPES, "incoming-value", incoming)

TAKEN(TYPES, "incoming-value", incoming)

static handle_result as_handle;
static option_result as_option;
static list_result as_list;
static u64_result as_u64;
static stream_result as_stream;
static stream_list_result as_stream_list;
static stream_u64_result as_stream_u64;
static list as_text;

#define WRAP_ERROR(result, field) \
  if ((result).failed) (result).field = error_export((result).field)
#define WRAP_STREAM_ERROR(result) \
  if ((result).failed && (result).error.tag == FAILED) \
  (result).error.error = io_error_export((result).error.error)

/* wasi:io */

EXPORT(IO_ERROR "#[method]error.to-debug-string") u32 relay_to_debug_string(u32 it) {
  io_error_to_debug_string(handle_of(it), &as_text);
  RETURN(as_text);
}

EXPORT(POLL "#[method]pollable.ready") u32 relay_ready(u32 it) {
  return pollable_ready(handle_of(it));
}

EXPORT(POLL "#[method]pollable.block") void relay_block(u32 it) { pollable_block(handle_of(it)); }

EXPORT(POLL "#poll") u32 relay_poll(u32 *all, u32 count) {
  for (u32 i = 0; i < count; i++) all[i] = handle_of(all[i]);
  poll(all, count, &as_text);
  RETURN(as_text);
}

#define READ(wit_name, name)                                                          \
  EXPORT(STREAMS "#[method]input-stream." wit_name) u32 relay_##name(u32 it, u64 len) { \
    name(handle_of(it), len, &as_stream_list);                                        \
    WRAP_STREAM_ERROR(as_stream_list);                                                \
    RETURN(as_stream_list);                                                           \
  }
READ("read", input_read)
READ("blocking-read", input_blocking_read)

#define SKIP(wit_name, name)                                                          \
  EXPORT(STREAMS "#[method]input-stream." wit_name) u32 relay_##name(u32 it, u64 len) { \
    name(handle_of(it), len, &as_stream_u64);                                         \
    WRAP_STREAM_ERROR(as_stream_u64);                                                 \
    RETURN(as_stream_u64);                                                            \
  }
SKIP("skip", input_skip)
SKIP("blocking-skip", input_blocking_skip)

EXPORT(STREAMS "#[method]input-stream.subscribe") u32 relay_input_subscribe(u32 it) {
  return pollable_export(input_subscribe(handle_of(it)));
}

EXPORT(STREAMS "#[method]output-stream.check-write") u32 relay_check_write(u32 it) {
  output_check_write(handle_of(it), &as_stream_u64);
  WRAP_STREAM_ERROR(as_stream_u64);
  RETURN(as_stream_u64);
}

#define WRITE(wit_name, name)                                                 \
  EXPORT(STREAMS "#[method]output-stream." wit_name)                          \
  u32 relay_##name(u32 it, const void *data, u32 length) {                    \
    name(handle_of(it), data, length, &as_stream);                            \
    WRAP_STREAM_ERROR(as_stream);                                             \
    RETURN(as_stream);                                                        \
  }
WRITE("write", output_write)
WRITE("blocking-write-and-flush", output_blocking_write_and_flush)

#define FLUSH(wit_name, name)                                                        \
  EXPORT(STREAMS "#[method]output-stream." wit_name) u32 relay_##name(u32 it) {      \
    name(handle_of(it), &as_stream);                                                 \
    WRAP_STREAM_ERROR(as_stream);                                                    \
    RETURN(as_stream);                                                               \
  }
FLUSH("flush", output_flush)
FLUSH("blocking-flush", output_blocking_flush)

EXPORT(STREAMS "#[method]output-stream.subscribe") u32 relay_output_subscribe(u32 it) {
  return pollable_export(output_subscribe(handle_of(it)));
}

#define ZEROES(wit_name, name)                                                           \
  EXPORT(STREAMS "#[method]output-stream." wit_name) u32 relay_##name(u32 it, u64 len) { \
    name(handle_of(it), len, &as_stream);                                                \
    WRAP_STREAM_ERROR(as_stream);                                                        \
    RETURN(as_stream);                                                                   \
  }
ZEROES("write-zeroes", output_write_zeroes)
ZEROES("blocking-write-zeroes-and-flush", output_blocking_write_zeroes_and_flush)

#define SPLICE(wit_name, name)                                    \
  EXPORT(STREAMS "#[method]output-stream." wit_name)              \
  u32 relay_##name(u32 it, u32 source, u64 len) {                 \
    name(handle_of(it), handle_of(source), len, &as_stream_u64);  \
    WRAP_STREAM_ERROR(as_stream_u64);                             \
    RETURN(as_stream_u64);                                        \
  }
SPLICE("splice", output_splice)
SPLICE("blocking-splice", output_blocking_splice)

/* wasi:keyvalue */

EXPORT(KEYVALUE_ERROR "#[method]error.trace") u32 relay_trace(u32 it) {
  error_trace(handle_of(it), &as_text);
  RETURN(as_text);
}

EXPORT(TYPES "#[static]bucket.open-bucket") u32 relay_open(const void *name, u32 length) {
  bucket_open(name, length, &as_handle);
  as_handle.value = (as_handle.failed ? error_export : bucket_export)(as_handle.value);
  RETURN(as_handle);
}

EXPORT(TYPES "#[static]outgoing-value.new-outgoing-value") u32 relay_new_outgoing(void) {
  return outgoing_export(outgoing_new());
}

EXPORT(TYPES "#[method]outgoing-value.outgoing-value-write-body-async")
u32 relay_write_async(u32 it) {
  outgoing_write_async(handle_of(it), &as_handle);
  as_handle.value = (as_handle.failed ? error_export : output_export)(as_handle.value);
  RETURN(as_handle);
}

EXPORT(TYPES "#[method]outgoing-value.outgoing-value-write-body-sync")
u32 relay_write_sync(u32 it, const void *data, u32 length) {
  outgoing_write_sync(handle_of(it), data, length, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(TYPES "#[static]incoming-value.incoming-value-consume-sync")
u32 relay_consume_sync(u32 value) {
  incoming_consume_sync(incoming_taken(value), &as_list);
  WRAP_ERROR(as_list, error);
  RETURN(as_list);
}

EXPORT(TYPES "#[static]incoming-value.incoming-value-consume-async")
u32 relay_consume_async(u32 value) {
  incoming_consume_async(incoming_taken(value), &as_handle);
  as_handle.value = (as_handle.failed ? error_export : input_export)(as_handle.value);
  RETURN(as_handle);
}

EXPORT(TYPES "#[method]incoming-value.incoming-value-size") u32 relay_size(u32 it) {
  incoming_size(handle_of(it), &as_u64);
  WRAP_ERROR(as_u64, error);
  RETURN(as_u64);
}

EXPORT(EVENTUAL "#get") u32 relay_get(u32 bucket, const void *key, u32 length) {
  eventual_get(handle_of(bucket), key, length, &as_option);
  if (as_option.failed) as_option.error = error_export(as_option.error);
  else if (as_option.some) as_option.value = incoming_export(as_option.value);
  RETURN(as_option);
}

EXPORT(EVENTUAL "#set") u32 relay_set(u32 bucket, const void *key, u32 length, u32 value) {
  eventual_set(handle_of(bucket), key, length, handle_of(value), &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(EVENTUAL "#delete") u32 relay_delete(u32 bucket, const void *key, u32 length) {
  eventual_delete(handle_of(bucket), key, length, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(EVENTUAL "#exists") u32 relay_exists(u32 bucket, const void *key, u32 length) {
  eventual_exists(handle_of(bucket), key, length, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(ATOMIC "#increment")
u32 relay_increment(u32 bucket, const void *key, u32 length, u64 delta) {
  atomic_increment(handle_of(bucket), key, length, delta, &as_u64);
  WRAP_ERROR(as_u64, error);
  RETURN(as_u64);
}

EXPORT(ATOMIC "#compare-and-swap")
u32 relay_compare_and_swap(u32 bucket, const void *key, u32 length, u64 old, u64 desired) {
  atomic_compare_and_swap(handle_of(bucket), key, length, old, desired, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(EVENTUAL_BATCH "#get-many") u32 relay_get_many(u32 bucket, const list *keys, u32 count) {
  batch_get_many(handle_of(bucket), keys, count, &as_list);
  WRAP_ERROR(as_list, error);
  option *values = (option *)as_list.value.data;
  for (u32 i = 0; !as_list.failed && i < as_list.value.length; i++) {
    if (values[i].some) values[i].value = incoming_export(values[i].value);
  }
  RETURN(as_list);
}

EXPORT(EVENTUAL_BATCH "#keys") u32 relay_keys(u32 bucket) {
  batch_keys(handle_of(bucket), &as_list);
  WRAP_ERROR(as_list, error);
  RETURN(as_list);
}

EXPORT(EVENTUAL_BATCH "#set-many") u32 relay_set_many(u32 bucket, pair *pairs, u32 count) {
  for (u32 i = 0; i < count; i++) pairs[i].value = handle_of(pairs[i].value);
  batch_set_many(handle_of(bucket), pairs, count, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

EXPORT(EVENTUAL_BATCH "#delete-many")
u32 relay_delete_many(u32 bucket, const list *keys, u32 count) {
  batch_delete_many(handle_of(bucket), keys, count, &as_handle);
  WRAP_ERROR(as_handle, value);
  RETURN(as_handle);
}

/* Streams that a test makes. */

#define ENDS "test:guests/ends"
IMPORT(ENDS, "input") u32 ends_input(void);
IMPORT(ENDS, "broken-input") u32 ends_broken_input(void);
IMPORT(ENDS, "broken-output") u32 ends_broken_output(void);

EXPORT(ENDS "#input") u32 relay_ends_input(void) { return input_export(ends_input()); }

EXPORT(ENDS "#broken-input") u32 relay_broken_input(void) {
  return input_export(ends_broken_input());
}

EXPORT(ENDS "#broken-output") u32 relay_broken_output(void) {
  return output_export(ends_broken_output());
}
