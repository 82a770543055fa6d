/**
 * Checks the main tree: the store's own numbers, the names of its buckets, and the entries of its
 * other trees.
 */
import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../maintenance.js';
import { type BackupsEntry, decodeBackups } from '../backups-entry.js';
import { seedOf } from '../checksum.js';
import type { Page } from '../file/page.js';
import { pagesOfTree, tree } from '../file/tree-descriptor.js';
import {
  BACKUPS_KEY,
  BUCKET_ENTRY_BYTES,
  bucketDatabase,
  bucketIdOf,
  decodeBucketEntry,
  decodeTreeSize,
  decodeU64,
  EXPIRY_DATABASE,
  FORMAT_KEY,
  internalDatabases,
  isNameKey,
  nameOfKey,
  openEntry,
  SEQUENCE_KEY,
  type TreeSize,
  treeOfSizeKey,
} from '../layout.js';
import { checkTree } from './checked-tree.js';
import type { Scan } from './scan.js';

const MAIN = { part: 'main tree' } as const;

/** The seed of the tree's checksums. */
const SEED = seedOf('main');

/** A part of the store, or a bucket. */
type Place = Pick<Problem, 'part' | 'bucket'>;

/** A bucket with a tree. */
export interface FoundBucket {
  readonly id: number;
  /** The name as it is shown: it may be missing. */
  readonly name: string;
  readonly isNamed: boolean;
  /** Milliseconds since the epoch; undefined without a name. */
  readonly created: number | undefined;
  readonly descriptor: Buffer;
  /** As the store records it; undefined if it does not, or if that is damaged. */
  readonly size: TreeSize | undefined;
}

export interface MainContents {
  readonly format: number | undefined;
  /** The last number issued. */
  readonly sequence: number | undefined;
  /** Undefined before the first backup. */
  readonly backups: BackupsEntry | undefined;
  /** In the order of the main tree. */
  readonly buckets: readonly FoundBucket[];
  /** The descriptors of the trees that are not buckets. */
  readonly internal: ReadonlyMap<string, Buffer>;
  /** Whether the whole tree could be read. */
  readonly isWhole: boolean;
}

/** Reads the main tree, and compares names with trees. Throws `io`. */
export function readMainTree(scan: Scan): MainContents {
  const check = new MainCheck(scan);
  const { main: descriptor } = scan.meta;
  const wasPartial = scan.isPartial;
  scan.isPartial = false;
  for (const { number, page } of checkTree(scan, { kind: 'main', descriptor, place: MAIN })) {
    for (let node = 0; node < page.count; node++) check.take(number, page, node);
  }
  const contents = check.contents();
  scan.isPartial ||= wasPartial;
  return contents;
}

class MainCheck {
  readonly #scan: Scan;
  readonly #names = new Map<number, { readonly name: string; readonly created: number }>();
  readonly #trees = new Map<string, Buffer>();
  readonly #sizes = new Map<string, TreeSize>();
  #format: number | undefined;
  #sequence: number | undefined;
  #backups: BackupsEntry | undefined;

  constructor(scan: Scan) {
    this.#scan = scan;
  }

  take(number: number, page: Page, node: number): void {
    const key = page.key(node);
    if (page.isTree(node)) {
      // The page may be read into the same bytes again.
      this.#trees.set(key.toString(), Buffer.from(page.data(node)));
      return;
    }
    const data = page.data(node);
    if (page.isElsewhere(node)) this.#stranger(number, key);
    else if (key.equals(FORMAT_KEY) && data.length === 8) this.#format = decodeU64(data);
    else if (key.equals(SEQUENCE_KEY)) this.#takeSequence(key, data);
    else if (key.equals(BACKUPS_KEY)) this.#takeBackups(number, key, data);
    else if (isNameKey(key)) this.#takeName(number, key, data);
    else if (treeOfSizeKey(key) !== undefined) this.#takeSize(number, key, data);
    else this.#stranger(number, key);
  }

  contents(): MainContents {
    const buckets: FoundBucket[] = [];
    const internal = new Map<string, Buffer>();
    const named = new Set<number>();
    for (const [treeName, descriptor] of this.#trees) {
      const name = treeName.replace(/\0$/, '');
      const id = bucketIdOf(name);
      const size = this.#sizes.get(name);
      if (id !== undefined) {
        named.add(id);
        const { name, created } = this.#names.get(id) ?? this.#nameless(id);
        this.#checkSize({ bucket: name }, descriptor, size);
        buckets.push({ id, name, isNamed: created !== undefined, created, descriptor, size });
      } else if (isInternal(name)) {
        this.#checkSize({ part: name }, descriptor, size);
        internal.set(name, descriptor);
      } else this.#scan.report({ ...MAIN, problem: `there is a tree "${name}" that is not of kv` });
    }
    for (const [id, { name }] of this.#names) {
      if (named.has(id) || this.#scan.isPartial) continue;
      this.#scan.report({ bucket: name, problem: 'its name leads to no tree' });
    }
    for (const name of [...internalDatabases, EXPIRY_DATABASE]) {
      const isNeeded = name !== EXPIRY_DATABASE || this.#sizes.has(name);
      if (isNeeded && !internal.has(name)) this.#report(`the tree "${name}" is missing`);
    }
    if (this.#format === undefined) this.#report('the number of the format is missing');
    if (this.#sequence === undefined) this.#report('the last number given is missing, or damaged');
    const isWhole = !this.#scan.isPartial;
    const [format, sequence, backups] = [this.#format, this.#sequence, this.#backups];
    return { format, sequence, backups, buckets, internal, isWhole };
  }

  #takeSequence(key: Buffer, data: Buffer): void {
    const bytes = openEntry(SEED, key, data);
    if (bytes?.length === 8) this.#sequence = decodeU64(bytes);
  }

  #takeBackups(number: number, key: Buffer, data: Buffer): void {
    const bytes = openEntry(SEED, key, data);
    this.#backups = bytes && decodeBackups(bytes);
    const problem = 'what it knows of its backups is damaged';
    if (this.#backups === undefined) this.#scan.report({ page: number, ...MAIN, problem });
  }

  #takeSize(number: number, key: Buffer, data: Buffer): void {
    const bytes = openEntry(SEED, key, data);
    const size = bytes && decodeTreeSize(bytes);
    const name = treeOfSizeKey(key)!;
    if (size) this.#sizes.set(name, size);
    else this.#scan.report({ page: number, ...MAIN, problem: `the size of "${name}" is damaged` });
  }

  #takeName(number: number, key: Buffer, data: Buffer): void {
    const name = nameOfKey(key);
    const report = (problem: string) => this.#scan.report({ page: number, bucket: name, problem });
    if (!isUtf8(key) || name === '') report('its name is damaged');
    const opened = openEntry(SEED, key, data);
    const entry = opened?.length === BUCKET_ENTRY_BYTES ? decodeBucketEntry(opened) : undefined;
    const other = entry && this.#names.get(entry.id);
    if (entry === undefined) report('its name, or what that leads to, is damaged');
    else if (other) report(`it is the same tree as bucket "${other.name}"`);
    else this.#names.set(entry.id, { name, created: entry.created });
  }

  #checkSize(place: Place, descriptor: Buffer, size: TreeSize | undefined): void {
    if (size === undefined) {
      if (!this.#scan.isPartial) this.#scan.report({ ...place, problem: 'its size is missing' });
      return;
    }
    const { entries, pages } = size;
    const toldEntries = Number(descriptor.readBigUInt64LE(tree.entries));
    const toldPages = pagesOfTree(descriptor);
    if (toldEntries === entries && toldPages === pages) return;
    const problem = `its size says ${entries} for its entries and ${pages} for its pages, and its tree ${toldEntries} and ${toldPages}`;
    this.#scan.report({ ...place, problem });
  }

  #nameless(id: number): { readonly name: string; readonly created: undefined } {
    this.#report(`there is a bucket without a name: its tree is "${bucketDatabase(id)}"`);
    return { name: `(without a name: ${bucketDatabase(id)})`, created: undefined };
  }

  #stranger(number: number, key: Buffer): void {
    this.#scan.report({ page: number, ...MAIN, key: key.toString(), problem: 'it is not of kv' });
  }

  /** Reports something missing, unless part of the tree could not be read. */
  #report(problem: string): void {
    if (!this.#scan.isPartial) this.#scan.report({ ...MAIN, problem });
  }
}

function isInternal(name: string): boolean {
  return name === EXPIRY_DATABASE || (internalDatabases as readonly string[]).includes(name);
}

/** Whether a node may belong to a main tree. */
export function isMainKey(page: Page, node: number): boolean {
  const key = page.key(node);
  return (
    page.isTree(node) ||
    key.equals(FORMAT_KEY) ||
    key.equals(SEQUENCE_KEY) ||
    key.equals(BACKUPS_KEY) ||
    isNameKey(key) ||
    treeOfSizeKey(key) !== undefined
  );
}

/** Whether it is the name of a draft. */
export function isDraft(name: string): boolean {
  return name.startsWith('\x01');
}
