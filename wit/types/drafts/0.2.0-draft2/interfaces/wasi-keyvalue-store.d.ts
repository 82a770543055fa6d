// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/store@0.2.0-draft2 **/
/**
 * The bucket of that name; of the empty name, the default one. Fails with `no-such-store`.
 */
export function open(identifier: string): Bucket;
/**
 * Why a function of this package failed.
 */
export type Error = ErrorNoSuchStore | ErrorAccessDenied | ErrorOther;
/**
 * No bucket of that name has been given to the component.
 */
export interface ErrorNoSuchStore {
  tag: 'no-such-store',
}
/**
 * The bucket was given to read only.
 */
export interface ErrorAccessDenied {
  tag: 'access-denied',
}
/**
 * Anything else, in words: what was tried, a colon, and the state found.
 */
export interface ErrorOther {
  tag: 'other',
  val: string,
}
/**
 * A page of a listing.
 */
export interface KeyResponse {
  /**
   * In the order of the bytes of their UTF-8.
   */
  keys: Array<string>,
  /**
   * What `list-keys` is given for the next page; none: this is the last one.
   */
  cursor?: string,
}

export class Bucket {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * The value of a key, or none where there is no such key: an empty value is a value.
  */
  get(key: string): Uint8Array | undefined;
  /**
  * Sets a key, which then never expires.
  */
  set(key: string, value: Uint8Array): void;
  /**
  * Deletes a key; does nothing where there is none.
  */
  'delete'(key: string): void;
  /**
  * Whether there is such a key.
  */
  exists(key: string): boolean;
  /**
  * The first page of all keys, or the one that a cursor of an earlier page of this bucket leads
  * to. A key that is there all the while is on one page, whatever is written beside.
  * Fails with `other` for what is no cursor.
  */
  listKeys(cursor: string | undefined): KeyResponse;
}
