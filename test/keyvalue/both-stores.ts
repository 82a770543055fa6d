/** The two implementations of the Store port, for tests that hold of both. */
import { createKeyvalue, type Keyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { openTestStore } from '../support/open-test-store.js';

interface StoreKind {
  readonly name: string;
  /** The interfaces over a fresh store. */
  open(): Promise<Keyvalue>;
}

export const bothStores: StoreKind[] = [
  { name: 'on LMDB', open: async () => createKeyvalue(await openTestStore()) },
  { name: 'in memory', open: async () => createKeyvalue(new MemoryStore()) },
];
