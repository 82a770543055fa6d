// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft **/

export class Error {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  trace(): string;
}
