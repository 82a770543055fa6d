/*
 * The imports of wasi:keyvalue/store, atomics and batch by the canonical ABI: of 0.2.0-draft, the tag,
 * where DRAFT is 1, of 0.2.0-draft2 where it is 2. Names begin with `d_`.
 */
#ifndef DRAFTS_H
#define DRAFTS_H
#include "kv.h"

#if DRAFT == 1
#define VERSION "0.2.0-draft"
#else
#define VERSION "0.2.0-draft2"
#endif
#define STORE "wasi:keyvalue/store@" VERSION
#define ATOMICS "wasi:keyvalue/atomics@" VERSION
#define BATCH "wasi:keyvalue/batch@" VERSION

typedef long long s64;

/** The variant `error`; `other` has the text where the tag is OTHER. */
typedef struct { u8 tag; list other; } d_error;
enum { NO_SUCH_STORE, ACCESS_DENIED, OTHER };

/** `result<own<T>, error>`, `result<bool, error>`, `result<_, error>`. */
typedef struct { u8 failed; union { u32 value; d_error error; }; } d_result;

/** `result<option<list<u8>>, error>`. */
typedef struct { u8 failed; union { struct { u8 some; list value; }; d_error error; }; } d_value;

/** `result<u64, error>`, `result<s64, error>`. */
typedef struct { u8 failed; union { s64 value; u64 as_u64; d_error error; }; } d_sum;

#if DRAFT == 1
typedef struct { u8 some; u64 value; } d_cursor;
#define CURSOR_PARAMETERS u32, u64
#define CURSOR(cursor) (cursor).some, (cursor).value
#else
typedef struct { u8 some; list value; } d_cursor;
#define CURSOR_PARAMETERS u32, const void *, u32
#define CURSOR(cursor) (cursor).some, (cursor).value.data, (cursor).value.length
#endif

/** `result<key-response, error>`. */
typedef struct {
  u8 failed;
  union { struct { list keys; d_cursor cursor; }; d_error error; };
} d_page;

/** `result<list<option<tuple<string, list<u8>>>>, error>`, and what it lists. */
typedef struct { u8 failed; union { list value; d_error error; }; } d_many;
typedef struct { u8 some; list key; list value; } d_found;

/** An element of `list<tuple<string, list<u8>>>`. */
typedef struct { list key; list value; } d_pair;

IMPORT(STORE, "open") void d_open(const void *, u32, d_result *);
IMPORT(STORE, "[method]bucket.get") void d_get(u32, const void *, u32, d_value *);
IMPORT(STORE, "[method]bucket.set") void d_set(u32, const void *, u32, const void *, u32, d_result *);
IMPORT(STORE, "[method]bucket.delete") void d_delete(u32, const void *, u32, d_result *);
IMPORT(STORE, "[method]bucket.exists") void d_exists(u32, const void *, u32, d_result *);
IMPORT(STORE, "[method]bucket.list-keys") void d_list_keys(u32, CURSOR_PARAMETERS, d_page *);
IMPORT(STORE, "[resource-drop]bucket") void d_bucket_drop(u32);

IMPORT(ATOMICS, "increment") void d_increment(u32, const void *, u32, s64, d_sum *);

IMPORT(BATCH, "get-many") void d_get_many(u32, const list *, u32, d_many *);
IMPORT(BATCH, "set-many") void d_set_many(u32, const d_pair *, u32, d_result *);
IMPORT(BATCH, "delete-many") void d_delete_many(u32, const list *, u32, d_result *);

#if DRAFT == 2
/** `result<_, cas-error>`. */
typedef struct {
  u8 failed;
  struct { u8 tag; union { d_error error; u32 cas; }; };
} d_swap_result;
enum { STORE_ERROR, CAS_FAILED };

IMPORT(ATOMICS, "[static]cas.new") void d_cas_new(u32, const void *, u32, d_result *);
IMPORT(ATOMICS, "[method]cas.current") void d_cas_current(u32, d_value *);
IMPORT(ATOMICS, "[resource-drop]cas") void d_cas_drop(u32);
IMPORT(ATOMICS, "swap") void d_swap(u32, const void *, u32, d_swap_result *);
#endif

#endif
