/**
 * Writes that share transactions. One stays open between two writes, with the write lock held, so
 * that counters and conditions are as exact as with a transaction each; another process that wants
 * to write asks for a turn in the lock file.
 */
import { asKvError, type ErrorCode, KvError } from '../../errors.js';
import type { Pace, SharedWrites } from '../shared-writes.js';
import type { Environment } from './environment.js';
import type { Lasting } from './write-transactions.js';

/**
 * The most writes, and bytes of values, in one transaction: some ten MB of pages wait in memory.
 */
const LIMIT_WRITES = 10_000;
const LIMIT_BYTES = 16 * 1024 * 1024;

/** Milliseconds between two looks for waiting processes: a look takes 2 µs. */
const LOOK_MS = 2;

/** How long a transaction lasts if waiting processes cannot be seen, in ms. */
const UNSEEN_MS = 100;

/** After these errors nothing was written. Any other may have left half of a write. */
const answers: readonly ErrorCode[] = ['no-bucket', 'not-a-counter', 'overflow'];

/** A nested write that fails is rolled back by itself, except after these. */
const failures: readonly ErrorCode[] = ['full', 'io'];

/** The callbacks of a transaction. */
interface Steps {
  /** The last work done in it. */
  last(): void;
  committed(): void;
  /** Called when the sharing has ended. */
  closed(): void;
}

export class WritesAtAPace implements SharedWrites {
  readonly #environment: Environment;
  readonly #steps: Steps;
  readonly #milliseconds: number;
  #open: Lasting | undefined;
  /**
   * For the open transaction: when it has to end, when others were last looked for, and what it
   * contains.
   */
  #end = 0;
  #looked = 0;
  #writes = 0;
  #bytesBefore = 0;
  /** During a write, or the beginning or commit of a transaction. */
  #isBusy = false;
  /** Why accepted writes have been lost. */
  #lost: KvError | undefined;

  constructor(environment: Environment, { milliseconds = Infinity }: Pace, steps: Steps) {
    this.#environment = environment;
    this.#steps = steps;
    const { seesOthersWait } = environment.writes.turn;
    this.#milliseconds = seesOthersWait ? milliseconds : Math.min(milliseconds, UNSEEN_MS);
  }

  /** Whether what comes next is a whole write, and not part of one. */
  get isBetweenWrites(): boolean {
    return !this.#isBusy && (this.#open !== undefined || !this.#environment.inTransaction);
  }

  get isOpen(): boolean {
    return this.#isBusy || this.#open !== undefined;
  }

  /**
   * Does a write in the open transaction, which is begun if necessary; with `isNested`, in a nested
   * one of its own.
   */
  take<T>(write: () => T, isNested = false): T {
    if (this.#lost) throw this.#lost;
    this.#isBusy = true;
    try {
      this.#begin();
      const result = this.#made(write, isNested);
      this.#isBusy = false;
      this.#writes++;
      return result;
    } catch (thrown) {
      // Not set if the guest's time ran out within the call.
      this.#isBusy = false;
      throw thrown;
    }
  }

  settleIfDue(): void {
    if (this.#lost) throw this.#lost;
    if (this.#open === undefined) return;
    if (this.#isDue()) this.settle();
    else this.#environment.writes.nextMoment();
  }

  settle(): void {
    if (this.#lost) throw this.#lost;
    this.interrupt();
  }

  /**
   * Commits in the middle of other work, but not in the middle of a write; returns whether there
   * was anything.
   */
  interrupt(): boolean {
    const open = this.#open;
    if (open === undefined || this.#isBusy) return false;
    this.#open = undefined;
    this.#isBusy = true;
    try {
      this.#environment.writes.commit(open, () => this.#steps.last());
    } catch (thrown) {
      this.#isBusy = false;
      throw this.#loses(thrown);
    }
    this.#isBusy = false;
    this.#steps.committed();
    return true;
  }

  close(): void {
    if (this.#isBusy) return;
    try {
      this.settle();
    } finally {
      this.#steps.closed();
    }
  }

  #begin(): void {
    const { writes, valueBytes } = this.#environment;
    if (this.#open) {
      writes.nextMoment();
      return;
    }
    this.#open = writes.open();
    this.#looked = performance.now();
    this.#end = this.#looked + this.#milliseconds;
    this.#writes = 0;
    this.#bytesBefore = valueBytes;
  }

  /** Does a write. If it may have been left half done, the whole transaction is rolled back. */
  #made<T>(write: () => T, isNested: boolean): T {
    try {
      return write();
    } catch (thrown) {
      const { code } = asKvError(thrown);
      if (isNested ? failures.includes(code) : !answers.includes(code)) this.#undo(thrown);
      throw thrown;
    }
  }

  #isDue(): boolean {
    const { writes, valueBytes } = this.#environment;
    if (this.#writes >= LIMIT_WRITES || valueBytes - this.#bytesBefore >= LIMIT_BYTES) return true;
    const now = performance.now();
    if (now >= this.#end) return true;
    if (now - this.#looked < LOOK_MS) return false;
    this.#looked = now;
    return writes.turn.isAskedFor;
  }

  /** Rolls the whole transaction back, after a write that was left half done. */
  #undo(thrown: unknown): void {
    const open = this.#open!;
    this.#open = undefined;
    this.#environment.writes.abort(open);
    if (this.#writes > 0) this.#loses(thrown);
  }

  #loses(thrown: unknown): KvError {
    const { code, message, hint } = asKvError(thrown);
    const result = `what was written since the last commit is not stored: ${this.#writes} writes`;
    this.#lost = new KvError(code, message, { result, hint, cause: thrown });
    return this.#lost;
  }
}
