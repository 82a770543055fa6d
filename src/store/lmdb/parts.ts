/** The parts of a store on LMDB, for its buckets and uploads. */
import type { Catalogue } from './catalogue.js';
import type { Chunks } from './chunks.js';
import type { Environment } from './environment.js';
import type { ExpiryIndex } from './expiry-index.js';
import type { SeenPages } from './seen-pages.js';
import type { SoundStretches } from './sound-stretch.js';
import type { Transactions } from './transactions.js';

export interface Parts {
  readonly environment: Environment;
  readonly chunks: Chunks;
  readonly expiry: ExpiryIndex;
  readonly catalogue: Catalogue;
  readonly transactions: Transactions;
  readonly seen: SeenPages;
  readonly stretches: SoundStretches;
}
