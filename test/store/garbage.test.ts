/** Garbage collection of what is damaged in part: all else goes, and what stays is told of. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { Catalogue } from '../../src/store/lmdb/catalogue.js';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { Environment } from '../../src/store/lmdb/environment.js';
import { ExpiryIndex } from '../../src/store/lmdb/expiry-index.js';
import { tree } from '../../src/store/lmdb/file/tree-descriptor.js';
import { bucketIdOf } from '../../src/store/lmdb/layout.js';
import type { Problem } from '../../src/store/maintenance.js';
import type { Store } from '../../src/store/store.js';
import { openStoreAt } from '../support/open-test-store.js';
import { kvOver } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';

const SOON = Date.now() + 3_600_000;
const LATER = SOON + 1;

/** A store whose two buckets have records that expire at a moment, and one that never does. */
async function expiringData(): Promise<Buffer> {
  const path = join(temporaryFolder(), 'sound');
  const store = await openStoreAt(path);
  for (const bucket of ['test', 'other']) {
    store.createBucket(bucket);
    for (const key of ['a', 'b', 'c']) set(store, bucket, key, SOON);
    set(store, bucket, 'stays');
  }
  await store.close();
  return readFileSync(join(path, 'data.mdb'));
}

function set(store: Store, bucket: string, key: string, expires?: number): number {
  const upload = store.upload();
  upload.append(Buffer.from(`the value of ${key}`));
  const version = store.bucket(bucket)!.put(key, upload, { expires });
  upload.close();
  return version as number;
}

/** The store of that file, when all has expired that ever does. */
function storeOf(data: Buffer): Promise<Store> {
  const path = join(temporaryFolder(), 'store');
  mkdirSync(path);
  writeFileSync(join(path, 'data.mdb'), data);
  return openStoreAt(path, 'write', () => LATER);
}

async function problemsOf({ path }: Store): Promise<Problem[]> {
  const found: Problem[] = [];
  await checkOf(path).run({ found: async (problem) => void found.push(problem) });
  return found;
}

const keysOf = (store: Store, bucket: string) =>
  [...store.bucket(bucket)!.records({})].flatMap((page) =>
    Array.from({ length: page.count }, (_, position) => page.key(position)),
  );

test('an entry of the index by time that is damaged is told of, keeps no writer and leaves no other', async () => {
  const file = new Anatomy(await expiringData());
  file.dataOf('expires', 1)[9]! ^= 1;
  const store = await storeOf(file.data);
  // A writer sweeps what it can: all but one of six.
  set(store, 'test', 'new');
  const bucket = store.bucket('test')!;
  expect(() => bucket.count()).toThrow(/damaged: the checksum of "expires\/[0-9a-f]{28}"/);
  expect(keysOf(store, 'test')).toEqual(['new', 'stays']);
  const { expired, damaged } = await store.collectGarbage();
  expect([expired, damaged.map(({ code }) => code)]).toEqual([0, ['damaged']]);
  // The record can be written, and then nothing stands for the entry.
  expect(bucket.expire('b', undefined)).toBe(false);
  set(store, 'test', 'b');
  expect((await store.collectGarbage()).damaged).toEqual([]);
  expect(bucket.count()).toBe(3);
  expect(await problemsOf(store)).toEqual([]);
});

test('a collection deletes all but a damaged record, and names it', async () => {
  const file = new Anatomy(await expiringData());
  const leaf = file.rootOf('test');
  file.changeData(leaf, 1, (data) => {
    data[data.length - 1]! ^= 1;
  });
  const store = await storeOf(file.data);
  const { expired, damaged } = await store.collectGarbage();
  expect(expired).toBe(5);
  expect(damaged.map(({ message }) => message)).toEqual([
    expect.stringContaining('cannot read "b" in bucket "test": damaged'),
  ]);
  expect((await store.collectGarbage()).expired).toBe(0);
  expect(store.bucket('other')!.count()).toBe(1);
  const told = await kvOver(createKeyvalue(store))('store gc');
  expect([told.outcome, told.error?.message, told.stderr]).toEqual([
    6,
    'cannot collect all garbage: 1 thing is damaged',
    expect.stringContaining('cannot read "b" in bucket "test"'),
  ]);
});

test('a collection deletes what has expired in the buckets beside a damaged one', async () => {
  const file = new Anatomy(await expiringData());
  file.changeDescriptor('test', (descriptor) => {
    descriptor[tree.entries]! ^= 1;
  });
  const store = await storeOf(file.data);
  const { expired, damaged } = await store.collectGarbage();
  expect([expired, damaged.length]).toEqual([3, 3]);
  expect(damaged[0]!.message).toContain('its size is not what the store says');
  expect(store.bucket('other')!.count()).toBe(1);
});

test.each([
  ['version', 1000],
  ['time', 0],
])('an entry of the index that is of another %s of a record goes without it', async (_, later) => {
  const path = join(temporaryFolder(), 'store');
  const made = await openStoreAt(path);
  made.createBucket('test');
  const version = set(made, 'test', 'stays');
  await made.close();
  const environment = new Environment(path, false);
  environment.writes.transactionSync(() => {
    const id = bucketIdOf(new Catalogue(environment).databaseOf('test').name)!;
    const stamp = { expires: SOON, version: version + later };
    new ExpiryIndex(environment).add(stamp, id, Buffer.from('stays'));
    for (let number = 0; number < later; number++) environment.writes.nextNumber();
  });
  await environment.close();
  const store = await openStoreAt(path, 'write', () => LATER);
  expect(await store.collectGarbage()).toMatchObject({ expired: 1, damaged: [] });
  expect(keysOf(store, 'test')).toEqual(['stays']);
  expect(await problemsOf(store)).toEqual([]);
});
