/**
 * The time that a guest has. V8 can stop code wherever it is, in the midst of a transaction too, which
 * then could be neither ended nor undone. So when the time is over the guest's next call is refused,
 * and V8 stops only what makes no call, or is in one for long.
 */
import vm from 'node:vm';
import { KvError } from '../errors.js';
import type { HostFunction } from './host-functions.js';

/** Milliseconds from the end of the time to where V8 stops what goes on: for a call under way. */
const GRACE_MILLISECONDS = 100;

export class TimeLimit {
  readonly #milliseconds: number | undefined;
  #action: string;
  #end: number;

  /** It begins now; undefined milliseconds are no limit. `action` is what is stopped. */
  constructor(milliseconds: number | undefined, action: string) {
    this.#milliseconds = milliseconds;
    this.#action = action;
    this.#end = performance.now() + (milliseconds ?? Number.POSITIVE_INFINITY);
  }

  /** Begins again, for something else that is stopped. */
  restart(action: string): void {
    this.#action = action;
    this.#end = performance.now() + (this.#milliseconds ?? Number.POSITIVE_INFINITY);
  }

  /** The function, which throws `timed-out` in place of the call when the time is over. */
  guard(call: HostFunction): HostFunction {
    if (this.#milliseconds === undefined) return call;
    return (...parameters) => {
      if (performance.now() >= this.#end) throw this.#timedOut();
      return call(...parameters);
    };
  }

  /** Does the work. Throws `timed-out` where V8 stopped it, of which no `finally` was run. */
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
