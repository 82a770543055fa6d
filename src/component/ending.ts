/** The end of a run: after it no call is made. */
export class Ending {
  #thrown: { readonly reason: unknown } | undefined;

  /** Records the error that ended the run, if it is the first, and returns the first. */
  by(thrown: unknown): unknown {
    this.#thrown ??= { reason: thrown };
    return this.#thrown.reason;
  }

  /** Throws the error that ended the run; a guest may have caught it. */
  check(): void {
    if (this.#thrown !== undefined) throw this.#thrown.reason;
  }
}
