/**
 * The package as a library: the interfaces over a store, for hosts of components other than
 * `kv run`. What `createKeyvalue` returns is what a component imports, by the interfaces' names.
 */
export { KvError } from './errors.js';
export { createKeyvalue, type Keyvalue } from './keyvalue/index.js';
export { type Mode, openStore } from './store/lmdb/open-store.js';
export { MemoryStore } from './store/memory/memory-store.js';
export type { Store } from './store/store.js';
