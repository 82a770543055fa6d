/** The two implementations of the Store port, for tests that hold of both. */
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { keyvalueOver, type OpenKeyvalue, openTestStore } from '../support/open-test-store.js';

interface StoreKind {
  readonly name: string;
  /** The interfaces over a fresh store. */
  open(): Promise<OpenKeyvalue>;
}

export const bothStores: StoreKind[] = [
  { name: 'on LMDB', open: async () => keyvalueOver(await openTestStore()) },
  { name: 'in memory', open: async () => keyvalueOver(new MemoryStore()) },
];
