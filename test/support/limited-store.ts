/** A store that can do no more than one key at a time, as one elsewhere may. */
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import type { Capability } from '../../src/store/store.js';

export class LimitedStore extends MemoryStore {
  override readonly supports: ReadonlySet<Capability> = new Set();

  override transaction(): never {
    throw new Error('transactions were used, and not asked for');
  }

  override group(): never {
    throw new Error('transactions were used, and not asked for');
  }

  override createDraft(): never {
    throw new Error('drafts were used, and not asked for');
  }
}
