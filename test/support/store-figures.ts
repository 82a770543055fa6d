/** What a store on LMDB says of itself, as one object. */
import type { Fact, Store } from '../../src/store/store.js';

export interface StoreFigures {
  readonly format: number;
  readonly buckets: number;
  readonly keys: number;
  readonly chunkedValues: number;
  readonly uploads: number;
  /** Bytes. */
  readonly fileSize: number;
  /** Bytes. */
  readonly freeSize: number;
}

export function figuresOf(store: Pick<Store, 'info'>): StoreFigures {
  return figures(store.info());
}

export function figures(facts: readonly Fact[]): StoreFigures {
  return Object.fromEntries(facts.map(({ name, value }) => [name, value])) as never;
}
