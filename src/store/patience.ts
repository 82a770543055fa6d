/** How a store waits for another writer. */
import type { Milliseconds } from './record.js';

export interface Patience {
  /** How long one write waits; absent: as long as it takes. */
  readonly limit?: Milliseconds | undefined;
  /** Told once for a wait, when it has lasted a second, who is being waited for. */
  waiting?(writer: string): void;
  /** Runs a wait in which the event loop stands still. */
  still?(wait: () => void): void;
}
