/** How large a tree is: what is counted is what was written, or an error. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { Environment } from '../../src/store/lmdb/environment.js';
import { tree } from '../../src/store/lmdb/file/tree-descriptor.js';
import { sizeKey, treeOfSizeKey } from '../../src/store/lmdb/layout.js';
import { salvage } from '../../src/store/lmdb/salvage/salvage-store.js';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';
import { makeVariedStore } from './varied-store.js';

const KEYS = 60;

async function variedData(): Promise<Buffer> {
  const path = join(temporaryFolder(), 'sound');
  await makeVariedStore(path, KEYS);
  return readFileSync(join(path, 'data.mdb'));
}

/** What a store with that file says of bucket "test", and whether it takes a record. */
async function outcomesOf(data: Buffer): Promise<Record<string, unknown>> {
  const path = join(temporaryFolder(), 'store');
  mkdirSync(path);
  writeFileSync(join(path, 'data.mdb'), data);
  const store = await openStoreAt(path);
  const outcome = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  const bucket = store.bucket('test')!;
  const count = outcome(() => bucket.count());
  const info = outcome(() => store.bucketInfo('test').bytes);
  const within = await store.transaction(async () => outcome(() => bucket.count()));
  const set = outcome(() => bucket.increment('a new one', 1n));
  await store.close();
  return { count, info, within, set };
}

const refused = { count: 'damaged', info: 'damaged', within: 'damaged', set: 'damaged' };

const numbers = [
  ['entries', tree.entries],
  ['branch pages', tree.branchPages],
  ['leaf pages', tree.leafPages],
  ['overflow pages', tree.overflowPages],
] as const;

test.each(numbers)('a flipped bit in the number of %s of a tree is told', async (_, offset) => {
  const sound = await variedData();
  expect(await outcomesOf(sound)).toMatchObject({ count: KEYS - 20 + 2, set: 1n });
  for (let bit = 0; bit < 52; bit += 5) {
    const file = new Anatomy(Buffer.from(sound));
    file.changeDescriptor('test', (descriptor) => {
      descriptor[offset + (bit >> 3)]! ^= 1 << (bit & 7);
    });
    expect(await outcomesOf(file.data), `bit ${bit}`).toEqual(refused);
  }
});

test('a flipped bit in what the store says of the size of a tree, or in its key, is told', async () => {
  const sound = await variedData();
  const key = sizeKey('bucket/1');
  for (let byte = 0; byte < key.length + 20; byte += 3) {
    const file = new Anatomy(Buffer.from(sound));
    const page = file.page(file.mainRoot);
    page[page.indexOf(key) + byte]! ^= 0x10;
    expect(await outcomesOf(file.data), `byte ${byte}`).toEqual(refused);
  }
});

test('where the index of what expires is lost, nothing is counted', async () => {
  const file = new Anatomy(await variedData());
  const page = file.page(file.mainRoot);
  page.write('expiret', page.indexOf('expires\0'));
  expect(await outcomesOf(file.data)).toMatchObject({ count: 'damaged', info: 'damaged' });
});

test('a store of an unreleased build, which has no sizes, is told what to do, and salvaged whole', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'store');
  await makeVariedStore(path, KEYS);
  const environment = new Environment(path, false);
  environment.writes.transactionSync(() => {
    for (const key of environment.reads.getKeys(environment.main, {})) {
      if (treeOfSizeKey(key) !== undefined) environment.main.removeSync(key);
    }
  });
  await environment.close();
  const store = await openStoreAt(path);
  const hint = expect.stringContaining('kv store salvage OLD NEW brings all of it');
  for (const ask of [
    () => store.bucketNames(''),
    () => store.bucket('test')!.count(),
    () => store.bucket('test')!.increment('n', 1n),
  ]) {
    expect(ask).toThrow(expect.objectContaining({ code: 'damaged', hint }));
  }
  await store.close();
  const { buckets } = await salvage(path, join(folder, 'new'), { found: async () => {} });
  expect(buckets.every(({ keys, brought }) => keys === brought)).toBe(true);
  const found: unknown[] = [];
  await checkOf(join(folder, 'new')).run({ found: async (problem) => void found.push(problem) });
  expect(found).toEqual([]);
});

test('sizes are right after transactions within transactions that failed, and other writers', async () => {
  const path = join(temporaryFolder(), 'store');
  const stores = [await openStoreAt(path), await openStoreAt(path)] as const;
  const failing = async (work: () => Promise<unknown>) => {
    const thrown = new Error('undone');
    const failure = stores[0].transaction(async () => {
      await work();
      throw thrown;
    });
    await expect(failure).rejects.toBe(thrown);
  };
  for (let round = 0; round < 3; round++) {
    const [first, second] = stores;
    const bucket = first.ensureBucket('test');
    await first.transaction(async () => {
      bucket.increment(`a${round}`, 1n);
      await failing(async () => {
        bucket.increment(`b${round}`, 1n);
        first.createBucket('never').increment('n', 1n);
        await first.deleteBucket('test');
      });
      await failing(() => first.clearBucket('test'));
      bucket.increment(`c${round}`, 1n);
      expect(bucket.count()).toBe(2 * round + 2);
    });
    // A transaction that changes nothing takes no number of its own.
    expect(bucket.delete('absent')).toBe(false);
    second.ensureBucket('test').increment(`d${round}`, 1n);
    expect(bucket.delete(`d${round}`)).toBe(true);
    expect([bucket.count(), first.bucketNames('')]).toEqual([2 * round + 2, ['test']]);
    const problems: unknown[] = [];
    await checkOf(path).run({ found: async (problem) => void problems.push(problem) });
    expect(problems).toEqual([]);
  }
  for (const store of stores) await store.close();
});
