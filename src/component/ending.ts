/** The end of a run: once it has come, no call goes through any more. */
export class Ending {
  #thrown: { readonly reason: unknown } | undefined;

  /** Notes what ended the run: the first error that was thrown. Returns that one. */
  by(thrown: unknown): unknown {
    this.#thrown ??= { reason: thrown };
    return this.#thrown.reason;
  }

  /** Throws what has ended the run. A guest may have caught it. */
  check(): void {
    if (this.#thrown !== undefined) throw this.#thrown.reason;
  }
}
