/** A backup of a store's records, for a store that has no file of its own: each as it is when it is read. */
import type { KvError } from '../../errors.js';
import type { Backup, BackupInfo } from '../maintenance.js';
import type { Store, WorkOptions } from '../store.js';
import { encodeHead } from './backup-input.js';
import {
  encodeContent,
  encodeFrame,
  kinds,
  RECORDS_VERSION,
  type RecordEnd,
  type RecordHead,
} from './record-format.js';
import { contentsOf } from './store-contents.js';

/** How a backup is written to a file; see `Backup.save`. */
export type SaveBlocks = (
  path: string,
  blocks: Iterable<Buffer | undefined>,
  options: WorkOptions,
) => Promise<void>;

export class RecordBackup implements Backup {
  readonly unnoted: KvError | undefined = undefined;
  info: BackupInfo | undefined;
  readonly bytes = 0;
  readonly #store: Store;
  readonly #save: SaveBlocks;

  /** The store is closed with the backup. */
  constructor(store: Store, save: SaveBlocks) {
    this.#store = store;
    this.#save = save;
  }

  *blocks(): Generator<Buffer> {
    const made = Date.now();
    yield encodeHead<RecordHead>({ version: RECORDS_VERSION, made });
    const buckets: { name: string; keys: number }[] = [];
    let frames = 0;
    for (const content of contentsOf(this.#store)) {
      if (content.kind === 'bucket') buckets.push({ name: content.name, keys: 0 });
      else if (content.kind === 'records') buckets.at(-1)!.keys += content.records.length;
      else if (content.kind === 'long') buckets.at(-1)!.keys++;
      yield encodeFrame(frames++, ...encodeContent(content));
    }
    const end = Buffer.from(JSON.stringify({ buckets } satisfies RecordEnd));
    this.info = { made, since: 0, buckets };
    yield encodeFrame(frames, kinds.end, end);
  }

  save(path: string, options: WorkOptions): Promise<void> {
    return this.#save(path, this.blocks(), options);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
