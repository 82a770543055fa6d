/**
 * The beginning of every backup, and a backup that is being read. What follows the head depends on its version:
 * the pages of a folder (`lmdb/backup/backup-format.ts`), or records (`record-format.ts`).
 *
 *     "kvbackup", u32 length of the JSON, the JSON, u32 CRC-32 of all before it
 */
import { crc32 } from 'node:zlib';
import { KvError } from '../../errors.js';
import type { ByteSource } from './byte-source.js';

const MAGIC = Buffer.from('kvbackup');

/** Bytes before the JSON of the head, and of a checksum. */
const HEAD_BYTES = MAGIC.length + 4;
const CHECKSUM_BYTES = 4;

/** The longest JSON of a head, in bytes: ten thousand buckets with the longest names. */
const HEAD_LIMIT_BYTES = 16 * 1024 * 1024;

/** What the head of every backup has. */
export interface AnyHead {
  readonly version: number;
}

export function encodeHead<Head extends AnyHead>(head: Head): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const bytes = Buffer.concat([MAGIC, length, json]);
  return Buffer.concat([bytes, checksumOf(bytes)]);
}

/** A backup that is being read; nothing of it is trusted before its checksum matches. */
export class BackupInput {
  readonly #source: ByteSource;
  #head: AnyHead | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Has to be called first. Rejects with `rejected` if it is not a backup. */
  async head(): Promise<AnyHead> {
    this.#head ??= await this.#read();
    return this.#head;
  }

  /** The next bytes, valid until the next call. Rejects with `rejected` if there are fewer. */
  async take(length: number, state = 'it ends too early'): Promise<Buffer> {
    const bytes = await this.#source.take(length);
    if (bytes === undefined) throw refusedBackup(state);
    return bytes;
  }

  /** Rejects with `rejected` if something follows. */
  async end(): Promise<void> {
    if (!(await this.#source.isAtEnd())) throw refusedBackup('something follows its end');
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #read(): Promise<AnyHead> {
    const start = Buffer.from(await this.take(HEAD_BYTES, NO_BACKUP));
    const length = start.readUInt32BE(MAGIC.length);
    if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw refusedBackup(NO_BACKUP);
    if (length > HEAD_LIMIT_BYTES) throw refusedBackup(DAMAGED_HEAD);
    const json = Buffer.from(await this.take(length));
    const checksum = await this.take(CHECKSUM_BYTES);
    if (!checksumOf(Buffer.concat([start, json])).equals(checksum)) {
      throw refusedBackup(DAMAGED_HEAD);
    }
    return JSON.parse(json.toString());
  }
}

const NO_BACKUP = 'it is no backup of kv';
const DAMAGED_HEAD = 'its head is damaged';

export function refusedBackup(state: string): KvError {
  return new KvError('rejected', `cannot read the backup: ${state}`);
}

export function unknownVersion({ version }: AnyHead): KvError {
  return refusedBackup(`it is of version ${version}, which this kv does not know`);
}

function checksumOf(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum;
}
