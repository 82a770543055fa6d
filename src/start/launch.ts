/** The start of the program, as the program sees it. */
export interface Launch {
  /** The verb that is run, once it is known: its code is kept for the next start. */
  verb: string | undefined;
  /** Records for `KV_TRACE=start` that a step of the start has ended. */
  reached(step: string): void;
}
