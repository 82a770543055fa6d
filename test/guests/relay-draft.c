/* As relay.c, for a draft of wasi:keyvalue/store, atomics and batch. */
#include "drafts.h"
#include "relay.h"

RESOURCE(STORE, "bucket", d_bucket)

static d_result result;
static d_value value;
static d_sum sum;
static d_page page;
static d_many many;

EXPORT(STORE "#open") u32 relay_open(const void *name, u32 length) {
  d_open(name, length, &result);
  if (!result.failed) result.value = d_bucket_export(result.value);
  RETURN(result);
}

EXPORT(STORE "#[method]bucket.get") u32 relay_get(u32 it, const void *key, u32 length) {
  d_get(handle_of(it), key, length, &value);
  RETURN(value);
}

EXPORT(STORE "#[method]bucket.set")
u32 relay_set(u32 it, const void *key, u32 length, const void *data, u32 size) {
  d_set(handle_of(it), key, length, data, size, &result);
  RETURN(result);
}

EXPORT(STORE "#[method]bucket.delete") u32 relay_delete(u32 it, const void *key, u32 length) {
  d_delete(handle_of(it), key, length, &result);
  RETURN(result);
}

EXPORT(STORE "#[method]bucket.exists") u32 relay_exists(u32 it, const void *key, u32 length) {
  d_exists(handle_of(it), key, length, &result);
  RETURN(result);
}

EXPORT(STORE "#[method]bucket.list-keys")
#if DRAFT == 1
u32 relay_list_keys(u32 it, u32 some, u64 cursor) {
  d_list_keys(handle_of(it), some, cursor, &page);
#else
u32 relay_list_keys(u32 it, u32 some, const void *cursor, u32 length) {
  d_list_keys(handle_of(it), some, cursor, length, &page);
#endif
  RETURN(page);
}

EXPORT(ATOMICS "#increment")
u32 relay_increment(u32 bucket, const void *key, u32 length, s64 delta) {
  d_increment(handle_of(bucket), key, length, delta, &sum);
  RETURN(sum);
}

EXPORT(BATCH "#get-many") u32 relay_get_many(u32 bucket, const list *keys, u32 count) {
  d_get_many(handle_of(bucket), keys, count, &many);
  RETURN(many);
}

EXPORT(BATCH "#set-many") u32 relay_set_many(u32 bucket, const d_pair *pairs, u32 count) {
  d_set_many(handle_of(bucket), pairs, count, &result);
  RETURN(result);
}

EXPORT(BATCH "#delete-many") u32 relay_delete_many(u32 bucket, const list *keys, u32 count) {
  d_delete_many(handle_of(bucket), keys, count, &result);
  RETURN(result);
}

#if DRAFT == 2
RESOURCE(ATOMICS, "cas", d_cas)
TAKEN(ATOMICS, "cas", d_cas)

static d_swap_result swapped;

EXPORT(ATOMICS "#[static]cas.new") u32 relay_cas_new(u32 bucket, const void *key, u32 length) {
  d_cas_new(handle_of(bucket), key, length, &result);
  if (!result.failed) result.value = d_cas_export(result.value);
  RETURN(result);
}

EXPORT(ATOMICS "#[method]cas.current") u32 relay_cas_current(u32 it) {
  d_cas_current(handle_of(it), &value);
  RETURN(value);
}

EXPORT(ATOMICS "#swap") u32 relay_swap(u32 cas, const void *data, u32 size) {
  d_swap(d_cas_taken(cas), data, size, &swapped);
  if (swapped.failed && swapped.tag == CAS_FAILED) swapped.cas = d_cas_export(swapped.cas);
  RETURN(swapped);
}
#endif
