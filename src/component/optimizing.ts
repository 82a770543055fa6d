/**
 * Which of V8's compilers take a component. The optimizing one needs memory and time that grow with the
 * square of a function's length, in threads of its own, for which the end of the process waits.
 */
import { setFlagsFromString } from 'node:v8';
import type { CoreModule } from './core-module.js';

/** The longest body that is optimized, in bytes: V8 takes 50 MB and a second for one. */
const OPTIMIZED_LIMIT_BYTES = 128 * 1024;

const OPTIONS = ['wasm-tier-up', 'wasm-dynamic-tiering'];

/** Has V8 optimize nothing, where a function is too long for that, until it is closed. */
export class Optimizing {
  readonly #isOff: boolean;

  constructor(modules: readonly CoreModule[]) {
    this.#isOff = modules.some(({ longestBody }) => longestBody > OPTIMIZED_LIMIT_BYTES);
    if (this.#isOff) for (const option of OPTIONS) setFlagsFromString(`--no-${option}`);
  }

  /** What was compiled meanwhile stays as it is. V8 keeps no code of kv's under other options. */
  close(): void {
    if (this.#isOff) for (const option of OPTIONS) setFlagsFromString(`--${option}`);
  }
}
