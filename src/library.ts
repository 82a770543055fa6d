/**
 * The package as a library: the interfaces over a store, for hosts of components other than
 * `kv run`. What `createKeyvalue` returns is what a component imports, by the interfaces' names.
 */
export { KvError } from './errors.js';
export { createKeyvalue, type Keyvalue } from './keyvalue/index.js';
export { MemoryStore } from './store/memory/memory-store.js';
export { openStore } from './store/open.js';
export type { Mode, Store } from './store/store.js';
