/** Restores a backup into a store on Redis: drafts are filled, and become its buckets in one step. */
import { KvError } from '../../errors.js';
import type { BackupInput } from '../backup/backup-input.js';
import { restoreGiven } from '../backup/given-backups.js';
import { readRecords } from '../backup/read-records.js';
import {
  type Content,
  type ContentSink,
  contentsOf,
  type KeptRecord,
  type LongRecord,
  writeTo,
} from '../backup/store-contents.js';
import { restorePages } from '../lmdb/backup/restore-backup.js';
import { openStore } from '../lmdb/open-store.js';
import type { BackupInfo, Restored, RestoreOptions } from '../maintenance.js';
import type { Milliseconds } from '../record.js';
import type { WorkOptions } from '../store.js';
import { inTurns } from '../turns.js';
import type { BulkWrites } from './bulk-writes.js';
import { type NamedDraft, notEmpty } from './catalogue-entry.js';
import type { RedisStore } from './redis-store.js';
import type { RedisUpload } from './redis-upload.js';
import { unpacked } from './unpacked.js';

/**
 * A backup of a folder is restored to a temporary one first, since a page of it says nothing by itself. Rejects with
 * `condition-failed` if the store has buckets, `not-supported` to replace them, and as reading and writing do; then
 * the store is unchanged.
 */
export async function restoreTo(
  store: RedisStore,
  backups: readonly AsyncIterable<Uint8Array>[],
  { replace, ...options }: RestoreOptions,
): Promise<Restored> {
  const action = `restore store "${store.path}"`;
  if (replace) {
    throw new KvError(
      'not-supported',
      `cannot ${action} with --force: nothing can be kept beside`,
      {
        hint: 'try: another NAME at the end of the address',
      },
    );
  }
  if (store.bucketNames('').length > 0) throw notEmpty(action);
  const sink = new RedisSink(store);
  try {
    const info = await restoreGiven(backups, {
      records: (input) => readRecords(input, sink, options),
      pages: (inputs) => writePages(inputs, sink, options),
    });
    sink.publish(action);
    return { info };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function writePages(
  inputs: readonly BackupInput[],
  sink: RedisSink,
  options: WorkOptions,
): Promise<BackupInfo> {
  return unpacked(async (folder) => {
    const info = await restorePages(folder, inputs, options);
    const store = (await openStore(folder, 'read'))!;
    try {
      const { signal } = options;
      await inTurns(writtenTo(sink, contentsOf(store)), { signal });
    } finally {
      await store.close();
    }
    return info;
  });
}

function* writtenTo(sink: ContentSink, contents: Iterable<Content>): Generator<number> {
  for (const content of contents) {
    writeTo(sink, content);
    yield 1;
  }
}

/** A long value that is coming. */
interface Coming {
  readonly record: LongRecord;
  readonly upload: RedisUpload;
}

class RedisSink implements ContentSink {
  readonly #store: RedisStore;
  readonly #drafts: NamedDraft[] = [];
  #bulk: BulkWrites | undefined;
  #coming: Coming | undefined;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  begin(name: string, created: Milliseconds): void {
    this.#bulk?.finish();
    const draft = this.#store.createDraft();
    this.#drafts.push({ draft, name, created });
    this.#bulk = this.#store.restoring(draft);
  }

  put({ key, value, ...stamp }: KeptRecord): void {
    this.#bulk!.put(key, value, stamp);
  }

  putLong(record: LongRecord): void {
    this.#coming = { record, upload: this.#store.upload() };
  }

  append(bytes: Buffer): void {
    const { record, upload } = this.#coming!;
    upload.append(bytes);
    const { key, size, ...stamp } = record;
    if (upload.size < size) return;
    this.#bulk!.putUpload(key.toString(), upload, stamp);
    upload.close();
    this.#coming = undefined;
  }

  publish(action: string): void {
    this.#bulk?.finish();
    this.#store.catalogue.publishAll(this.#drafts, action);
  }

  /** Deletes what was written. */
  async discard(): Promise<void> {
    this.#coming?.upload.close();
    for (const { draft } of this.#drafts) {
      if (this.#store.catalogue.find(draft)) await this.#store.discardDraft(draft);
    }
  }
}
