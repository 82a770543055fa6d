/* What guests share that export the interfaces which they import. */
#ifndef RELAY_H
#define RELAY_H

/** An imported resource, of which the exported one is made; 0 when it has been given away. */
typedef struct { u32 handle; } held;

static u32 hold(u32 handle) {
  held *place = allocate(sizeof(held));
  place->handle = handle;
  return (u32)place;
}

static u32 handle_of(u32 held_at) { return ((held *)held_at)->handle; }

/** The functions of an exported resource: how it is made, and what dropping it does. */
#define RESOURCE(module, wit_name, name)                                                    \
  IMPORT("[export]" module, "[resource-new]" wit_name) u32 name##_made(u32);                \
  EXPORT(module "#[dtor]" wit_name) void name##_destroy(u32 it) {                           \
    if (handle_of(it) != 0) name##_drop(handle_of(it));                                     \
  }                                                                                         \
  static u32 name##_export(u32 handle) { return name##_made(hold(handle)); }

/** The imported resource behind an exported one that was given away. */
#define TAKEN(module, wit_name, name)                                              \
  IMPORT("[export]" module, "[resource-rep]" wit_name) u32 name##_rep(u32);        \
  IMPORT("[export]" module, "[resource-drop]" wit_name) void name##_export_drop(u32); \
  static u32 name##_taken(u32 exported) {                                          \
    held *place = (held *)name##_rep(exported);                                    \
    u32 handle = place->handle;                                                    \
    place->handle = 0;                                                             \
    name##_export_drop(exported);                                                  \
    return handle;                                                                 \
  }

#define RETURN(result) return (u32)&(result)

#endif
