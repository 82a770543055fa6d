/** Work that V8 does not leave by itself, as a match of a regular expression: Ctrl-C ends it. */
import { type Context, createContext, Script } from 'node:vm';
import { KvError } from '../errors.js';
import { endingAtSignals } from './signals.js';

/** Work that takes no longer delays no signal that anybody would notice, in milliseconds. */
const BRIEF_MS = 50;

type Work = <T>(work: () => T) => T;

/**
 * Returns what does such work: see `Unbounded`. Where nothing listens to signals, they end the process as
 * usual. Otherwise Ctrl-C ends the work, and any other signal the process.
 */
export function abandonedAtCtrlC(): Work {
  const room = new Room();
  return (work) => {
    if (process.listenerCount('SIGINT') === 0) return work();
    try {
      return room.run(work, { timeout: BRIEF_MS });
    } catch (thrown) {
      if (codeOf(thrown) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
    }
    // Not at once: Ctrl-C in the moments around this ends the process.
    return endingAtSignals(() => {
      try {
        return room.run(work, { breakOnSigint: true });
      } catch (cause) {
        if (codeOf(cause) !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw cause;
        throw new KvError('interrupted', 'stopped by SIGINT', { cause });
      }
    });
  };
}

/** What ends work from outside: Node does that for scripts alone. */
class Room {
  #script: Script | undefined;
  #globals: Context | undefined;

  run<T>(work: () => T, options: { timeout: number } | { breakOnSigint: true }): T {
    this.#script ??= new Script('work()');
    this.#globals ??= createContext({});
    this.#globals.work = work;
    return this.#script.runInContext(this.#globals, options) as T;
  }
}

function codeOf(thrown: unknown): unknown {
  return (thrown as { code?: unknown }).code;
}
