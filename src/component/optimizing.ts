/**
 * Chooses V8's compilers for a component. The optimizing one needs memory and time that grow with
 * the square of a function's length, in threads for which the end of the process waits.
 *
 * Code that is not optimized yet asks whether it has to end only when its count of rounds is over,
 * after up to 100,000, each of which may fill a memory. Without dynamic tiering it does not count,
 * and asks in each round; functions are then optimized at their first call.
 */
import { setFlagsFromString } from 'node:v8';
import type { CoreModule } from './core-module.js';

const TIERING = 'wasm-dynamic-tiering';
const OPTIMIZATION = 'wasm-tier-up';

/**
 * Turns V8's optimizing compiler off, if a function is too much for it, and dynamic tiering if the
 * code `mustEnd` at a time, until it is closed.
 */
export class Optimizing {
  readonly #off: readonly string[];

  constructor(modules: readonly CoreModule[], mustEnd: boolean) {
    const isTooMuch = modules.some(({ isOptimizable }) => !isOptimizable);
    this.#off = isTooMuch ? [OPTIMIZATION, TIERING] : mustEnd ? [TIERING] : [];
    for (const option of this.#off) setFlagsFromString(`--no-${option}`);
  }

  /**
   * Code compiled in the meantime stays as it is. V8 does not cache kv's own code under other
   * options.
   */
  close(): void {
    for (const option of this.#off) setFlagsFromString(`--${option}`);
  }
}
