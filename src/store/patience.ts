/** How a store waits for another writer, or for a server, and reports it to a person. */
import type { Milliseconds } from './record.js';

/** How long a wait lasts before it is reported, in ms. */
export const REPORT_MS = 1000;

export interface Patience {
  /** How long one write waits; absent: as long as necessary, and 10 s for a server that is down. */
  readonly limit?: Milliseconds | undefined;
  /** Called once a wait has lasted a second, with whom it waits for. */
  waiting?(other: string): void;
  /**
   * Called where a process of another container has this one's id and the store open, before anything was waited
   * for. May throw what ends this process, for it to begin again under another id.
   */
  readonly idIsTaken?: (() => void) | undefined;
  /** Called with a remark about a store that was made. */
  remark?(words: string): void;
  /** Runs a wait that blocks the event loop. */
  whileBlocked?(wait: () => void): void;
}
