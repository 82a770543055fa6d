/**
 * The time limit of a guest. V8 can stop code anywhere, also inside a transaction, which could then
 * be neither committed nor undone. So when the time is over the guest's next call is refused, and
 * V8 stops only code that makes no call, or a call that takes long.
 */
import vm from 'node:vm';
import { KvError } from '../errors.js';

/**
 * Milliseconds between the time limit and the moment when V8 stops the code: a call under way may
 * end.
 */
const GRACE_MILLISECONDS = 100;

export class TimeLimit {
  readonly #milliseconds: number | undefined;
  #action: string;
  #end: number;

  /** Begins to count; undefined milliseconds are no limit. `action` is named in the error. */
  constructor(milliseconds: number | undefined, action: string) {
    this.#milliseconds = milliseconds;
    this.#action = action;
    this.#end = performance.now() + (milliseconds ?? Number.POSITIVE_INFINITY);
  }

  /** Begins to count anew, for another action. */
  restart(action: string): void {
    this.#action = action;
    this.#end = performance.now() + (this.#milliseconds ?? Number.POSITIVE_INFINITY);
  }

  /** Throws `timed-out` if the time is over. To be called before a call takes anything of the guest's. */
  check(): void {
    if (this.#milliseconds !== undefined && performance.now() >= this.#end) throw this.#timedOut();
  }

  /** Does the work. Throws `timed-out` if V8 stopped it; then no `finally` of it was run. */
  within<T>(work: () => T): T {
    if (this.#milliseconds === undefined) return work();
    const left = Math.max(1, Math.ceil(this.#end - performance.now()));
    let result: T | undefined;
    const run = () => {
      result = work();
    };
    try {
      new vm.Script('run()').runInNewContext({ run }, { timeout: left + GRACE_MILLISECONDS });
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
      throw this.#timedOut();
    }
    return result as T;
  }

  #timedOut(): KvError {
    const state = `it was stopped after ${this.#milliseconds} ms`;
    return new KvError('timed-out', `cannot ${this.#action}: ${state}`);
  }
}
