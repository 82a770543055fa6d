// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/cache@0.1.0 **/
/**
 * The value of a key, or none where there is no such key.
 */
export function get(k: Key): FutureGetResult;
/**
 * Whether there is such a key.
 */
export function exists(k: Key): FutureExistsResult;
/**
 * Sets a key to what the value has accepted so far, for that many milliseconds; for ever where there
 * is no such number.
 */
export function set(k: Key, v: OutgoingValue, ttlMs: number | undefined): FutureResult;
/**
 * The value of a key, or where there is no such key the place for one.
 */
export function getOrSet(k: Key): FutureGetOrSetResult;
/**
 * Deletes a key; does nothing where there is none.
 */
export { _delete as delete };
declare function _delete(k: Key): FutureResult;
export type Pollable = import('../../../interfaces/wasi-io-poll.js').Pollable;
export type Key = import('./wasi-keyvalue-types.js').Key;
export type IncomingValue = import('./wasi-keyvalue-types.js').IncomingValue;
export type OutgoingValue = import('./wasi-keyvalue-types.js').OutgoingValue;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type GetOrSetEntry = GetOrSetEntryOccupied | GetOrSetEntryVacant;
/**
 * The value.
 */
export interface GetOrSetEntryOccupied {
  tag: 'occupied',
  val: IncomingValue,
}
/**
 * There is no such key: it may be filled. Nobody waits for that, and others may fill it as well.
 */
export interface GetOrSetEntryVacant {
  tag: 'vacant',
  val: Vacancy,
}
export type Result<T, E> = { tag: 'ok', val: T } | { tag: 'err', val: E };

export class FutureExistsResult {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  futureExistsResultGet(): Result<boolean, Error> | undefined;
  listenToFutureExistsResult(): Pollable;
}

export class FutureGetOrSetResult {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  futureGetOrSetResultGet(): Result<GetOrSetEntry, Error> | undefined;
  listenToFutureGetOrSetResult(): Pollable;
}

export class FutureGetResult {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  futureGetResultGet(): Result<IncomingValue | undefined, Error> | undefined;
  listenToFutureGetResult(): Pollable;
}

export class FutureResult {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  futureResultGet(): Result<void, Error> | undefined;
  listenToFutureResult(): Pollable;
}

export class Vacancy {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * A value to write. The key is set to what it has accepted when it is dropped, and expires that
  * many milliseconds later; where it is not dropped before the component ends, nothing is set.
  */
  vacancyFill(ttlMs: number | undefined): OutgoingValue;
}
