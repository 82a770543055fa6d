/** Finds out which state of the store reads see, which LMDB does not say. */
import type { Renewal } from './lmdb-internals.js';
import type { LockFile } from './lock-file.js';

export class StateOfReads {
  readonly #lockFile: LockFile;
  readonly #renewal: Renewal;
  /** The last transaction, and how often reads had begun anew, at the last look. */
  #last = -1;
  #renewals = 0;
  #isKnown = false;

  constructor(lockFile: LockFile, renewal: Renewal) {
    this.#lockFile = lockFile;
    this.#renewal = renewal;
  }

  /**
   * The last transaction that the reads since the last renewal see; undefined if it is unknown. It
   * is known if nobody has committed since the look before, and the reads began after that one.
   */
  look(): number | undefined {
    const last = this.#lockFile.lastTransaction;
    if (last === undefined) return undefined;
    const { count } = this.#renewal;
    this.#isKnown = last === this.#last && (this.#isKnown || count > this.#renewals);
    this.#last = last;
    this.#renewals = count;
    return this.#isKnown ? last : undefined;
  }
}
