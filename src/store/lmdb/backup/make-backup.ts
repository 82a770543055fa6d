/** Makes a backup: every page in use at one moment, each checked before. */
import { join } from 'node:path';
import { KvError } from '../../../errors.js';
import { encodeHead } from '../../backup/backup-input.js';
import type { Backup, BackupInfo, BackupOptions, Problem } from '../../maintenance.js';
import type { Patience } from '../../patience.js';
import { isSamePlace } from '../../same-place.js';
import type { WorkOptions } from '../../store.js';
import { KNOWN_BACKUPS } from '../backups-entry.js';
import { unknownFormat } from '../check/check-store.js';
import { checkTree } from '../check/checked-tree.js';
import { checkCensus, checkFreeLists } from '../check/free-lists.js';
import { HeldFile } from '../check/held-file.js';
import { isDraft, readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import { META_PAGES } from '../file/meta-layout.js';
import type { Meta } from '../file/metas.js';
import { pageCountOf, transactionOf } from '../file/page-header.js';
import { tree } from '../file/tree-descriptor.js';
import { DATA_FILE, FORMAT, LOCK_FILE } from '../layout.js';
import { encodeEnd, encodeRunHead, type Head, RUN_LIMIT_PAGES, VERSION } from './backup-format.js';
import { checkBase, checkedBase } from './earlier-backup.js';
import { type Note, noteBackup } from './note-backup.js';
import { saveBackup } from './save-backup.js';

/**
 * A backup of the store in a folder; if an earlier backup is given, of the changes since. It is
 * first noted in the store, unless that must not be written to, so that a later backup can continue
 * it. Rejects with `no-store`, `damaged`, errors of opening the store, `usage` for an earlier
 * backup of another store, `io`.
 */
export async function makeBackup(
  path: string,
  { earlier, isReadOnly, patience }: MakingOptions,
): Promise<Backup> {
  const base = earlier && (await checkedBase(path, earlier, patience));
  const note = await noteBackup(path, isReadOnly, patience);
  const held = await HeldFile.open(path, patience);
  try {
    if (!held.isHeld) {
      const state = 'it cannot be opened to hold a moment of it';
      throw (
        held.refusal ??
        new KvError('damaged', `cannot back up store "${path}": ${state}`, {
          hint: 'try: kv store check',
        })
      );
    }
    const scan = new Scan(held.file, held.meta);
    if (base) checkBase(path, base, held, KNOWN_BACKUPS + 1);
    return new PageBackup(path, held, scan, { base, note });
  } catch (error) {
    await held.close();
    throw error;
  }
}

export interface MakingOptions extends BackupOptions {
  /** How long to wait for another writer before the backup is made without a note. */
  readonly patience?: Patience | undefined;
}

class PageBackup implements Backup {
  readonly unnoted: KvError | undefined;
  readonly #path: string;
  readonly #held: HeldFile;
  readonly #scan: Scan<Meta>;
  readonly #base: Head | undefined;
  readonly #moment: string;
  info: BackupInfo | undefined;
  bytes = 0;

  constructor(
    path: string,
    held: HeldFile,
    scan: Scan<Meta>,
    { base, note }: { readonly base: Head | undefined; readonly note: Note },
  ) {
    this.#path = path;
    this.#held = held;
    this.#scan = scan;
    this.#base = base;
    this.#moment = note.identity;
    this.unnoted = note.failure;
  }

  *blocks(): Generator<Buffer | undefined> {
    const { file, meta, census } = this.#scan;
    const { pageSize } = file;
    // A tree is checked before any of it is written: a damaged store gives no backup.
    yield* this.#steps(checkFreeLists(this.#scan));
    const main = readMainTree(this.#scan);
    if (main.format !== undefined && main.format !== FORMAT) {
      throw unknownFormat('back up', this.#path, main.format);
    }
    const buckets = main.buckets.filter(({ name }) => !isDraft(name));
    const named = [
      ...main.buckets.map(({ name, descriptor }) => ({ place: { bucket: name }, descriptor })),
      ...[...main.internal].map(([part, descriptor]) => ({ place: { part }, descriptor })),
    ];
    for (const { place, descriptor } of named) {
      yield* this.#steps(checkTree(this.#scan, { kind: 'named', descriptor, place }));
    }
    checkCensus(this.#scan);
    this.#requireSound();
    const head: Head = {
      version: VERSION,
      made: Date.now(),
      transaction: Number(meta.transaction),
      since: this.#base?.transaction ?? 0,
      store: main.backups?.store ?? null,
      moment: this.#moment,
      base: this.#base?.moment ?? null,
      pageSize,
      lastPage: meta.lastPage,
      buckets: buckets.map(({ name, descriptor }) => ({
        name,
        keys: Number(descriptor.readBigUInt64LE(tree.entries)),
      })),
      meta: meta.bytes.toString('base64'),
    };
    this.info = head;
    this.bytes = census.usedPages * pageSize;
    yield encodeHead(head);
    let runs = 0;
    for (const { first, pages } of this.#runs(BigInt(head.since))) {
      runs++;
      yield encodeRunHead(first, pages, pageSize);
      yield pages;
    }
    yield encodeEnd(runs);
  }

  save(path: string, options: WorkOptions): Promise<void> {
    const own = [DATA_FILE, LOCK_FILE].map((name) => join(this.#path, name));
    if (own.some((file) => isSamePlace(path, file))) {
      throw new KvError(
        'usage',
        `cannot write "${path}": it is a file of the store "${this.#path}"`,
      );
    }
    return saveBackup(path, this.blocks(), options);
  }

  close(): Promise<void> {
    return this.#held.close();
  }

  *#steps(steps: Iterable<unknown>): Generator<undefined> {
    for (const _ of steps) yield undefined;
    this.#requireSound();
  }

  #requireSound(): void {
    const [problem] = this.#scan.found;
    if (problem === undefined) return;
    throw new KvError(
      'damaged',
      `cannot back up store "${this.#path}": damaged: ${placed(problem)}`,
      {
        hint: 'try: kv store check, which names every problem',
      },
    );
  }

  /**
   * The pages in use that were written after `since`. The bytes are valid until the next are asked
   * for.
   */
  *#runs(since: bigint): Generator<{ first: number; pages: Buffer }> {
    const { file, census } = this.#scan;
    const { pageSize } = file;
    const memory = Buffer.allocUnsafeSlow(RUN_LIMIT_PAGES * pageSize);
    for (const used of census.used()) {
      // The meta pages are in the head.
      const start = Math.max(used.first, META_PAGES);
      const end = used.first + used.count;
      // Of a value with pages of its own, only the first says when it was written.
      let left = 0;
      let isNew = true;
      for (let first = start; first < end; first += RUN_LIMIT_PAGES) {
        const count = Math.min(RUN_LIMIT_PAGES, end - first);
        const pages = memory.subarray(0, count * pageSize);
        if (!file.readInto(pages, first * pageSize)) throw cutOff(this.#path);
        let from = 0;
        for (let page = 0; page < count; page++) {
          if (left === 0) {
            left = pageCountOf(pages, page * pageSize);
            const now = transactionOf(pages, page * pageSize) > since;
            if (now !== isNew && isNew && page > from)
              yield part(pages, first, from, page, pageSize);
            if (now !== isNew) from = page;
            isNew = now;
          }
          left--;
        }
        if (isNew && count > from) yield part(pages, first, from, count, pageSize);
      }
    }
  }
}

function part(pages: Buffer, first: number, from: number, to: number, pageSize: number) {
  return { first: first + from, pages: pages.subarray(from * pageSize, to * pageSize) };
}

function cutOff(path: string): KvError {
  return new KvError(
    'damaged',
    `cannot back up store "${path}": damaged: it ends before its last page`,
  );
}

function placed({ page, part, bucket, problem }: Problem): string {
  const place = [
    ...(page === undefined ? [] : [`page ${page}`]),
    ...(part === undefined ? [] : [part]),
    ...(bucket === undefined ? [] : [`bucket "${bucket}"`]),
  ];
  return `${place.join(', ')}: ${problem}`;
}
