/**
 * Waits for one's turn to write. LMDB would wait inside a lock, where nothing can be reported or
 * stopped. So the lock is looked at first, in LMDB's own file, and LMDB is asked when it is free:
 * LMDB itself waits only if somebody takes the lock in that moment. If nobody else writes, this
 * costs one small read.
 */
import { KvError } from '../../errors.js';
import { type Patience, REPORT_MS } from '../patience.js';
import type { LockFile } from './lock-file.js';
import { nameOfWriter } from './process-name.js';

/** How long a process waits before it asks one that writes repeatedly to let others go first. */
const ASK_MS = 100;

const HINT = 'try again, or wait longer: --wait DUR';

/** How long such a writer waits for those who have asked, in ms. */
const YIELD_MS = 20;

export class WriteTurn {
  readonly #path: string;
  readonly #lockFile: LockFile;
  readonly #patience: Patience;

  /** `path` is the store's. */
  constructor(path: string, lockFile: LockFile, patience: Patience) {
    this.#path = path;
    this.#lockFile = lockFile;
    this.#patience = patience;
  }

  /** Whether another process has waited for its turn for some time. */
  get isAskedFor(): boolean {
    return this.#lockFile.isAskedForTurn();
  }

  /** Whether waiting processes can be seen. */
  get seesOthersWait(): boolean {
    return this.#lockFile.seesTurns;
  }

  /** Returns when nobody writes; blocks the event loop. Throws `busy` when patience ends. */
  waitSync(): void {
    this.#blocked(this.#pauses());
  }

  /** The same, but until `isDone`, for something that another writer is doing. Throws `busy`. */
  waitUntilSync(isDone: () => boolean, action: string): void {
    this.#blocked(this.#pausesUntil(isDone, action));
  }

  /** The same without blocking. Rejects with the reason of `signal` as well. */
  async wait(signal?: AbortSignal): Promise<void> {
    for (const milliseconds of this.#pauses()) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
    signal?.throwIfAborted();
  }

  /** The pauses, in ms, between looks at the lock, until it is free. */
  *#pauses(): Generator<number> {
    yield* this.#yielding();
    if (this.#lockFile.writer() === 0) return;
    const { limit = Number.POSITIVE_INFINITY, waiting } = this.#patience;
    const began = performance.now();
    let isReported = false;
    for (let elapsed = 0; ; elapsed = performance.now() - began) {
      const writer = this.#lockFile.writer();
      if (writer === 0) return;
      if (elapsed >= limit) throw this.#busy(writer);
      if (elapsed >= REPORT_MS && !isReported) {
        isReported = true;
        waiting?.(`another writer: ${nameOfWriter(writer, this.#path)}`);
      }
      if (elapsed >= ASK_MS) this.#lockFile.askForTurn();
      yield Math.min(pauseAfter(elapsed), Math.max(0.1, limit - elapsed));
    }
  }

  *#pausesUntil(isDone: () => boolean, action: string): Generator<number> {
    const { limit = Number.POSITIVE_INFINITY, waiting } = this.#patience;
    const began = performance.now();
    let isReported = false;
    for (let elapsed = 0; !isDone(); elapsed = performance.now() - began) {
      if (elapsed >= limit) {
        throw new KvError('busy', `cannot ${action}: another one does so just now`, { hint: HINT });
      }
      if (elapsed >= REPORT_MS && !isReported) {
        isReported = true;
        waiting?.('another one that appends');
      }
      yield Math.max(1, pauseAfter(elapsed));
    }
  }

  #blocked(pauses: Generator<number>): void {
    const first = pauses.next();
    if (first.done) return;
    const waitOn = () => {
      pause(first.value);
      for (const milliseconds of pauses) pause(milliseconds);
    };
    if (this.#patience.whileBlocked) this.#patience.whileBlocked(waitOn);
    else waitOn();
  }

  /** If this process wrote last, lets others go first who have waited long. */
  *#yielding(): Generator<number> {
    if (!this.isAskedFor) return;
    const began = performance.now();
    while (this.#lockFile.writer() === 0 && this.isAskedFor) {
      if (performance.now() - began >= YIELD_MS) return;
      yield 1;
    }
  }

  #busy(writer: number): KvError {
    const state = `${nameOfWriter(writer, this.#path)} is writing to it`;
    return new KvError('busy', `cannot write to store "${this.#path}": ${state}`, { hint: HINT });
  }
}

/** In ms: short at first, since most writers are done soon. */
function pauseAfter(elapsed: number): number {
  if (elapsed < 5) return 0.2;
  if (elapsed < ASK_MS) return 1;
  return elapsed < REPORT_MS ? 2 : 5;
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
