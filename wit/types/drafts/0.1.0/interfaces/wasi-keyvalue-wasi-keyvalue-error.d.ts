// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/wasi-keyvalue-error@0.1.0 **/

export class Error {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * What was tried, a colon, and the state found.
  */
  trace(): string;
}
