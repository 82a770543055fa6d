/** The layout of a record, as in layout.ts: encoding it, checking it, and decoding it. */
import type { Metadata, Milliseconds, Stamp } from '../record.js';
import { recordSum, sumOfBytes, viewOf, viewOfKey } from './checksum.js';
import { readU48, readU64, writeU64 } from './u64.js';

const KIND_SHORT = 1;
const KIND_CHUNKED = 2;
const KIND_LONG = 3;
const FLAG_EXPIRES = 1;

/** The offsets of a record's fields, in bytes. */
const field = { checksum: 0, kind: 4, flags: 5, modified: 6, version: 12 } as const;
export const HEADER_BYTES = 20;
const EXPIRES_BYTES = 6;
export const CHECKSUM_BYTES = 4;
const CHUNKED_BYTES = 20;

/** Bytes of the longest value that the record's own checksum covers. */
const SHORT_LIMIT_BYTES = 1024;

/** Bytes of the longest header of a record whose value is inline. */
export const INLINE_HEADER_LIMIT_BYTES = HEADER_BYTES + EXPIRES_BYTES + CHECKSUM_BYTES;

/** Bytes that are enough to check the checksum of any record. */
export const SUMMED_LIMIT_BYTES = INLINE_HEADER_LIMIT_BYTES + SHORT_LIMIT_BYTES;

/** Where a value's chunks are. */
export interface ChunkedValue {
  readonly valueId: number;
  readonly size: number;
  readonly chunkSize: number;
}

export interface Header extends Metadata {
  /** Present if the value is in chunks. */
  readonly chunked?: ChunkedValue | undefined;
  /** Where an inline value begins in the record. */
  readonly valueStart: number;
  /** The checksum of the value, if it has its own. */
  readonly valueSum?: number;
}

/** A key in a tree, with the seed of the tree's checksums. */
export interface KeyPlace {
  readonly seed: number;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** The place of a key; valid until the next one is asked for, or a checksum is computed. */
export function keyPlace(seed: number, key: Uint8Array): KeyPlace {
  return { seed, view: viewOfKey(key), start: 0, end: key.length };
}

export function encodeInline(key: KeyPlace, stamp: Stamp, value: Uint8Array): Buffer {
  const header = inlineHeaderBytes(value.length, stamp.expires);
  const bytes = Buffer.allocUnsafe(header + value.length);
  bytes.set(value, header);
  stampInline(bytes, viewOf(bytes), header, bytes.length, key, stamp);
  return bytes;
}

/**
 * Turns the value from `valueStart` to `end` into an inline record by writing a header before it,
 * for which `INLINE_HEADER_LIMIT_BYTES` have been left free. Returns where the record begins.
 */
export function stampInline(
  bytes: Buffer,
  view: DataView,
  valueStart: number,
  end: number,
  key: KeyPlace,
  stamp: Stamp,
): number {
  const size = end - valueStart;
  const start = valueStart - inlineHeaderBytes(size, stamp.expires);
  const isLong = size > SHORT_LIMIT_BYTES;
  writeHeader(view, start, isLong ? KIND_LONG : KIND_SHORT, stamp);
  if (isLong) {
    view.setUint32(valueStart - CHECKSUM_BYTES, sumOfBytes(bytes.subarray(valueStart, end)));
  }
  seal(key, view, start, isLong ? valueStart : end);
  return start;
}

export function encodeChunked(key: KeyPlace, stamp: Stamp, value: ChunkedValue): Buffer {
  const start = HEADER_BYTES + (stamp.expires === undefined ? 0 : EXPIRES_BYTES);
  const bytes = Buffer.allocUnsafe(start + CHUNKED_BYTES);
  const view = viewOf(bytes);
  writeHeader(view, 0, KIND_CHUNKED, stamp);
  writeU64(bytes, value.valueId, start);
  writeU64(bytes, value.size, start + 8);
  bytes.writeUInt32BE(value.chunkSize, start + 16);
  seal(key, view, 0, bytes.length);
  return bytes;
}

/**
 * Gives a sound record, from `start` to `end`, another key, version and time; its value and expiry
 * stay.
 */
export function restamp(
  view: DataView,
  start: number,
  end: number,
  key: KeyPlace,
  { version, modified }: Stamp,
): void {
  view.setUint16(start + field.modified, Math.floor(modified / 2 ** 32));
  view.setUint32(start + field.modified + 2, modified % 2 ** 32);
  view.setUint32(start + field.version, Math.floor(version / 2 ** 32));
  view.setUint32(start + field.version + 4, version % 2 ** 32);
  seal(key, view, start, summedEnd(view, start, end - start));
}

/**
 * Whether the bytes from `start` on are a record of `size` bytes, with the key under which they
 * were found: its checksum matches. Of a long one `SUMMED_LIMIT_BYTES` are needed.
 */
export function isSound(
  seed: number,
  keyView: DataView,
  keyStart: number,
  keyEnd: number,
  view: DataView,
  start: number,
  size: number,
): boolean {
  const end = isUsual(view, start, size) ? start + size : summedEnd(view, start, size);
  if (end === 0 || end > view.byteLength) return false;
  const sum = recordSum(seed, keyView, keyStart, keyEnd, view, start + 4, end);
  return view.getInt32(start) === sum;
}

/** Whether a record is of the usual kind: short, without an expiry. */
export function isUsual(view: DataView, start: number, size: number): boolean {
  return size >= 20 && size <= 1000 && view.getUint16(start + 4) === 0x0100;
}

/** Decodes the header of a sound record of `size` bytes at `at`. */
export function decodeHeader(bytes: Buffer, size = bytes.length, at = 0): Header {
  const isExpiring = (bytes[at + field.flags]! & FLAG_EXPIRES) !== 0;
  const expires = isExpiring ? readU48(bytes, at + HEADER_BYTES) : undefined;
  const length = isExpiring ? HEADER_BYTES + EXPIRES_BYTES : HEADER_BYTES;
  const version = readU64(bytes, at + field.version);
  const modified = readU48(bytes, at + field.modified);
  const kind = bytes[at + field.kind];
  if (kind === KIND_CHUNKED) {
    const chunked = {
      valueId: readU64(bytes, at + length),
      size: readU64(bytes, at + length + 8),
      chunkSize: bytes.readUInt32BE(at + length + 16),
    };
    const inChunks = { size: chunked.size, version, modified, expires, chunked, valueStart: 0 };
    return { kind: 'chunked', ...inChunks };
  }
  if (kind === KIND_SHORT) {
    return { kind: 'inline', size: size - length, version, modified, expires, valueStart: length };
  }
  const valueStart = length + CHECKSUM_BYTES;
  const valueSum = bytes.readUInt32BE(at + length);
  const long = { size: size - valueStart, version, modified, expires, valueStart, valueSum };
  return { kind: 'inline', ...long };
}

/**
 * Where in `bytes` the value of a sound, complete record begins; undefined for a value in chunks,
 * and 0 if the value's own checksum does not match.
 */
export function inlineValueStart(
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number | undefined {
  const header = view.getUint8(start + field.flags) ? HEADER_BYTES + EXPIRES_BYTES : HEADER_BYTES;
  const kind = view.getUint8(start + field.kind);
  if (kind === KIND_SHORT) return start + header;
  if (kind === KIND_CHUNKED) return undefined;
  const valueStart = start + header + CHECKSUM_BYTES;
  const sum = sumOfBytes(bytes.subarray(valueStart, end));
  return view.getUint32(start + header) === sum ? valueStart : 0;
}

/** Whether a sound record at `start` is inline, and never expires. */
export function isPlain(view: DataView, start: number): boolean {
  return (
    view.getUint8(start + field.flags) === 0 && view.getUint8(start + field.kind) !== KIND_CHUNKED
  );
}

/** The version of a sound record at `start`. */
export function versionAt(bytes: Buffer, start: number): number {
  return readU64(bytes, start + field.version);
}

/** When a sound record at `start` expires; undefined: never. */
export function expiresAt(view: DataView, start: number): Milliseconds | undefined {
  if (view.getUint8(start + field.flags) === 0) return undefined;
  const at = start + HEADER_BYTES;
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}

/** The end of the bytes that a record's checksum covers; 0 if they are not a record. */
function summedEnd(view: DataView, start: number, size: number): number {
  if (size < HEADER_BYTES) return 0;
  const flags = view.getUint8(start + field.flags);
  if (flags > FLAG_EXPIRES) return 0;
  const header = flags === 0 ? HEADER_BYTES : HEADER_BYTES + EXPIRES_BYTES;
  switch (view.getUint8(start + field.kind)) {
    case KIND_SHORT:
      return size >= header && size <= header + SHORT_LIMIT_BYTES ? start + size : 0;
    case KIND_CHUNKED:
      return size === header + CHUNKED_BYTES ? start + size : 0;
    case KIND_LONG:
      return size >= header + CHECKSUM_BYTES ? start + header + CHECKSUM_BYTES : 0;
    default:
      return 0;
  }
}

function inlineHeaderBytes(size: number, expires: Milliseconds | undefined): number {
  const header = expires === undefined ? HEADER_BYTES : HEADER_BYTES + EXPIRES_BYTES;
  return size > SHORT_LIMIT_BYTES ? header + CHECKSUM_BYTES : header;
}

function writeHeader(view: DataView, start: number, kind: number, stamp: Stamp): void {
  const { version, modified, expires } = stamp;
  view.setUint8(start + field.kind, kind);
  view.setUint8(start + field.flags, expires === undefined ? 0 : FLAG_EXPIRES);
  view.setUint16(start + field.modified, Math.floor(modified / 2 ** 32));
  view.setUint32(start + field.modified + 2, modified % 2 ** 32);
  view.setUint32(start + field.version, Math.floor(version / 2 ** 32));
  view.setUint32(start + field.version + 4, version % 2 ** 32);
  if (expires === undefined) return;
  view.setUint16(start + HEADER_BYTES, Math.floor(expires / 2 ** 32));
  view.setUint32(start + HEADER_BYTES + 2, expires % 2 ** 32);
}

/** Writes the checksum of a record whose covered part ends at `end`. */
function seal(key: KeyPlace, view: DataView, start: number, end: number): void {
  const { seed, view: keyView, start: keyStart, end: keyEnd } = key;
  view.setInt32(start, recordSum(seed, keyView, keyStart, keyEnd, view, start + field.kind, end));
}
