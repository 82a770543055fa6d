/**
 * The layout of a backup of records, version 2: a head, and frames. Numbers are big-endian.
 *
 *     u8 kind, u32 length, u32 CRC-32 of the frame's number (u32), of these five bytes and of what follows
 *
 *     kind 1  a bucket        JSON: name, created
 *     kind 2  records of it   for each: the head of a record, its key, its value
 *     kind 3  a long record   the head of a record, its key; its value is in frames of kind 4 behind it
 *     kind 4  a piece         bytes of that value
 *     kind 5  the end         JSON: each bucket with its number of keys
 *
 * The head of a record is u32 length of the key, f64 version, modified, expires (0: never), size of the value.
 * Since a frame's number is in its checksum, one that is missing or at another place is found out.
 */
import { crc32 } from 'node:zlib';
import type { BackupInfo } from '../maintenance.js';
import { type AnyHead, refusedBackup } from './backup-input.js';
import type { Content, KeptRecord, LongRecord } from './store-contents.js';

export const RECORDS_VERSION = 2;

export interface RecordHead extends AnyHead {
  readonly made: number;
}

/** What the last frame says. */
export type RecordEnd = Pick<BackupInfo, 'buckets'>;

export const kinds = { bucket: 1, records: 2, long: 3, piece: 4, end: 5 } as const;

export const FRAME_HEAD_BYTES = 9;

/** The longest frame, in bytes: the end of a store with ten thousand buckets. */
export const FRAME_LIMIT_BYTES = 16 * 1024 * 1024;

const RECORD_HEAD_BYTES = 4 + 4 * 8;

/** A frame; `number` counts them from 0. */
export function encodeFrame(number: number, kind: number, bytes: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + bytes.length);
  frame.writeUInt8(kind);
  frame.writeUInt32BE(bytes.length, 1);
  bytes.copy(frame, FRAME_HEAD_BYTES);
  frame.writeUInt32BE(frameChecksum(number, frame, bytes), 5);
  return frame;
}

/** The checksum of a frame, of whose head the first five bytes count. */
export function frameChecksum(number: number, head: Buffer, bytes: Buffer): number {
  const place = Buffer.alloc(4);
  place.writeUInt32BE(number);
  return crc32(bytes, crc32(head.subarray(0, 5), crc32(place)));
}

/** The kind and the bytes of what a frame holds. */
export function encodeContent(content: Content): [kind: number, bytes: Buffer] {
  switch (content.kind) {
    case 'bucket': {
      const { name, created } = content;
      return [kinds.bucket, Buffer.from(JSON.stringify({ name, created }))];
    }
    case 'records':
      return [
        kinds.records,
        Buffer.concat(
          content.records.flatMap((record) => [
            encodeRecord({ ...record, size: record.value.length }),
            record.key,
            record.value,
          ]),
        ),
      ];
    case 'long':
      return [kinds.long, Buffer.concat([encodeRecord(content.record), content.record.key])];
    case 'piece':
      return [kinds.piece, content.bytes];
    default:
      return content satisfies never;
  }
}

/** Throws `rejected`. */
export function decodeContent(kind: number, bytes: Buffer): Content {
  switch (kind) {
    case kinds.bucket:
      return { kind: 'bucket', ...JSON.parse(bytes.toString()) };
    case kinds.records:
      return { kind: 'records', records: [...recordsIn(bytes)] };
    case kinds.long:
      return { kind: 'long', record: decodeRecord(bytes, 0) };
    case kinds.piece:
      return { kind: 'piece', bytes };
    default:
      throw refusedBackup(`it has a part of an unknown kind, ${kind}`);
  }
}

function* recordsIn(bytes: Buffer): Generator<KeptRecord> {
  for (let at = 0; at < bytes.length; ) {
    const { size, ...stamped } = decodeRecord(bytes, at);
    const start = at + RECORD_HEAD_BYTES + stamped.key.length;
    at = start + size;
    yield { ...stamped, value: bytes.subarray(start, at) };
  }
}

function encodeRecord({ key, version, modified, expires = 0, size }: LongRecord): Buffer {
  const head = Buffer.allocUnsafe(RECORD_HEAD_BYTES);
  let at = head.writeUInt32BE(key.length);
  for (const number of [version, modified, expires, size]) at = head.writeDoubleBE(number, at);
  return head;
}

function decodeRecord(bytes: Buffer, at: number): LongRecord {
  const [version, modified, expires, size] = [0, 1, 2, 3].map((index) =>
    bytes.readDoubleBE(at + 4 + 8 * index),
  );
  const start = at + RECORD_HEAD_BYTES;
  return {
    key: bytes.subarray(start, start + bytes.readUInt32BE(at)),
    version: version!,
    modified: modified!,
    expires: expires === 0 ? undefined : expires,
    size: size!,
  };
}
