/** Parses the values of options; what is thrown becomes a usage error. */
import { KvError } from '../errors.js';

/** A whole number from 0 up that is exact in JavaScript. */
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

/** One of these words. */
export function parseOneOf<const Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new KvError('usage', `"${text}" is none of ${words.join(', ')}`);
  };
}

const SIZES = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

/** A size in bytes: `65536`, `512K`, `64M`, `2GiB`; the letters stand for powers of 1024. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d+)(?:([kmg])(?:i?b)?)?$/i.exec(text) ?? [];
  const size = Number(number) * SIZES[unit.toLowerCase() as keyof typeof SIZES];
  if (Number.isSafeInteger(size)) return size;
  throw new KvError('usage', `"${text}" is not a size such as 512K, 64M or 2G`);
}
