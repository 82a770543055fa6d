/** Following a bucket on LMDB: what it costs, what it holds, and trees that grow, shrink and split. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import type { KeyRange } from '../../src/store/record.js';
import type { Store, StoreBucket } from '../../src/store/store.js';
import type { Change, StoreWatch, WatchOptions } from '../../src/store/watch.js';
import { openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { spanOf } from '../support/record-span.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { put } from './conformance/subject.js';
import { shown, told } from './conformance/watches.js';

afterEach(() => vi.restoreAllMocks());

function begin(store: Store, range: KeyRange = {}, from: WatchOptions['from'] = 'now'): StoreWatch {
  const watch = store.watch('test', { range, from });
  onTestFinished(() => watch.close());
  return watch;
}

/** Pages that are read before a tree is looked at. */
const FIRST_PAGES = 8;

/** How many pages of the file are read meanwhile; parts of pages count as whole ones. */
function pagesReadBy(work: () => void): number {
  let pages = 0;
  const { readInto } = StoreFile.prototype;
  const spy = vi.spyOn(StoreFile.prototype, 'readInto').mockImplementation(function (
    this: StoreFile,
    bytes,
    position,
  ) {
    pages += Math.ceil(bytes.length / this.pageSize);
    return readInto.call(this, bytes, position);
  });
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return pages;
}

async function fill(bucket: StoreBucket, count: number): Promise<void> {
  for (let number = 0; number < count; ) {
    const batch = bucket.batch();
    for (const end = Math.min(count, number + LOAD_KEYS); number < end; number++) {
      batch.add(number, spanOf(keyOf(number), 'value'));
    }
    await bucket.load(batch, 'overwrite');
  }
}

/** Keys of one load: a batch holds no more than some MB. */
const LOAD_KEYS = 25_000;

function keyOf(number: number): string {
  return `key ${`${number}`.padStart(8, '0')}`;
}

describe('the work of a watch', () => {
  test.each([
    [20, 1],
    [5000, 2],
    [150_000, 3],
    // It takes minutes to fill.
    ...(process.env.KV_TEST_FULL ? [[10_000_000, 4]] : []),
  ])(
    'one change among %i keys, a tree of depth %i, takes two pages a level, and none takes none',
    async (count = 0, depth = 0) => {
      const store = await openTestStore();
      const bucket = store.createBucket('test');
      await fill(bucket, count);
      const watch = begin(store);
      const middle = keyOf(count >> 1);
      for (const change of ['new', 'of another size', undefined]) {
        if (change === undefined) bucket.delete(middle);
        else put(store, bucket, middle, change);
        let changes: Change[] = [];
        const pages = pagesReadBy(() => {
          expect(watch.isDue()).toBe(true);
          changes = told(watch);
        });
        expect(shown(changes)).toEqual([`${change === undefined ? 'delete' : 'set'} ${middle}`]);
        // The meta pages, twice; four entries of a main tree of one leaf; and the way
        // to the leaf in both states. A tree of 10,000,000 keys has four levels: 16 pages.
        expect(pages).toBe(FIRST_PAGES + 2 * depth);
      }
      expect(pagesReadBy(() => expect(watch.isDue()).toBe(false))).toBe(0);
    },
    900_000,
  );

  test('what others do to other buckets takes no page of this one', async () => {
    const store = await openTestStore();
    const bucket = store.createBucket('test');
    await fill(bucket, 10_000);
    const other = store.createBucket('other');
    const watch = begin(store);
    await fill(other, 10_000);
    const pages = pagesReadBy(() => expect(told(watch)).toEqual([]));
    expect(pages).toBe(FIRST_PAGES);
  });

  test('large values are told without being read', async () => {
    const store = await openTestStore();
    const bucket = store.createBucket('test');
    for (let number = 0; number < 50; number++) {
      put(store, bucket, keyOf(number), patternedBytes(number % 2 ? 40_000 : 3000));
    }
    const watch = begin(store);
    put(store, bucket, keyOf(25), patternedBytes(10_000_000));
    put(store, bucket, keyOf(26), patternedBytes(60_000));
    const pages = pagesReadBy(() => {
      expect(told(watch).map((change) => change.kind === 'set' && change.entry.size)).toEqual([
        10_000_000, 60_000,
      ]);
    });
    expect(pages).toBeLessThan(30);
  });

  test('what expires in other buckets is gone past once', async () => {
    let now = 1_000_000;
    const store = await openTestStore(() => now);
    const bucket = store.createBucket('test');
    const other = store.createBucket('other');
    for (let number = 0; number < 100; number++) {
      put(store, other, keyOf(number), '', { expires: now + 1 + number });
    }
    put(store, bucket, 'k', '', { expires: now + 1000 });
    const watch = begin(store);
    let looks = 0;
    for (const end = now + 1000; now < end; ) {
      now++;
      if (!watch.isDue()) continue;
      looks++;
      const changes = told(watch);
      expect(shown(changes)).toEqual(now < end ? [] : ['expire k']);
    }
    expect(looks).toBe(101);
  });
});

describe('a state that was let go', () => {
  test('of more than 100,000 keys tells all that was set, and that something may be missed', async () => {
    const store = await openTestStore();
    const bucket = store.createBucket('test');
    await fill(bucket, 110_000);
    const watch = begin(store);
    watch.letGo();
    expect(told(watch)).toEqual([]);
    watch.letGo();
    bucket.delete(keyOf(7));
    put(store, bucket, keyOf(9), 'new');
    put(store, bucket, 'new', 'new');
    let changes: Change[] = [];
    const pages = pagesReadBy(() => {
      changes = told(watch);
    });
    expect(shown(changes)).toEqual(['missed', `set ${keyOf(9)}`, 'set new']);
    // The heads of the leaves beside them are looked at, but not the leaves.
    expect(pages).toBeLessThan(1000);
    expect(told(watch)).toEqual([]);
    watch.letGo();
    put(store, store.createBucket('other'), 'k', 'new');
    expect(told(watch)).toEqual([]);
    watch.letGo();
    store.renameBucket('test', 'aside');
    expect(shown(told(watch))).toEqual(['missed']);
  });
});

test('random changes are told as they are, whatever becomes of the tree', async () => {
  const random = randomNumbers(7);
  const store = await openTestStore();
  const bucket = store.createBucket('test');
  const model = new Map<string, number>();
  const range = { lower: Buffer.from(keyOf(900)), upper: Buffer.from(keyOf(2100)) };
  const watches = [
    { watch: begin(store), state: new Map<string, number>(), isAll: true },
    { watch: begin(store, range), state: new Map<string, number>(), isAll: false },
  ];
  const isWithin = (key: string) => key >= keyOf(900) && key < keyOf(2100);
  for (let round = 0; round < 40; round++) {
    await store.transaction(async () => {
      const isShrinking = round % 20 > 14;
      for (let change = random(200); change >= 0; change--) {
        const key = keyOf(random(3000));
        if (random(10) < (isShrinking ? 9 : 3)) {
          bucket.delete(key);
          model.delete(key);
        } else {
          const value = patternedBytes(random(20) === 0 ? 5000 : random(60));
          model.set(key, put(store, bucket, key, value));
        }
      }
      if (isShrinking) {
        const first = random(3000);
        const [lower, upper] = [keyOf(first), keyOf(first + random(300))];
        await bucket.deleteRange({ lower: Buffer.from(lower), upper: Buffer.from(upper) });
        for (const key of model.keys()) if (key >= lower && key < upper) model.delete(key);
      }
    });
    for (const { watch, state, isAll } of watches) {
      if (random(4) === 0) watch.letGo();
      if (random(4) === 0) continue;
      for (const change of told(watch)) {
        if (change.kind === 'missed') throw new Error('something was missed');
        const { key, version } = change.entry;
        if (change.kind === 'set') {
          expect(state.get(key)).not.toBe(version);
          state.set(key, version);
        } else {
          expect(state.get(key)).toBe(version);
          state.delete(key);
        }
      }
      const expected = new Map([...model].filter(([key]) => isAll || isWithin(key)));
      expect(state).toEqual(expected);
    }
  }
});

test('a store that is replaced, or gone, is told so', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'store');
  const store = await openStoreAt(path);
  store.createBucket('test');
  const watch = begin(store);
  expect(watch.isDue()).toBe(false);
  renameSync(path, join(folder, 'aside'));
  expect(() => watch.isDue()).toThrow(`cannot go on watching store "${path}": it is gone`);
  await openStoreAt(path);
  expect(() => watch.isDue()).toThrow('another is in its place');
});

/** Numbers below a limit, the same at each run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
