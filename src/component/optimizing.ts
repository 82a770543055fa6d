/**
 * Chooses V8's compilers for a component. The optimizing one needs memory and time that grow with
 * the square of a function's length, in threads for which the end of the process waits.
 */
import { setFlagsFromString } from 'node:v8';
import type { CoreModule } from './core-module.js';

const OPTIONS = ['wasm-tier-up', 'wasm-dynamic-tiering'];

/** Turns V8's optimizing compiler off, if a function is too much for it, until it is closed. */
export class Optimizing {
  readonly #isOff: boolean;

  constructor(modules: readonly CoreModule[]) {
    this.#isOff = modules.some(({ isOptimizable }) => !isOptimizable);
    if (this.#isOff) for (const option of OPTIONS) setFlagsFromString(`--no-${option}`);
  }

  /**
   * Code compiled in the meantime stays unoptimized. V8 does not cache kv's own code under other
   * options.
   */
  close(): void {
    if (this.#isOff) for (const option of OPTIONS) setFlagsFromString(`--${option}`);
  }
}
