/** Walking the pages of a store's file, sound or not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newestMeta, readMetas } from '../../src/store/lmdb/file/metas.js';
import { Fault, type Page, type Place } from '../../src/store/lmdb/file/page.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { type Found, rootOf, walkBroadly, walkInOrder } from '../../src/store/lmdb/file/walk.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;
const KEYS = 6000;

/** The keys of bucket "test" of the varied store. */
const expectedKeys = [
  ...Array.from({ length: KEYS }, (_, key) => `key ${key}`).filter(
    (_, key) => key >= 60 || key % 3,
  ),
  'in chunks',
  'of several pages',
].sort();

interface Walked {
  readonly file: StoreFile;
  readonly newest: bigint;
  readonly found: readonly Found[];
}

/** The file of a varied store, changed, and all that is found in it. */
async function walked(change: (data: Buffer, leaf: number) => void = () => {}): Promise<Walked> {
  const path = join(temporaryFolder(), 'store');
  await makeVariedStore(path, KEYS);
  const data = readFileSync(join(path, 'data.mdb'));
  const sound = walkAll(join(path, 'data.mdb'));
  change(data, leavesOf(sound).find(({ page }) => keysOf(page).includes('key 3000'))!.place.number);
  writeFileSync(join(path, 'data.mdb'), data);
  return walkAll(join(path, 'data.mdb'));
}

function walkAll(path: string): Walked {
  const file = new StoreFile(path, PAGE_BYTES);
  onTestFinished(() => file.close());
  const { transaction: newest, lastPage, roots } = newestMeta(file, readMetas(file));
  return { file, newest, found: [...walkBroadly(file, roots, { newest, lastPage })] };
}

const isSound = (found: Found): found is { place: Place; page: Page } =>
  !(found.page instanceof Fault);

const leavesOf = ({ found }: Walked) => found.filter(isSound).filter(({ page }) => page.isLeaf);

const keysOf = (page: Page) =>
  Array.from({ length: page.count }, (_, node) => page.key(node).toString());

/** The faults, by the pages that they are on. */
const faultsOf = ({ found }: Walked) =>
  found.flatMap(({ place, page }) => (page instanceof Fault ? [[place.number, page.state]] : []));

/** The keys of bucket "test", in the order of a walk. */
function keysInOrder(all: Walked, bounds: { lower?: Buffer; upper?: Buffer } = {}): string[] {
  const roots = leavesOf(all)
    .filter(({ place }) => place.tree === 'main')
    .flatMap(({ page }) => keysOf(page).map((key, node) => ({ key, data: page.data(node) })))
    .filter(({ key }) => key.startsWith('bucket/'))
    .map(({ data }) => rootOf(data, 'named')!);
  const root = roots.sort((a, b) => b.depth - a.depth)[0]!;
  const { lower, upper } = bounds;
  const keys: string[] = [];
  for (const { page } of walkInOrder(all.file, root, { lower, upper }, { newest: all.newest })) {
    if (page instanceof Fault) keys.push(`fault: ${page.state}`);
    else if (page.isLeaf) keys.push(...keysOf(page));
  }
  return keys;
}

describe('a walk', () => {
  test('finds every key of every tree, and no page twice', async () => {
    const all = await walked();
    expect(faultsOf(all)).toEqual([]);
    const numbers = all.found.map(({ place }) => place.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    const keys = leavesOf(all).flatMap(({ page }) => keysOf(page));
    expect(keys.filter((key) => expectedKeys.includes(key)).sort()).toEqual(expectedKeys);
    for (const { page } of leavesOf(all)) expect(page.isTiled).toBe(true);
  });

  test('in order gives the keys in order, and reads few pages for a few of them', async () => {
    const all = await walked();
    expect(keysInOrder(all)).toEqual(expectedKeys);
    const some = keysInOrder(all, { lower: Buffer.from('key 30'), upper: Buffer.from('key 31') });
    const within = expectedKeys.filter((key) => key >= 'key 30' && key < 'key 31');
    expect(some.filter((key) => within.includes(key))).toEqual(within);
    expect(some.length).toBeLessThan(within.length + 200);
    expect(keysInOrder(all, { lower: Buffer.from('zzz') }).length).toBeLessThan(200);
  });

  test.each([
    [
      'is of a later transaction',
      (data: Buffer, at: number) => data.writeBigUInt64LE(2n ** 40n, at + 8),
    ],
    ['says that it is another', (data: Buffer, at: number) => data.writeBigUInt64LE(1n, at)],
    ['is no leaf', (data: Buffer, at: number) => data.writeUInt16LE(1, at + 18)],
    ['is zero', (data: Buffer, at: number) => data.fill(0, at, at + PAGE_BYTES)],
    ['has a node outside of it', (data: Buffer, at: number) => data.writeUInt16LE(4090, at + 24)],
    ['has a node twice', (data: Buffer, at: number) => data.copy(data, at + 24, at + 26, at + 28)],
    ['has too much room', (data: Buffer, at: number) => data.writeUInt16LE(60, at + 22)],
  ])('goes on behind a leaf that %s, and tells of it', async (_, damage) => {
    let damaged = 0;
    const all = await walked((data, leaf) => {
      damaged = leaf;
      damage(data, leaf * PAGE_BYTES);
    });
    const state = `page ${damaged} is not what it should be`;
    const untiled = leavesOf(all).filter(({ page }) => !page.isTiled);
    // Of a node that stands for another one, only the tiles tell.
    if (untiled.length > 0) expect(untiled.map(({ place }) => place.number)).toEqual([damaged]);
    else expect(faultsOf(all)).toEqual([[damaged, state]]);
    const keys = keysInOrder(all);
    expect(keys.filter((key) => key.startsWith('fault')).length + untiled.length).toBe(1);
    expect(keys.filter((key) => !key.startsWith('fault')).length).toBeGreaterThan(KEYS - 300);
    expect(keys.at(-1)).toBe(expectedKeys.at(-1));
  });
});
