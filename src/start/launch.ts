/** What starts the program, as the program sees it. */
export interface Launch {
  /** The verb that is run, once it is known: the code that a verb needs is kept for the next start. */
  verb: string | undefined;
  /** Notes for `KV_TRACE=start` that a part of the start is over. */
  reached(step: string): void;
}
