/**
 * The layout of a backup of pages, version 1: a head (`store/backup/backup-input.ts`), runs of pages in the order of
 * the file, and an end. Numbers are big-endian.
 *
 *     u64 first page, u32 pages, u32 CRC-32 of these twelve bytes and the pages, the pages    run
 *     u64 2^64-1, u32 how many runs there were, u32 CRC-32 of these twelve bytes                end
 *
 * A page is as it lies in the store's file. Those that an incremental backup lacks are where the one
 * that it begins at has them: LMDB writes a page that is in use nowhere but to a new place.
 */
import { crc32 } from 'node:zlib';
import type { AnyHead } from '../../backup/backup-input.js';
import type { BackupInfo } from '../../maintenance.js';

export const VERSION = 1;

/** Bytes before the pages of a run. */
export const RUN_HEAD_BYTES = 16;

/** The most pages in a run. */
export const RUN_LIMIT_PAGES = 256;

/** Replaces a run's first page at the end of the backup. */
const END = 2n ** 64n - 1n;

/** The contents of the head. */
export interface Head extends AnyHead, BackupInfo {
  readonly transaction: number;
  readonly pageSize: number;
  readonly lastPage: number;
  /** The identity of the store; null if it has none. */
  readonly store: string | null;
  /** The identity of this backup. */
  readonly moment: string;
  /** The identity of the backup that an incremental one continues; null for a full one. */
  readonly base: string | null;
  /** A meta page of that moment, in base64. */
  readonly meta: string;
}

/** The head of a run, or the end. */
export interface RunHead {
  /** Undefined at the end. */
  readonly first: number | undefined;
  /** Pages; at the end, the number of runs. */
  readonly count: number;
  readonly checksum: number;
}

export function encodeRunHead(first: number, pages: Buffer, pageSize: number): Buffer {
  const head = Buffer.alloc(RUN_HEAD_BYTES);
  head.writeBigUInt64BE(BigInt(first));
  head.writeUInt32BE(pages.length / pageSize, 8);
  head.writeUInt32BE(crc32(pages, crc32(head.subarray(0, 12))), 12);
  return head;
}

export function encodeEnd(runs: number): Buffer {
  const end = Buffer.alloc(RUN_HEAD_BYTES);
  end.writeBigUInt64BE(END);
  end.writeUInt32BE(runs, 8);
  end.writeUInt32BE(crc32(end.subarray(0, 12)), 12);
  return end;
}

export function decodeRunHead(bytes: Buffer): RunHead {
  const first = bytes.readBigUInt64BE();
  return {
    first: first === END ? undefined : Number(first),
    count: bytes.readUInt32BE(8),
    checksum: bytes.readUInt32BE(12),
  };
}

/** The expected checksum of a run, or of the end. */
export function runChecksum(head: Buffer, pages?: Buffer): number {
  const checksum = crc32(head.subarray(0, 12));
  return pages === undefined ? checksum : crc32(pages, checksum);
}
