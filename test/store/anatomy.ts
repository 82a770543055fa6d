/** The pages of a store's file by what they hold, to be damaged by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedOf } from '../../src/store/lmdb/checksum.js';
import { newestMeta, readMetas } from '../../src/store/lmdb/file/metas.js';
import { Fault, Page, type Place } from '../../src/store/lmdb/file/page.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { rootOf, walkBroadly } from '../../src/store/lmdb/file/walk.js';
import {
  decodeBucketEntry,
  decodeChunkKey,
  nameKey,
  openEntry,
  sealEntry,
} from '../../src/store/lmdb/layout.js';
import { decodeHeader } from '../../src/store/lmdb/record-layout.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;

export class Anatomy {
  data: Buffer;
  readonly #pages: readonly { readonly place: Place; readonly page: Page }[];

  /** Of a sound file, which is then damaged in place. */
  constructor(data: Buffer) {
    this.data = data;
    const path = join(temporaryFolder(), 'anatomy');
    writeFileSync(path, data);
    const file = new StoreFile(path, PAGE_BYTES);
    const { transaction: newest, lastPage, roots } = newestMeta(file, readMetas(file));
    const found = [...walkBroadly(file, roots, { newest, lastPage })];
    file.close();
    this.#pages = found.map(({ place, page }) => {
      if (page instanceof Fault) throw new Error(page.state);
      return { place, page: Page.parse(this.page(place.number), place, newest) as Page };
    });
  }

  /** The bytes of a page. */
  page(number: number): Buffer {
    return this.data.subarray(number * PAGE_BYTES, (number + 1) * PAGE_BYTES);
  }

  /** The numbers of all leaves that are in use. */
  get leaves(): number[] {
    return this.#pages.filter(({ page }) => page.isLeaf).map(({ place }) => place.number);
  }

  /** Whether a page is of the main tree. */
  isMain(number: number): boolean {
    return this.#pages.some(({ place }) => place.tree === 'main' && place.number === number);
  }

  /** Whether a page is of the tree of free pages, or has a list of it. */
  isFreeTree(number: number): boolean {
    return this.#pages.some(({ place, page }) => {
      const nodes = Array.from({ length: page.isLeaf ? page.count : 0 }, (_, node) => node);
      const isList = () => nodes.some((node) => isOn(page, node, number));
      return place.tree === 'free' && (place.number === number || isList());
    });
  }

  get mainRoot(): number {
    return this.#pages.find(({ place }) => place.tree === 'main')!.place.number;
  }

  /** The records that need a page: theirs, that of their value, or of a chunk of it. */
  recordsOn(number: number): Set<string> {
    const found = new Set<string>();
    const values = this.#valuesOn(number);
    for (const bucket of ['test', 'other']) {
      for (const { page, place } of this.#leaves(this.rootOf(bucket))) {
        for (let node = 0; node < page.count; node++) {
          const isHere = place.number === number || isOn(page, node, number);
          const value = page.isElsewhere(node) ? undefined : decodeHeader(page.data(node)).chunked;
          const isNeeded = isHere || (value !== undefined && values.has(value.valueId));
          if (isNeeded) found.add(`${bucket} ${page.key(node)}`);
        }
      }
    }
    return found;
  }

  /** The ids of the values that need a page for one of their chunks. */
  #valuesOn(number: number): Set<number> {
    const found = new Set<number>();
    for (const { page, place } of this.#leaves(this.rootOf('chunks'))) {
      for (let node = 0; node < page.count; node++) {
        const isHere = place.number === number || isOn(page, node, number);
        if (isHere) found.add(decodeChunkKey(page.key(node))!.valueId);
      }
    }
    return found;
  }

  #leaves(root: number): { readonly place: Place; readonly page: Page }[] {
    const found = this.#pages.find(({ place }) => place.number === root)!;
    if (found.page.isLeaf) return [found];
    return Array.from({ length: found.page.count }, (_, node) => found.page.child(node)).flatMap(
      (child) => this.#leaves(child),
    );
  }

  /** The leaf of a bucket that holds a key. */
  leafOf(key: string): number {
    const leaves = this.#pages.filter(({ place, page }) => place.tree === 'named' && page.isLeaf);
    return leaves.find(({ page }) => nodeOf(page, Buffer.from(key)) >= 0)!.place.number;
  }

  /** The root of a bucket's tree, or of an internal one. */
  rootOf(name: string): number {
    return rootOf(this.#named(this.treeName(name)), 'named')!.number;
  }

  childOf(branch: number, node: number): number {
    return this.#parsed(branch).child(node);
  }

  setChild(branch: number, node: number, child: number): void {
    this.page(branch).writeUInt32LE(child, this.#parsed(branch).offset(node));
  }

  swapSlots(leaf: number, one: number, other: number): void {
    const page = this.page(leaf);
    const slots = [one, other].map((slot) => 24 + 2 * slot) as [number, number];
    const [first, second] = slots.map((slot) => page.readUInt16LE(slot)) as [number, number];
    page.writeUInt16LE(second, slots[0]);
    page.writeUInt16LE(first, slots[1]);
  }

  changeKey(number: number, node: number, change: (key: Buffer) => unknown): void {
    change(this.#parsed(number).key(node));
  }

  changeData(number: number, node: number, change: (data: Buffer) => unknown): void {
    change(this.#parsed(number).data(node));
  }

  /** Changes what an entry of the main tree says, with its checksum. */
  changeNamed(key: string, change: (bytes: Buffer) => unknown): void {
    reseal('main', Buffer.from(key), this.#named(Buffer.from(key)), change);
  }

  /** The same of an entry of the first leaf of another tree. */
  changeEntry(name: 'values' | 'expires', node: number, change: (bytes: Buffer) => unknown): void {
    const { page } = this.#leaves(this.rootOf(name))[0]!;
    reseal(name, page.key(node), page.data(node), change);
  }

  /** What stands in an entry of the first leaf of a tree. */
  dataOf(name: string, node: number): Buffer {
    return this.#leaves(this.rootOf(name))[0]!.page.data(node);
  }

  changeDescriptor(name: string, change: (descriptor: Buffer) => unknown): void {
    change(this.#named(this.treeName(name)));
  }

  /** The first of the pages that a record has of its own. */
  overflowOf(bucket: string, key: string): Buffer {
    const page = this.#parsed(bucket === 'test' ? this.leafOf(key) : this.rootOf(bucket));
    const reference = page.data(nodeOf(page, Buffer.from(key)));
    return this.page(Number(reference.readBigUInt64LE(0)));
  }

  /** Puts a page in the place of one that is free by itself. */
  setFree(number: number): void {
    for (const { place, page } of this.#pages) {
      if (place.tree !== 'free' || !page.isLeaf) continue;
      for (let node = 0; node < page.count; node++) {
        if (page.isElsewhere(node)) continue;
        const list = page.data(node);
        for (let at = 8; at <= 8 * Number(list.readBigUInt64LE(0)); at += 8) {
          const isAlone =
            list.readBigInt64LE(at) > 0n && (at === 8 || list.readBigInt64LE(at - 8) >= 0n);
          if (!isAlone) continue;
          list.writeBigInt64LE(BigInt(number), at);
          return;
        }
      }
    }
    throw new Error('no page is free by itself');
  }

  cutBefore(number: number): void {
    this.data = this.data.subarray(0, number * PAGE_BYTES);
  }

  treeName(name: string): Buffer {
    if (['chunks', 'values', 'uploads', 'expires'].includes(name)) return Buffer.from(`${name}\0`);
    const { id } = decodeBucketEntry(this.#named(nameKey(name)).subarray(4));
    return Buffer.from(`bucket/${id}\0`);
  }

  #named(key: Buffer): Buffer {
    for (const { place, page } of this.#pages) {
      const node = place.tree === 'main' && page.isLeaf ? nodeOf(page, key) : -1;
      if (node >= 0) return page.data(node);
    }
    throw new Error(`there is no "${key}"`);
  }

  #parsed(number: number): Page {
    return this.#pages.find(({ place }) => place.number === number)!.page;
  }
}

function reseal(
  tree: string,
  key: Buffer,
  entry: Buffer,
  change: (bytes: Buffer) => unknown,
): void {
  const bytes = Buffer.from(openEntry(seedOf(tree), key, entry)!);
  change(bytes);
  sealEntry(seedOf(tree), key, bytes).copy(entry);
}

/** Whether a page is one of those that a node has of its own. */
function isOn(page: Page, node: number, number: number): boolean {
  if (!page.isElsewhere(node)) return false;
  const first = Number(page.data(node).readBigUInt64LE(0));
  return number >= first && number < first + Number(page.data(node).readBigUInt64LE(16));
}

function nodeOf(page: Page, key: Buffer): number {
  for (let node = 0; node < page.count; node++) if (page.key(node).equals(key)) return node;
  return -1;
}
