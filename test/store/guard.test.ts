/** What LMDB is about to go to is looked at before: a damaged page is an error, and ends no process. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runsOf } from '../../src/store/lmdb/file/free-list.js';
import { newestMeta, readMetas } from '../../src/store/lmdb/file/metas.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { PathGuard } from '../../src/store/lmdb/guard/path-guard.js';
import { codeOf } from '../support/error-code.js';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;

/** A store with far more pages than every opening looks at, damaged in its bytes. */
async function storeWith(damage: (anatomy: Anatomy, path: string) => void) {
  const folder = temporaryFolder();
  const sound = join(folder, 'sound');
  await makeVariedStore(sound, 4000);
  const anatomy = new Anatomy(readFileSync(join(sound, 'data.mdb')));
  damage(anatomy, join(sound, 'data.mdb'));
  const path = join(folder, 'damaged');
  mkdirSync(path);
  const file = join(path, 'data.mdb');
  writeFileSync(file, anatomy.data);
  const store = await openStoreAt(path, 'change');
  return { store, bucket: store.bucket('test')!, file };
}

describe('a leaf whose nodes lie beyond it', () => {
  const damage = (anatomy: Anatomy) => {
    const page = anatomy.page(anatomy.leafOf('key 2500'));
    for (let slot = 24; slot < 24 + page.readUInt16LE(20); slot += 2)
      page.writeUInt16LE(0xfff0, slot);
  };

  /** In their order. */
  const keys = Array.from({ length: 200 }, (_, number) => `key ${2400 + number}`);

  test('is an error for whoever reads or writes a key of it', async () => {
    const { store, bucket } = await storeWith(damage);
    expect(codeOf(() => bucket.get('key 2500'))).toBe('damaged');
    expect(codeOf(() => bucket.increment('key 2500', 1n))).toBe('damaged');
    expect(codeOf(() => bucket.delete('key 2500'))).toBe('damaged');
    expect(codeOf(() => [...bucket.records({})])).toBe('damaged');
    await store.close();
  });

  test('is seen on the way to each of its keys, and to none beside it, whatever was asked for before', async () => {
    let tree = '';
    let isOnIt: (key: string) => boolean = () => false;
    const { store, file } = await storeWith((anatomy) => {
      tree = anatomy.treeName('test').toString().replace('\0', '');
      const leaf = anatomy.leafOf('key 2500');
      const held = new Set(keys.filter((key) => anatomy.leafOf(key) === leaf));
      isOnIt = (key) => held.has(key);
      damage(anatomy);
    });
    await store.close();
    expect(keys.filter(isOnIt).length).toBeGreaterThan(10);
    const pages = new StoreFile(file, PAGE_BYTES);
    const guard = new PathGuard('store', () => pages);
    for (const key of [...keys, ...keys.toReversed()]) {
      const code = codeOf(() => guard.check(tree, Buffer.from(key)));
      expect(code, key).toBe(isOnIt(key) ? 'damaged' : undefined);
    }
    pages.close();
  });

  test('is in the way of no other key', async () => {
    const { store, bucket } = await storeWith(damage);
    expect(bucket.get('key 100')).toBeDefined();
    expect(bucket.increment('a counter', 1n)).toBe(1n);
    expect(bucket.delete('key 100')).toBe(true);
    await store.close();
  });
});

describe('a list of free pages', () => {
  /** Puts another page in the place of one that the last list names. */
  const nameInstead = (anatomy: Anatomy, path: string, page: (other: number) => number) => {
    const file = new StoreFile(path, PAGE_BYTES);
    const { roots } = newestMeta(file, readMetas(file));
    file.close();
    const leaf = roots.find((root) => root.tree === 'free')!;
    expect(leaf.depth).toBe(1);
    const nodes = anatomy.page(leaf.number).readUInt16LE(20) / 2;
    anatomy.changeData(leaf.number, nodes - 1, (data) => {
      const [run, other] = runsOf(data)!;
      const entry = Buffer.alloc(8);
      entry.writeBigInt64LE(BigInt(run!.first));
      data.writeBigInt64LE(BigInt(page(other!.first)), data.indexOf(entry, 8));
    });
  };

  test('that names a page in use keeps all from being written', async () => {
    let used = 0;
    const { store, bucket, file } = await storeWith((anatomy, path) => {
      used = anatomy.leafOf('key 2500');
      nameInstead(anatomy, path, () => used);
    });
    const before = readFileSync(file);
    expect(() => bucket.increment('a counter', 1n)).toThrow(
      `page ${used} is used, and free as well`,
    );
    expect(codeOf(() => bucket.delete('key 100'))).toBe('damaged');
    expect(bucket.get('key 100')).toBeDefined();
    await store.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that names a page twice does as well', async () => {
    const { store, bucket } = await storeWith((anatomy, path) =>
      nameInstead(anatomy, path, (next) => next),
    );
    expect(() => bucket.increment('a counter', 1n)).toThrow(/page \d+ is free twice/);
    await store.close();
  });

  test('of which the first runs are asked for gives these', () => {
    const list = Buffer.alloc(6 * 8);
    for (const [at, entry] of [5, 9, -3, 20, 40, 41].entries())
      list.writeBigInt64LE(BigInt(entry), 8 * at);
    expect(runsOf(list)).toHaveLength(4);
    expect(runsOf(list, 2)).toEqual([
      { first: 9, count: 1 },
      { first: 20, count: 3 },
    ]);
    list.writeBigInt64LE(-1n, 0);
    expect(runsOf(list)).toBeUndefined();
  });
});
