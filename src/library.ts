/**
 * The package as a library: the interfaces over a store, for hosts of components other than `kv
 * run`. `createKeyvalue` returns what a component imports, by the names of the interfaces.
 */
export { KvError } from './errors.js';
export { createKeyvalue, type Keyvalue } from './keyvalue/index.js';
export { MemoryStore } from './store/memory/memory-store.js';
export { openStore } from './store/open.js';
export type { Mode, Store } from './store/store.js';
