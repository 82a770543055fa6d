/** Reads a backup, from any source; nothing of it is trusted before its checksum matches. */
import { KvError } from '../../../errors.js';
import type { WorkOptions } from '../../store.js';
import { turnsOf } from '../../turns.js';
import {
  CHECKSUM_BYTES,
  checksumOf,
  decodeRunHead,
  HEAD_BYTES,
  HEAD_LIMIT_BYTES,
  type Head,
  MAGIC,
  RUN_HEAD_BYTES,
  RUN_LIMIT_PAGES,
  runChecksum,
  VERSION,
} from './backup-format.js';
import { type ByteSource, sourceOfChunks } from './byte-source.js';

export interface PageRun {
  readonly first: number;
  readonly pages: Buffer;
}

/** Reads only the head of a backup. Rejects with `rejected`, and errors of the chunks. */
export async function readBackupHead(chunks: AsyncIterable<Uint8Array>): Promise<Head> {
  const reader = new BackupReader(sourceOfChunks(chunks));
  try {
    return await reader.head();
  } finally {
    await reader.close();
  }
}

/**
 * Reads a whole backup, and resolves to its head. Rejects with `rejected`, errors of the source,
 * and the signal's reason.
 */
export async function inspectBackup(source: ByteSource, options: WorkOptions = {}): Promise<Head> {
  const reader = new BackupReader(source);
  const pause = turnsOf(options);
  try {
    for await (const _ of reader.runs()) await pause();
    return await reader.head();
  } finally {
    await reader.close();
  }
}

export class BackupReader {
  readonly #source: ByteSource;
  #head: Head | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Has to be called first. Rejects with `rejected` if it is not a backup. */
  async head(): Promise<Head> {
    if (this.#head) return this.#head;
    const start = Buffer.from(await this.#take(HEAD_BYTES, 'it is no backup of kv'));
    const length = start.readUInt32BE(MAGIC.length);
    if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw refused('it is no backup of kv');
    if (length > HEAD_LIMIT_BYTES) throw refused('its head is damaged');
    const json = Buffer.from(await this.#take(length));
    const checksum = await this.#take(CHECKSUM_BYTES);
    if (!checksumOf(Buffer.concat([start, json])).equals(checksum))
      throw refused('its head is damaged');
    const head: Head = JSON.parse(json.toString());
    if (head.version !== VERSION) {
      throw refused(`it is of version ${head.version}, and this kv knows ${VERSION}`);
    }
    this.#head = head;
    return head;
  }

  /**
   * The pages, in runs that are valid until the next is asked for, up to the end, which must be
   * there. Rejects with `rejected` for damage.
   */
  async *runs(): AsyncGenerator<PageRun> {
    const { pageSize, lastPage } = await this.head();
    for (let runs = 0; ; runs++) {
      const bytes = Buffer.from(await this.#take(RUN_HEAD_BYTES));
      const { first, count, checksum } = decodeRunHead(bytes);
      if (first === undefined) {
        if (count !== runs || checksum !== runChecksum(bytes)) throw refused('its end is damaged');
        if (!(await this.#source.isAtEnd())) throw refused('something follows its end');
        return;
      }
      const isOfFile = count > 0 && count <= RUN_LIMIT_PAGES && first + count <= lastPage + 1;
      const pages = isOfFile ? await this.#take(count * pageSize) : undefined;
      if (pages === undefined || checksum !== runChecksum(bytes, pages)) {
        throw refused(`it is damaged behind run ${runs} of its pages`);
      }
      yield { first, pages };
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #take(length: number, state = 'it ends too early'): Promise<Buffer> {
    const bytes = await this.#source.take(length);
    if (bytes === undefined) throw refused(state);
    return bytes;
  }
}

function refused(state: string): KvError {
  return new KvError('rejected', `cannot read the backup: ${state}`);
}
