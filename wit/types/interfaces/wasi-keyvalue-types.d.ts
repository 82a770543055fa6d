// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/types@0.2.0-draft **/
export type InputStream = import('./wasi-io-streams.js').InputStream;
export type OutputStream = import('./wasi-io-streams.js').OutputStream;
export type Error = import('./wasi-keyvalue-wasi-keyvalue-error.js').Error;
/**
 * A key is a unique identifier for a value in a bucket. The key is used to
 * retrieve the value from the bucket.
 */
export type Key = string;
export type OutgoingValueBodyAsync = OutputStream;
export type OutgoingValueBodySync = Uint8Array;
export type IncomingValueAsyncBody = InputStream;
export type IncomingValueSyncBody = Uint8Array;

export class Bucket {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * Opens a bucket with the given name.
  *
  * If any error occurs, including if the bucket does not exist, it returns an `Err(error)`.
  */
  static openBucket(name: string): Bucket;
}

export class IncomingValue {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * Consumes the value synchronously and returns the value as a list of bytes.
  * If any other error occurs, it returns an `Err(error)`.
  */
  static incomingValueConsumeSync(this_: IncomingValue): IncomingValueSyncBody;
  /**
  * Consumes the value asynchronously and returns the value as an `input-stream`.
  * If any other error occurs, it returns an `Err(error)`.
  */
  static incomingValueConsumeAsync(this_: IncomingValue): IncomingValueAsyncBody;
  /**
  * The size of the value in bytes.
  * If the size is unknown or unavailable, this function returns an `Err(error)`.
  */
  incomingValueSize(): bigint;
}

export class OutgoingValue {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  static newOutgoingValue(): OutgoingValue;
  /**
  * Writes the value to the output-stream asynchronously.
  * If any other error occurs, it returns an `Err(error)`.
  */
  outgoingValueWriteBodyAsync(): OutgoingValueBodyAsync;
  /**
  * Writes the value to the output-stream synchronously.
  * If any other error occurs, it returns an `Err(error)`.
  */
  outgoingValueWriteBodySync(value: OutgoingValueBodySync): void;
}
