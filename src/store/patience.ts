/** How a store waits for another writer. */
import type { Milliseconds } from './record.js';

export interface Patience {
  /** How long one write waits; absent: as long as it takes. */
  readonly limit?: Milliseconds | undefined;
  /** Called once in a wait, when it has lasted a second. */
  waiting?(writer: string): void;
  /** Runs a wait that blocks the event loop. */
  whileBlocked?(wait: () => void): void;
}
