/** Reading the numbers of the command line; what is thrown becomes a usage error. */
import { KvError } from '../errors.js';

/** A whole number from 0 up, exact. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new KvError(
    'usage',
    `"${text}" is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** A u64. */
export function parseU64(text: string): bigint {
  if (/^[0-9]+$/.test(text)) {
    const number = BigInt(text);
    if (number < 2n ** 64n) return number;
  }
  throw new KvError('usage', `"${text}" is not a whole number from 0 to 2^64-1`);
}

/** One of the words given. */
export function parseOneOf<const Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new KvError('usage', `"${text}" is none of ${words.join(', ')}`);
  };
}
