/**
 * Pages read before LMDB goes to them. If what is known of an older state no longer holds, the
 * newest state is read: others have committed meanwhile, or a page is damaged.
 */
import { KvError } from '../../../errors.js';
import { isInPlace, type PlaceBelow } from '../file/known-branch.js';
import { newestMeta, readMetas, type TreesState } from '../file/metas.js';
import { badPage, Fault, type Page, type Place } from '../file/page.js';
import { hasHeader, P_LEAF, PAGE_HEADER_BYTES } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { readPage } from '../file/walk.js';

/** How often a newer state is tried, because others commit meanwhile. */
const ATTEMPT_LIMIT = 10;

/** Thrown within `soundly`: a page is not sound in the known state. */
export class Unsound extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.state);
    this.fault = fault;
  }
}

export class GuardedPages {
  readonly #path: string;
  readonly #openFile: () => StoreFile;
  #metas: Buffer | undefined;
  #state: TreesState | undefined;
  /** The bytes of the page read last. */
  #memory = Buffer.alloc(0);

  /** `path` is the store's. */
  constructor(path: string, openFile: () => StoreFile) {
    this.#path = path;
    this.#openFile = openFile;
  }

  /** Where the trees are in the known state; within `soundly`. */
  get state(): TreesState {
    return this.#state!;
  }

  /** The newest state is read when the state is next used. */
  forget(): void {
    this.#state = undefined;
  }

  /**
   * Tries `look` with the known state, and again with the newest after `forget`, which drops
   * everything seen before. Throws `damaged` if that is not sound either, `io`.
   */
  soundly(look: () => void, forget: () => void): void {
    for (let attempt = 0; ; attempt++) {
      try {
        if (this.#state === undefined) this.#readState();
        look();
        return;
      } catch (error) {
        if (!(error instanceof Unsound)) throw error;
        const before = this.#metas!;
        forget();
        this.#readState();
        const isOld = !before.equals(this.#metas!);
        if (!isOld || attempt >= ATTEMPT_LIMIT) throw damaged(this.#path, error.fault);
      }
    }
  }

  /** The page at a place, in memory that the next one is read into. Throws `Unsound`. */
  read(place: PlaceBelow): Page {
    const { transaction: newest, lastPage } = this.state;
    const file = this.#openFile();
    if (this.#memory.length !== file.pageSize) this.#memory = Buffer.allocUnsafeSlow(file.pageSize);
    const isThere =
      place.number <= lastPage && file.readInto(this.#memory, place.number * file.pageSize);
    const bytes = isThere ? this.#memory : undefined;
    const page = readPage(file, place, { newest, lastPage }, bytes);
    if (page instanceof Fault) throw new Unsound(page);
    // The nodes of a leaf lie within it, and their checksums tell whether they are what was
    // written.
    const isFit = isInPlace(page, place) && (page.isLeaf || page.isTiled);
    if (!isFit) throw new Unsound(badPage(place.number));
    return page;
  }

  /** Checks only that a leaf begins at a place. Throws `Unsound`. */
  checkLeafHeader({ number }: Place): void {
    const { transaction, lastPage } = this.state;
    const file = this.#openFile();
    const header =
      number <= lastPage ? file.read(number * file.pageSize, PAGE_HEADER_BYTES) : undefined;
    const isLeaf = header && hasHeader(header, number, P_LEAF, transaction);
    if (!isLeaf) throw new Unsound(badPage(number));
  }

  /** Checks that the data of a node begins where its reference says. Throws `Unsound`. */
  checkElsewhere(page: Page, node: number): void {
    const { lastPage, transaction } = this.state;
    const { number, count } = page.overflow(node);
    const isWithin = number + count - 1 <= lastPage;
    const file = this.#openFile();
    const room = count * file.pageSize - PAGE_HEADER_BYTES;
    if (!isWithin || page.dataSize(node) > room) throw new Unsound(badPage(number));
    const header = file.readOverflow(page.data(node), page.dataSize(node), transaction, 0);
    if (header instanceof Fault) throw new Unsound(header);
  }

  #readState(): void {
    const file = this.#openFile();
    this.#metas = readMetas(file);
    this.#state = newestMeta(file, this.#metas);
  }
}

/** The error for a page that LMDB must not use. */
export function damaged(path: string, { state }: Fault): KvError {
  return new KvError('damaged', `cannot use store "${path}": damaged: ${state}`, {
    hint: 'try: kv store check, and kv store salvage DAMAGED NEW',
  });
}
