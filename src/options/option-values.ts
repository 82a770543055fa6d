/** Reading the values of options; what is thrown becomes a usage error. */
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

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A length of time, in milliseconds: `500ms`, `10s`, `1.5m`, `1h`; a bare number is of seconds. */
export function parseDuration(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const milliseconds = Math.ceil(Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
  if (milliseconds > 0 && milliseconds < 2 ** 31) return milliseconds;
  throw new KvError('usage', `"${text}" is not a length of time such as 500ms, 10s, 5m or 1h`);
}

const SIZES = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

/** A size in bytes: `65536`, `512K`, `64M`, `2GiB`; the letters count in powers of 1024. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d+)(?:([kmg])(?:i?b)?)?$/i.exec(text) ?? [];
  const size = Number(number) * SIZES[unit.toLowerCase() as keyof typeof SIZES];
  if (Number.isSafeInteger(size)) return size;
  throw new KvError('usage', `"${text}" is not a size such as 512K, 64M or 2G`);
}
