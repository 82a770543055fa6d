/** wasi:io/poll@0.2.0 */
import { Trap } from '../errors.js';

/** What a pollable waits for: one end of a stream, or a clock. */
export interface Readiness {
  /** True when the event has happened. Never blocks. */
  ready(): boolean;
  /** Blocks until the event has happened, or `milliseconds` (possibly Infinity) have passed. */
  wait(milliseconds: number): void;
}

/** How long a wait for one of several pollables lasts before the others are checked. */
const POLL_SLICE_MILLISECONDS = 5;

/** `resource pollable`: a single I/O event which may be ready, or not. */
export class Pollable {
  readonly #readiness: Readiness;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Whether the event has happened. Never blocks. WIT: `[method]pollable.ready`. */
  ready(): boolean {
    return this.#readiness.ready();
  }

  /** Returns when the event has happened. WIT: `[method]pollable.block`. */
  block(): void {
    this.waitFor(Number.POSITIVE_INFINITY);
  }

  /** Blocks like `block`, but for at most `milliseconds`. */
  waitFor(milliseconds: number): void {
    if (!this.#readiness.ready()) this.#readiness.wait(milliseconds);
  }

  [Symbol.dispose](): void {}
}

/**
 * Waits until at least one of the pollables is ready; returns the positions of all that are.
 * The same pollable may be given twice. An empty list can never be ready: a trap. WIT: `poll`.
 */
export function poll(pollables: Pollable[]): Uint32Array {
  if (pollables.length === 0) throw new Trap('poll of an empty list would never return');
  const slice = pollables.length === 1 ? Number.POSITIVE_INFINITY : POLL_SLICE_MILLISECONDS;
  for (;;) {
    const ready = pollables.flatMap((pollable, position) => (pollable.ready() ? [position] : []));
    if (ready.length > 0) return Uint32Array.from(ready);
    for (const pollable of pollables) pollable.waitFor(slice);
  }
}
