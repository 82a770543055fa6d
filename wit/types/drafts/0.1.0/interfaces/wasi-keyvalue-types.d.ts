// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/types@0.1.0 **/
export type InputStream = import('../../../interfaces/wasi-io-streams.js').InputStream;
export type OutputStream = import('../../../interfaces/wasi-io-streams.js').OutputStream;
export type Error = import('./wasi-keyvalue-wasi-keyvalue-error.js').Error;
/**
 * 1 to 1,978 bytes of UTF-8.
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
  * The bucket of that name.
  */
  static openBucket(name: string): Bucket;
}

export class IncomingValue {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  incomingValueConsumeSync(): IncomingValueSyncBody;
  incomingValueConsumeAsync(): IncomingValueAsyncBody;
  /**
  * Bytes in the value.
  */
  incomingValueSize(): bigint;
}

export class OutgoingValue {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  static newOutgoingValue(): OutgoingValue;
  outgoingValueWriteBodyAsync(): OutgoingValueBodyAsync;
  outgoingValueWriteBodySync(value: OutgoingValueBodySync): void;
}
