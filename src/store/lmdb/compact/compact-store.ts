/**
 * Compacting a store in place. Its pages are moved to the beginning of the file, and the file is cut off
 * behind them; LMDB itself does neither. It is the same file throughout, so that others who have the store
 * open notice no more than transactions that change nothing: writers wait, and readers go on.
 *
 * It is done in a few transactions, written here as LMDB writes its own: to pages that are free, then to the
 * disk, then the meta page that leads to them. So an end at any moment leaves the store as it was, and nothing
 * to clear away but room at the end of the file, which the next compaction cuts off.
 *
 * 1. Where the pages that have to move do not fit into what is free at the beginning, all that is there goes
 *    behind it.
 * 2. All goes to the beginning, side by side.
 * 3. The file is said to end behind it, and its list of free pages to hold no more than what is before.
 * 4. The file is cut off.
 *
 * Each step waits until nobody reads a state before the newest: those readers need pages that it may
 * overwrite, or that are gone after it. Meanwhile the lock on writing is given up, and what others have written
 * is seen with the next step. Each state is committed under two numbers, so that both meta pages lead to it:
 * a process that opens the store sets LMDB's number back for a moment (see lock-file.ts), and who begins
 * to read just then would else read a state whose pages are gone.
 *
 * The steps are in one file, longer than others, since what makes one safe is what the one before has left.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, KvError } from '../../../errors.js';
import type { Compacted } from '../../maintenance.js';
import type { Patience } from '../../patience.js';
import type { WorkOptions } from '../../store.js';
import { inTurns } from '../../turns.js';
import type { Environment } from '../environment.js';
import { checkDataFile } from '../file/data-file.js';
import { META_PAGES } from '../file/meta-layout.js';
import { type Meta, newestMeta, readEachMeta, readMetas } from '../file/metas.js';
import { StoreFile } from '../file/store-file.js';
import { DATA_FILE, LOCK_FILE } from '../layout.js';
import { lastTransactionOf } from '../lmdb-internals.js';
import { LockFile } from '../lock-file.js';
import { openLocked } from '../locked-environment.js';
import { checkLock } from '../lost-lock.js';
import { commitTwice, type NewState, writeState } from './commit.js';
import { OlderReaders } from './older-readers.js';
import { PageRoom } from './page-room.js';
import { PageWriter } from './page-writer.js';
import { Relocation } from './relocation.js';
import { type Survey, surveyOf } from './survey.js';

/** Bytes of a page, until the file says. */
const USUAL_PAGE_BYTES = 4096;

/**
 * How much longer than necessary the file may stay: this many pages, and this fraction of its
 * pages. Moving pages for less is not worthwhile.
 */
const SLACK_PAGES = 16;
const SLACK_PART = 50;

/**
 * By how much the number of the first transaction exceeds the last one: it has to be odd, so that
 * the last one's meta page stays; and LMDB in this process has given the next number to the
 * transaction that holds the lock.
 */
const STEP = 3;

/** How often pages are moved at most, as others may write meanwhile. */
const MOVES_LIMIT = 6;

/** About how often each page is read. */
export const PASSES = 8;

/** Ends the transaction that holds the lock, in which LMDB has written nothing. */
const DONE = Symbol('done');

/** Which pages move, and where. */
interface Direction {
  /** The lowest page that may be written. */
  readonly start: number;
  mustMove(first: number, count: number): boolean;
}

/** Compacts the store in a folder. See `StoreCompaction.run`. */
export async function compactStore(
  path: string,
  options: WorkOptions,
  patience: Patience = {},
): Promise<Compacted> {
  checkDataFile(join(path, DATA_FILE), 'change');
  // Opened before LMDB opens it, and closed after.
  const lockFile = new LockFile(join(path, LOCK_FILE));
  try {
    const environment = openLocked(path, 'change', { patience });
    try {
      return await new Compaction(path, environment, lockFile, options).run(patience);
    } finally {
      await environment.close();
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw ioError(`compact store "${path}"`, error);
  } finally {
    lockFile.close();
  }
}

class Compaction {
  readonly #path: string;
  readonly #environment: Environment;
  readonly #lockFile: LockFile;
  readonly #options: WorkOptions;
  readonly #readers: OlderReaders;
  readonly #file: StoreFile;
  readonly #descriptor: number;
  #moves = 0;
  /** Bytes of pages that were read, weighted for the progress. */
  #done = 0;
  #weight = 1;

  constructor(path: string, environment: Environment, lockFile: LockFile, options: WorkOptions) {
    this.#path = path;
    this.#environment = environment;
    this.#lockFile = lockFile;
    this.#options = options;
    this.#readers = new OlderReaders(path, environment.main);
    const file = join(path, DATA_FILE);
    this.#file = new StoreFile(file, USUAL_PAGE_BYTES);
    this.#descriptor = openSync(file, 'r+');
  }

  async run(patience: Patience): Promise<Compacted> {
    try {
      const before = this.#size;
      for (;;) {
        const blocked = await this.#underLock();
        if (blocked === undefined) return { before, after: this.#size };
        await this.#readers.wait(blocked, patience, this.#options.signal);
      }
    } finally {
      closeSync(this.#descriptor);
      this.#file.close();
    }
  }

  /**
   * Does what can be done while nobody else writes. Resolves to undefined if that was all,
   * otherwise to the transaction before which nobody must read for the next step.
   */
  async #underLock(): Promise<number | undefined> {
    let blocked: number | undefined;
    try {
      await this.#environment.writes.transaction(async () => {
        for (let isDone = false; !isDone; ) {
          const meta = newestMeta(this.#file, readMetas(this.#file));
          const newest = Number(meta.transaction);
          const areGone = await this.#readers.areSoonGone(newest, this.#options.signal);
          if (!areGone) blocked = newest;
          isDone = !areGone || (await this.#step(meta));
        }
        throw DONE;
      }, this.#options.signal);
    } catch (error) {
      if (error !== DONE) throw error;
    }
    return blocked;
  }

  /** Makes one step; true if it was the last. Nobody writes, or reads an older state. */
  async #step(meta: Meta): Promise<boolean> {
    const survey = await this.#through(surveyOf(this.#path, this.#file, meta));
    if (this.#moves < MOVES_LIMIT && survey.highest > lastPageOf(survey)) {
      this.#moves++;
      await this.#move(survey);
      return false;
    }
    if (this.#lastPage > survey.highest + SLACK_PAGES) {
      await this.#declareEnd(survey);
      return false;
    }
    this.#cutOff();
    return true;
  }

  /** Moves pages to the beginning, or out of its way. */
  async #move(survey: Survey): Promise<void> {
    const end = META_PAGES + survey.pages;
    const most = lastPageOf(survey);
    const forward: Direction = {
      start: META_PAGES,
      mustMove: (first, count) => first + count > end,
    };
    const away: Direction = { start: most, mustMove: (first) => first < most };
    let direction = forward;
    let highest = await this.#plan(survey, forward);
    if (highest > most) {
      const behind = await this.#plan(survey, away);
      const isRoom = this.#isRoomFor(behind);
      if (!isRoom && highest >= survey.highest) throw this.#full(behind);
      if (isRoom) [direction, highest] = [away, behind];
    } else this.#weight = PASSES / 2;
    await this.#relocate(survey, direction, highest);
  }

  /** The highest page that would be in use after such a move. */
  async #plan(survey: Survey, direction: Direction): Promise<number> {
    const relocation = new Relocation(this.#moving(survey, direction));
    await this.#through(relocation.steps());
    return relocation.highest;
  }

  async #relocate(survey: Survey, direction: Direction, highest: number): Promise<void> {
    const { meta } = survey;
    const moving = this.#moving(survey, direction);
    const lastPage = Math.max(meta.lastPage, highest);
    await this.#written(meta, async (writer) => {
      const relocation = new Relocation(moving, { writer, lastPage });
      await this.#through(relocation.steps());
      const { main, used } = relocation;
      const { room, transaction } = moving;
      return { state: { transaction, main, used: used!, lastPage }, room };
    });
  }

  /** Commits a file end behind the highest page in use. */
  #declareEnd({ meta, used, highest, writable }: Survey): Promise<void> {
    const below = writable.filter(({ first, count }) => first + count <= highest);
    const isRoom = below.some(({ count }) => count > SLACK_PAGES);
    return this.#written(meta, async () => ({
      state: {
        transaction: Number(meta.transaction) + STEP,
        main: meta.main,
        used,
        lastPage: highest,
      },
      room: new PageRoom(isRoom ? below : [], highest + 1),
    }));
  }

  /**
   * Writes the pages of a state, and commits it. A failure before that leaves the file as it was.
   */
  async #written(
    meta: Meta,
    write: (writer: PageWriter) => Promise<{ state: NewState; room: PageRoom }>,
  ): Promise<void> {
    const { pageSize } = this.#file;
    const size = this.#size;
    const writer = new PageWriter(this.#descriptor, pageSize);
    let change: ReturnType<typeof writeState>;
    try {
      const { state, room } = await write(writer);
      change = writeState(meta, state, { writer, room, pageSize });
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, size);
      throw error;
    }
    checkLock(this.#path, this.#lockFile);
    commitTwice(this.#descriptor, meta, change, () =>
      this.#lockFile.mend(() => lastTransactionOf(this.#environment.main)),
    );
  }

  /** Cuts the file behind the last page of either meta page. */
  #cutOff(): void {
    const end = (this.#lastPage + 1) * this.#file.pageSize;
    if (end >= this.#size) return;
    ftruncateSync(this.#descriptor, end);
    fdatasyncSync(this.#descriptor);
  }

  /** The last page of either meta page: a killed process may have written only one of them. */
  get #lastPage(): number {
    const metas = readEachMeta(this.#file);
    return Math.max(...metas.map((meta) => (meta instanceof KvError ? 0 : meta.lastPage)));
  }

  #moving({ meta, writable }: Survey, { start, mustMove }: Direction) {
    const runs = writable.flatMap(({ first, count }) => {
      const from = Math.max(first, start);
      return from < first + count ? [{ first: from, count: first + count - from }] : [];
    });
    return {
      file: this.#file,
      state: meta,
      room: new PageRoom(runs, meta.lastPage + 1),
      transaction: Number(meta.transaction) + STEP,
      mustMove,
    };
  }

  /** Runs all steps of some work; resolves to its result. */
  async #through<T>(work: Generator<number, T>): Promise<T> {
    const { pageSize } = this.#file;
    let result: T;
    const steps = (function* () {
      result = yield* work;
    })();
    const before = this.#done;
    const weight = this.#weight * pageSize;
    const pages = await inTurns(steps, {
      signal: this.#options.signal,
      progress: (done) => this.#options.progress?.(before + done * weight),
    });
    this.#done = before + pages * weight;
    return result!;
  }

  #isRoomFor(highest: number): boolean {
    return this.#missingBytes(highest) <= 0;
  }

  /** The bytes that the disk lacks for a file that ends with that page. */
  #missingBytes(highest: number): number {
    const { bavail, bsize } = statfsSync(this.#path);
    return (highest + 1 + SLACK_PAGES) * this.#file.pageSize - this.#size - bavail * bsize;
  }

  #full(highest: number): KvError {
    const state = `the disk lacks ${this.#missingBytes(highest)} bytes that it takes meanwhile`;
    return new KvError('full', `cannot compact store "${this.#path}": ${state}`);
  }

  /** Bytes of the file. */
  get #size(): number {
    return fstatSync(this.#descriptor).size;
  }
}

/** The highest last page with which the file counts as compact. */
function lastPageOf({ pages }: Survey): number {
  return META_PAGES + pages + Math.max(SLACK_PAGES, Math.floor(pages / SLACK_PART));
}
