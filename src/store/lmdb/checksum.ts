/**
 * Checksums of what a store keeps. Those of chunks and of longer values are zlib's CRC-32, at 4 GiB/s;
 * but a call of it costs more than most records take, so records have a sum of their own.
 */
import { createRequire } from 'node:module';
import { KEY_LIMIT_BYTES } from '../record.js';

/** CRC-32's polynomial, its bits in reverse. */
const POLYNOMIAL = -306674912;

const requireHere = createRequire(import.meta.url);

/** It takes 3 ms to load, which a command without long values does without. */
let zlib: typeof import('node:zlib') | undefined;

/**
 * The sum of a key and of a record of at least 8 bytes, which begins with `seed`: 32 bits, signed. Words
 * of four bytes go in turn into two lanes, each by steps that can be undone, as xxHash's are, so that no
 * change of one word goes unseen, and of any other change one in 2^32.
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
  // The numbers are xxHash's: odd, their bits spread. They, and the steps, are written out since the build
  // makes variables of constants: half of the time.
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
  // The last bytes, some of them once more, instead of one by one.
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

/** What the sums of a tree's records begin with, so that no record passes for one of another tree. */
export function seedOf(tree: string): number {
  // CRC-32, without a table, of what is short and ASCII.
  let sum = -1;
  for (let at = 0; at < tree.length; at++) {
    sum ^= tree.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 && POLYNOMIAL);
  }
  return ~sum;
}

/** The checksum of a value, or of any other bytes; of several stretches, each is given that of those before. */
export function sumOfBytes(bytes: Uint8Array, before = 0): number {
  zlib ??= requireHere('node:zlib') as typeof import('node:zlib');
  return zlib.crc32(bytes, before);
}

/**
 * A view of a key, in memory that the next call uses again: to make a view takes longer than the sum that
 * it is made for.
 */
export function viewOfKey(key: Uint8Array): DataView {
  const { length } = key;
  if (length > keyBytes.length) return viewOf(key);
  if (length > LOOP_BYTES) keyBytes.set(key);
  else for (let at = 0; at < length; at++) keyBytes[at] = key[at]!;
  return keyBytesView;
}

/** Bytes up to which a loop copies sooner than native code. */
const LOOP_BYTES = 64;

const keyBytes = new Uint8Array(KEY_LIMIT_BYTES);
const keyBytesView = viewOf(keyBytes);

export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
