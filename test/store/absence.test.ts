/**
 * A key that is there is never said to be absent, whatever a branch says: it has no checksum. And a key that is
 * absent is known to be for the price of its leaf, once its state has been seen.
 */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Catalogue } from '../../src/store/lmdb/catalogue.js';
import { Environment } from '../../src/store/lmdb/environment.js';
import { newestMeta, readMetas } from '../../src/store/lmdb/file/metas.js';
import type { Page } from '../../src/store/lmdb/file/page.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { walkBroadly } from '../../src/store/lmdb/file/walk.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Parts } from '../../src/store/lmdb/parts.js';
import { readHeader, STORED } from '../../src/store/lmdb/records.js';
import { SeenPages } from '../../src/store/lmdb/seen-pages.js';
import type { StoreBucket } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;

/** Keys that are there, and between, before and behind them those that are not. */
const present = Array.from({ length: 400 }, (_, index) => `key ${1000 + index}`);
const absent = ['a', ...present.map((key) => `${key}/`), 'z'];

test('a branch with a flipped bit that leads elsewhere is an error for whoever follows it', async () => {
  const path = await storeWith(present);
  const file = new StoreFile(join(path, 'data.mdb'), PAGE_BYTES);
  const { transaction: newest, lastPage, roots } = newestMeta(file, readMetas(file));
  const walk = walkBroadly(file, roots, { newest, lastPage });
  const branch = [...walk].find(({ place }) => place.tree === 'named' && place.depth === 2)!;
  file.close();
  const page = branch.page as Page;
  const nodes = Array.from({ length: page.count }, (_, node) => node);
  const children = nodes.map((node) => page.child(node));
  const descriptor = openSync(join(path, 'data.mdb'), 'r+');
  const missed: string[] = [];
  for (const node of nodes) {
    for (let bit = 0; bit < 8; bit++) {
      if (!children.includes(children[node]! ^ (1 << bit))) continue;
      const at = page.offset(node);
      const put = (byte: number) =>
        writeSync(descriptor, Buffer.of(byte), 0, 1, branch.place.number * PAGE_BYTES + at);
      put(page.bytes[at]! ^ (1 << bit));
      const store = (await openStore(path, 'read'))!;
      const bucket = store.bucket('b')!;
      missed.push(...present.filter((key) => refusing(() => bucket.stat(key) === undefined)));
      // After keys that are not there it is looked for without LMDB.
      const afterOthers = (key: string) => {
        for (const other of ['a', 'b', 'c']) refusing(() => bucket.stat(other) === undefined);
        return bucket.stat(key) === undefined;
      };
      missed.push(...present.filter((key) => refusing(() => afterOthers(key))));
      missed.push(...present.filter((key) => refusing(() => listed(bucket, key) === 0)));
      await store.close();
      put(page.bytes[at]!);
    }
  }
  closeSync(descriptor);
  expect(children.length).toBeGreaterThan(5);
  expect(missed).toEqual([]);
});

test('a key with a flipped bit is not said to be absent within a transaction, whatever that has written', async () => {
  const path = await storeWith(present);
  const file = join(path, 'data.mdb');
  const bytes = readFileSync(file);
  for (const key of ['key 1150', 'key 1200', 'key 1300']) {
    const damaged = Buffer.from(bytes);
    for (let at = damaged.indexOf(key); at >= 0; at = damaged.indexOf(key, at + 1)) {
      damaged[at + 7]! ^= 0x40;
    }
    writeFileSync(file, damaged);
    const store = (await openStore(path, 'write'))!;
    const bucket = store.bucket('b')!;
    await store.transaction(async () => {
      put(bucket, 'a');
      expect(bucket.stat('a key')).toBe(undefined);
      expect(() => bucket.stat(key)).toThrow(/damaged/);
      expect(() => put(bucket, `${key}/behind`)).toThrow(/damaged/);
      expect(bucket.stat('key 1100/')).toBe(undefined);
    });
    await store.close();
  }
});

test('what has been seen of a state tells of every key that it lacks, and of none that is there', async () => {
  const path = await storeWith(present);
  const environment = new Environment(path, false);
  const db = new Catalogue(environment).databaseOf('b');
  const seen = new SeenPages(environment);
  const lacked = (keys: readonly string[]) =>
    keys.filter((key) => {
      environment.refresh();
      return seen.lack(db, Buffer.from(key));
    });
  // Of the first read it is not known which state it sees.
  expect(lacked(['a', 'a'])).toEqual(['a']);
  expect(lacked(absent)).toEqual(absent);
  expect(lacked(present)).toEqual([]);

  const store = (await openStore(path, 'write'))!;
  const bucket = store.bucket('b')!;
  put(bucket, 'key 1000/');
  bucket.delete('key 1001');
  // Another one has written: what is known of the state before tells nothing of this one.
  expect(lacked(['key 1000/', 'key 1000/', 'key 1001', 'key 1002'])).toEqual(['key 1001']);
  await store.close();
  await environment.close();
});

test('after keys that were not there, the next one is looked for without LMDB, and found if it is there', async () => {
  const path = await storeWith(present);
  const environment = new Environment(path, false);
  const catalogue = new Catalogue(environment);
  const db = catalogue.databaseOf('b');
  const seen = new SeenPages(environment);
  const asked = vi.spyOn(environment.reads, 'get');
  const find = (key: string) => {
    environment.refresh();
    asked.mockClear();
    const header = readHeader(
      { environment, catalogue, seen } as Parts,
      db,
      Buffer.from(key),
      STORED,
    );
    return { isThere: header !== undefined, isAsked: asked.mock.calls.length > 0 };
  };
  const [there, asking] = [
    { isThere: true, isAsked: true },
    { isThere: false, isAsked: true },
  ];
  const gone = { isThere: false, isAsked: false };
  // Of the first two it is not known which state they see.
  expect(['a', 'a', 'b', 'z', 'c'].map(find)).toEqual([asking, asking, asking, gone, gone]);
  expect(absent.map(find)).toEqual(absent.map(() => gone));
  expect(present.map(find)).toEqual(present.map(() => there));
  expect(['a', 'b', 'c', 'key 1000'].map(find)).toEqual([asking, asking, gone, there]);

  expect(['a', 'b', 'c'].map(find)).toEqual([asking, asking, gone]);
  const store = (await openStore(path, 'write'))!;
  put(store.bucket('b')!, 'key 1000/');
  expect(['key 1000/', 'a'].map(find)).toEqual([there, asking]);
  await store.close();
  await environment.close();
});

async function storeWith(keys: readonly string[]): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  const store = (await openStore(path, 'write'))!;
  const bucket = store.ensureBucket('b');
  await store.transaction(async () => {
    for (const key of keys) put(bucket, key);
  });
  await store.close();
  return path;
}

/** Puts a record that is as long as others, of which a page holds some forty. */
function put(bucket: StoreBucket, key: string): void {
  bucket.increment(key, 10n ** 18n);
}

/** False where it is refused. */
function refusing(read: () => boolean): boolean {
  try {
    return read();
  } catch {
    return false;
  }
}

function listed(bucket: StoreBucket, key: string): number {
  const lower = Buffer.from(key);
  let count = 0;
  for (const records of bucket.records({ lower, upper: Buffer.from(`${key}\0`) })) {
    count += records.count;
  }
  return count;
}
