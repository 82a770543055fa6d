/**
 * Checks values in chunks: the count of each value's holders, the registered uploads, and that the
 * chunks of a value follow each other. The records that hold them are checked later.
 */
import { seedOf } from '../checksum.js';
import { Fault, type Page } from '../file/page.js';
import { CHUNK_SIZE_BYTES, decodeChunkKey, decodeU64, openEntry, sumOfChunk } from '../layout.js';
import { checkTree } from './checked-tree.js';
import type { Scan } from './scan.js';
import { ValueTable } from './value-table.js';

export class Values {
  readonly table = new ValueTable();
  readonly uploads = new Set<number>();
  chunks = 0;
  readonly #scan: Scan;
  readonly #trees: ReadonlyMap<string, Buffer>;
  /** The value whose chunks are being read. */
  #current = { id: -1, row: -1, next: 0, bytes: 0, isShort: false };

  /** `trees` are the descriptors of the existing trees. */
  constructor(scan: Scan, trees: ReadonlyMap<string, Buffer>) {
    this.#scan = scan;
    this.#trees = trees;
  }

  /** Reads the three trees. Yields after each page. Throws `io`. */
  *read(): Generator<void> {
    yield* this.#each('uploads', (page, node, number) => this.#takeUpload(page, node, number));
    yield* this.#each('values', (page, node, number) => this.#takeHolders(page, node, number));
    yield* this.#each('chunks', (page, node, number) => this.#takeChunk(page, node, number));
  }

  /** Reports values whose count does not match; to be called when all records have been checked. */
  *checkHolders(): Generator<void> {
    const { table } = this;
    for (let row = 0; row < table.count; row++) {
      const [id, said, held] = [table.id(row), table.holders(row), table.held(row)];
      // A record that could not be read may hold it.
      if (held !== said && !(held < said && this.#scan.isPartial)) {
        this.#report(
          'values',
          `value ${id} says ${said} for the number of its records, which is ${held}`,
        );
      } else if (said === 0 && table.page(row) > 0 && !this.uploads.has(id)) {
        this.#report('chunks', `value ${id} has chunks, and nobody holds it`, table.page(row));
      }
      yield;
    }
  }

  *#each(part: string, take: (page: Page, node: number, number: number) => void): Generator<void> {
    const descriptor = this.#trees.get(part);
    if (descriptor === undefined) return;
    for (const leaf of checkTree(this.#scan, { kind: 'named', descriptor, place: { part } })) {
      for (let node = 0; node < leaf.page.count; node++) take(leaf.page, node, leaf.number);
      yield;
    }
  }

  #takeUpload(page: Page, node: number, number: number): void {
    const key = page.key(node);
    const data = this.#scan.dataOf(page, node);
    const entry = data instanceof Fault ? undefined : openEntry(seedOf('uploads'), key, data);
    const isKnown = key.length === 8 && entry !== undefined && isUpload(entry);
    if (isKnown) this.uploads.add(decodeU64(key));
    else this.#report('uploads', 'an upload is registered in a way that cannot be read', number);
  }

  #takeHolders(page: Page, node: number, number: number): void {
    const key = page.key(node);
    const data = page.data(node);
    const entry = page.isElsewhere(node) ? undefined : openEntry(seedOf('values'), key, data);
    const isCount = key.length === 8 && entry?.length === 8;
    const holders = isCount ? decodeU64(entry) : 0;
    if (holders > 0) this.table.setHolders(this.table.enter(decodeU64(key)), holders);
    else this.#report('values', 'how many records hold a value cannot be read', number);
  }

  #takeChunk(page: Page, node: number, number: number): void {
    const key = decodeChunkKey(page.key(node));
    if (key === undefined) this.#report('chunks', "a chunk's key cannot be read", number);
    if (key === undefined) return;
    this.chunks++;
    const { valueId, index, checksum } = key;
    const bytes = this.#scan.dataOf(page, node);
    // Problems with the pages of a chunk have been reported with the pages.
    if (!(bytes instanceof Fault) && sumOfChunk(valueId, index, bytes) !== checksum) {
      const what = `the checksum of chunk ${index} of value ${valueId} is not that of its bytes`;
      this.#report('chunks', what, number);
    }
    if (valueId !== this.#current.id) this.#begin(valueId, number);
    const { next, isShort } = this.#current;
    const size = page.dataSize(node);
    if (size === 0 || size > CHUNK_SIZE_BYTES) {
      this.#report('chunks', `chunk ${index} of value ${valueId} has ${size} bytes`, number);
    }
    if (index === next && !isShort) {
      this.#current.next++;
      this.#current.bytes += size;
      this.#current.isShort = size < CHUNK_SIZE_BYTES;
      this.table.setBytes(this.#current.row, this.#current.bytes);
    } else if (!this.uploads.has(valueId)) {
      const gap = isShort
        ? `chunk ${next - 1}, which is too short`
        : `chunk ${next}, which is missing`;
      this.#report('chunks', `chunk ${index} of value ${valueId} comes after ${gap}`, number);
      this.#current.next = index + 1;
      // Chunks after a gap do not count.
      this.#current.isShort = true;
    }
  }

  #begin(id: number, page: number): void {
    const row = this.table.enter(id);
    this.table.setPage(row, page);
    this.#current = { id, row, next: 0, bytes: 0, isShort: false };
  }

  #report(part: string, problem: string, page?: number): void {
    this.#scan.report({ ...(page !== undefined && { page }), part, problem });
  }
}

/** Whether it is an entry of the register of uploads. */
function isUpload(bytes: Buffer): boolean {
  try {
    const { kept } = JSON.parse(bytes.toString()) as { kept?: unknown };
    return Number.isSafeInteger(kept);
  } catch {
    return false;
  }
}
