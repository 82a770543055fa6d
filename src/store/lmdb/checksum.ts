/**
 * Checksums. Those of chunks and of longer values are zlib's CRC-32, at 4 GiB/s; but calling it
 * takes longer than reading most records, so records have a sum of their own.
 */
import { createRequire } from 'node:module';
import { KEY_LIMIT_BYTES } from '../record.js';

/** The polynomial of CRC-32, with its bits reversed. */
const POLYNOMIAL = -306674912;

const requireHere = createRequire(import.meta.url);

/** Loading it takes 3 ms, which a command without long values saves. */
let zlib: typeof import('node:zlib') | undefined;

/**
 * The sum of a key and of a record of at least 8 bytes, starting from `seed`: 32 bits, signed.
 * Words of four bytes go alternately to two lanes, each by invertible steps like xxHash's, so that
 * a change of one word is always noticed, and any other change except one in 2^32.
 */
export function recordSum(
  seed: number,
  key: DataView,
  keyStart: number,
  keyEnd: number,
  record: DataView,
  start: number,
  end: number,
): number {
  // The constants are xxHash's: odd, with spread bits. They, and the steps, are written inline
  // because the build turns constants into variables: this halves the time.
  let first = seed ^ (keyEnd - keyStart);
  let second = (seed + -1028477379) | 0;
  let at = keyStart;
  for (const last = keyEnd - 8; at <= last; at += 8) {
    first = Math.imul(first ^ key.getInt32(at, true), -1640531535);
    first = (first << 15) | (first >>> 17);
    second = Math.imul(second ^ key.getInt32(at + 4, true), -2048144777);
    second = (second << 13) | (second >>> 19);
  }
  if (at + 4 <= keyEnd) {
    first = Math.imul(first ^ key.getInt32(at, true), -1640531535);
    first = (first << 15) | (first >>> 17);
    at += 4;
  }
  if (at < keyEnd) {
    let rest = 0;
    if (keyEnd - keyStart >= 4) rest = key.getInt32(keyEnd - 4, true);
    else for (; at < keyEnd; at++) rest = (rest << 8) | key.getUint8(at);
    second = Math.imul(second ^ rest, -2048144777);
    second = (second << 13) | (second >>> 19);
  }
  first ^= end - start;
  at = start;
  for (const last = end - 8; at <= last; at += 8) {
    first = Math.imul(first ^ record.getInt32(at, true), -1640531535);
    first = (first << 15) | (first >>> 17);
    second = Math.imul(second ^ record.getInt32(at + 4, true), -2048144777);
    second = (second << 13) | (second >>> 19);
  }
  // The last bytes, overlapping earlier ones, instead of one by one.
  if (at < end) {
    first = Math.imul(first ^ record.getInt32(end - 8, true), -1640531535);
    first = (first << 15) | (first >>> 17);
    second = Math.imul(second ^ record.getInt32(end - 4, true), -2048144777);
    second = (second << 13) | (second >>> 19);
  }
  first = Math.imul(first ^ (first >>> 15), -1028477379);
  const both = Math.imul((first ^ (first >>> 13)) + second, -1640531535);
  return both ^ (both >>> 16);
}

/** The seed of the checksums of a tree's records, so that no record is accepted in another tree. */
export function seedOf(tree: string): number {
  // CRC-32 without a table, for short ASCII.
  let sum = -1;
  for (let at = 0; at < tree.length; at++) {
    sum ^= tree.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 && POLYNOMIAL);
  }
  return ~sum;
}

/**
 * The checksum of a value, or of any other bytes; for several pieces, each call takes the result
 * for those before.
 */
export function sumOfBytes(bytes: Uint8Array, before = 0): number {
  zlib ??= requireHere('node:zlib') as typeof import('node:zlib');
  return zlib.crc32(bytes, before);
}

/**
 * A view of a key, in memory that the next call reuses: making a view takes longer than the sum.
 */
export function viewOfKey(key: Uint8Array): DataView {
  const { length } = key;
  if (length > keyBytes.length) return viewOf(key);
  if (length > LOOP_BYTES) keyBytes.set(key);
  else for (let at = 0; at < length; at++) keyBytes[at] = key[at]!;
  return keyBytesView;
}

/** Up to this many bytes, a loop copies faster than native code. */
const LOOP_BYTES = 64;

const keyBytes = new Uint8Array(KEY_LIMIT_BYTES);
const keyBytesView = viewOf(keyBytes);

export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
