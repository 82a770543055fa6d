/**
 * The rules of counters, for every store: the value is canonical decimal ASCII, which a person and
 * a component read alike.
 */
import { KvError } from '../errors.js';
import type { StoredValue } from './record.js';

/** The largest counter. */
export const COUNTER_LIMIT = 2n ** 64n - 1n;

/** Digits of the largest counter: a longer value is not a counter. */
const COUNTER_LIMIT_DIGITS = 20;

/** The counter in a value; undefined if the value is not a counter. */
export function decodeCounter(value: StoredValue): bigint | undefined {
  if (value.size > COUNTER_LIMIT_DIGITS) return undefined;
  const text = Buffer.from(value.read(0, value.size)).toString('latin1');
  if (!/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  const counter = BigInt(text);
  return counter <= COUNTER_LIMIT ? counter : undefined;
}

/**
 * The error for a value that is not a counter, which names the fault if it nearly is one: `echo 5`
 * writes a newline as well.
 */
function notACounter(action: string, value: StoredValue): KvError {
  const text =
    value.size > NEAR_COUNTER_BYTES
      ? ''
      : Buffer.from(value.read(0, value.size)).toString('latin1');
  const number = /^\s*\+?0*([0-9]+)\s*$/.exec(text)?.[1];
  if (number === undefined) {
    return new KvError('not-a-counter', `cannot ${action}: its value is not a counter`);
  }
  const fault = /^[0-9]+\r?\n$/.test(text)
    ? 'has a newline at its end'
    : text.trim() === text
      ? 'has a sign, leading zeroes or too many digits'
      : 'has space around it';
  return new KvError('not-a-counter', `cannot ${action}: its value is a number that ${fault}`, {
    hint: `try: kv set KEY ${number}, or printf ${number} | kv set KEY`,
  });
}

/** Bytes of a value that are searched for a number. */
const NEAR_COUNTER_BYTES = 64;

export function encodeCounter(counter: bigint): Uint8Array {
  return Buffer.from(counter.toString(), 'latin1');
}

/**
 * The counter of a key plus `delta`, which may be negative. Throws `not-a-counter`, `overflow`
 * above `limit`, by default 2^64-1.
 */
export function incremented(
  key: string,
  value: StoredValue | undefined,
  delta: bigint,
  limit?: bigint,
): bigint {
  const action = `${delta < 0n ? 'decrement' : 'increment'} "${key}"`;
  const counter = value === undefined ? 0n : decodeCounter(value);
  if (counter === undefined) throw notACounter(action, value!);
  const sum = counter + delta;
  checkCounter(sum, action, limit);
  return sum;
}

/**
 * Throws `overflow` for a number below 0 or above a limit, one less than a power of two: component
 * toolchains would wrap it silently.
 */
export function checkCounter(counter: bigint, action: string, limit = COUNTER_LIMIT): void {
  if (counter >= 0n && counter <= limit) return;
  const bits = limit.toString(2).length;
  throw new KvError('overflow', `cannot ${action}: ${counter} is not between 0 and 2^${bits}-1`);
}
