/** Reads a backup of records, from any source. */
import { isUtf8 } from 'node:buffer';
import type { KvError } from '../../errors.js';
import type { BackupInfo } from '../maintenance.js';
import { KEY_LIMIT_BYTES } from '../record.js';
import type { WorkOptions } from '../store.js';
import { turnsOf } from '../turns.js';
import { type BackupInput, refusedBackup, unknownVersion } from './backup-input.js';
import {
  decodeContent,
  FRAME_HEAD_BYTES,
  FRAME_LIMIT_BYTES,
  frameChecksum,
  kinds,
  RECORDS_VERSION,
  type RecordEnd,
  type RecordHead,
} from './record-format.js';
import { type Content, type ContentSink, type LongRecord, writeTo } from './store-contents.js';

/** Whether a backup is of records. */
export async function isOfRecords(input: BackupInput): Promise<boolean> {
  return (await input.head()).version === RECORDS_VERSION;
}

/**
 * Reads all of it, and writes it to a sink, if there is one. Rejects with `rejected`, errors of the source and of the
 * sink, and the signal's reason.
 */
export async function readRecords(
  input: BackupInput,
  sink?: ContentSink,
  options: WorkOptions = {},
): Promise<BackupInfo> {
  const head = await input.head();
  if (head.version !== RECORDS_VERSION) throw unknownVersion(head);
  const { made } = head as RecordHead;
  const pause = turnsOf(options);
  const order = new Order();
  let bytes = 0;
  for (let number = 0; ; number++) {
    const start = Buffer.from(await input.take(FRAME_HEAD_BYTES));
    const length = start.readUInt32BE(1);
    const frame = length > FRAME_LIMIT_BYTES ? undefined : await input.take(length);
    if (frame === undefined || frameChecksum(number, start, frame) !== start.readUInt32BE(5)) {
      throw refusedBackup(`it is damaged behind part ${number}`);
    }
    const kind = start[0]!;
    if (kind === kinds.end) {
      order.checkEnd();
      await input.end();
      return { made, since: 0, ...(JSON.parse(frame.toString()) as RecordEnd) };
    }
    const content = decodeContent(kind, frame);
    order.check(content);
    if (sink) writeTo(sink, content);
    bytes += length;
    options.progress?.(bytes);
    await pause();
  }
}

/** Checks that what a backup holds fits together: a checksum does not tell who has made it. */
class Order {
  #hasBucket = false;
  /** Bytes of a long value that are still to come. */
  #left = 0;

  /** Throws `rejected`. */
  check(content: Content): void {
    if (content.kind === 'piece') {
      this.#left -= content.bytes.length;
      if (this.#left < 0 || content.bytes.length === 0) throw misplaced();
      return;
    }
    if (this.#left > 0 || (content.kind !== 'bucket' && !this.#hasBucket)) throw misplaced();
    if (content.kind === 'bucket') this.#hasBucket = true;
    else if (content.kind === 'records') content.records.forEach(checkRecord);
    else {
      checkRecord(content.record);
      this.#left = content.record.size;
      if (!(this.#left > 0)) throw misplaced();
    }
  }

  checkEnd(): void {
    if (this.#left > 0) throw misplaced();
  }
}

function checkRecord({ key, version }: Pick<LongRecord, 'key' | 'version'>): void {
  const isKey = key.length > 0 && key.length <= KEY_LIMIT_BYTES && isUtf8(key);
  if (!isKey || !(version > 0 && Number.isSafeInteger(version))) {
    throw refusedBackup('it holds a record that no store can have');
  }
}

function misplaced(): KvError {
  return refusedBackup('its parts do not fit together');
}
