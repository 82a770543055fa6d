/** Reads a backup of pages, from any source; nothing of it is trusted before its checksum matches. */
import { KvError } from '../../../errors.js';
import { BackupInput, refusedBackup, unknownVersion } from '../../backup/backup-input.js';
import { type ByteSource, sourceOfChunks } from '../../backup/byte-source.js';
import { isOfRecords, readRecords } from '../../backup/read-records.js';
import type { BackupInfo } from '../../maintenance.js';
import type { WorkOptions } from '../../store.js';
import { turnsOf } from '../../turns.js';
import {
  decodeRunHead,
  type Head,
  RUN_HEAD_BYTES,
  RUN_LIMIT_PAGES,
  runChecksum,
  VERSION,
} from './backup-format.js';

export interface PageRun {
  readonly first: number;
  readonly pages: Buffer;
}

/** Reads only the head of a backup. Rejects with `rejected`, and errors of the chunks. */
export async function readBackupHead(chunks: AsyncIterable<Uint8Array>): Promise<Head> {
  const input = new BackupInput(sourceOfChunks(chunks));
  try {
    return await new BackupReader(input).head();
  } finally {
    await input.close();
  }
}

/**
 * Reads a whole backup, of either kind, and resolves to what is in it. Rejects with `rejected`, errors of the
 * source, and the signal's reason.
 */
export async function inspectBackup(
  source: ByteSource,
  options: WorkOptions = {},
): Promise<BackupInfo> {
  const input = new BackupInput(source);
  try {
    if (await isOfRecords(input)) return await readRecords(input, undefined, options);
    const reader = new BackupReader(input);
    const pause = turnsOf(options);
    for await (const _ of reader.runs()) await pause();
    return await reader.head();
  } finally {
    await input.close();
  }
}

export class BackupReader {
  readonly #input: BackupInput;

  constructor(input: BackupInput) {
    this.#input = input;
  }

  /** Rejects with `rejected` if it is not a backup of pages. */
  async head(): Promise<Head> {
    const head = await this.#input.head();
    if (await isOfRecords(this.#input)) {
      const state = 'it is of records, which stands by itself: no backup continues it';
      throw new KvError('usage', `cannot read the backup: ${state}`);
    }
    if (head.version !== VERSION) throw unknownVersion(head);
    return head as Head;
  }

  /**
   * The pages, in runs that are valid until the next is asked for, up to the end, which must be
   * there. Rejects with `rejected` for damage.
   */
  async *runs(): AsyncGenerator<PageRun> {
    const { pageSize, lastPage } = await this.head();
    for (let runs = 0; ; runs++) {
      const bytes = Buffer.from(await this.#input.take(RUN_HEAD_BYTES));
      const { first, count, checksum } = decodeRunHead(bytes);
      if (first === undefined) {
        if (count !== runs || checksum !== runChecksum(bytes))
          throw refusedBackup('its end is damaged');
        await this.#input.end();
        return;
      }
      const isOfFile = count > 0 && count <= RUN_LIMIT_PAGES && first + count <= lastPage + 1;
      const pages = isOfFile ? await this.#input.take(count * pageSize) : undefined;
      if (pages === undefined || checksum !== runChecksum(bytes, pages)) {
        throw refusedBackup(`it is damaged behind run ${runs} of its pages`);
      }
      yield { first, pages };
    }
  }
}
