/** Writes that share transactions: what is seen, by whom, and when it is committed. */
import { expect, onTestFinished, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import type { SharedWrites } from '../../src/store/shared-writes.js';
import type { Store, StoreBucket } from '../../src/store/store.js';
import { openStoreAt, openTestStore } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FOREVER = { milliseconds: undefined };

/** The number of the last transaction. */
function committed(store: Store): number {
  return store.info().find(({ name }) => name === 'lastTransaction')!.value as number;
}

function put(store: Store, bucket: StoreBucket, key: string, value: string | Uint8Array): void {
  const upload = store.upload();
  try {
    upload.append(Buffer.from(value));
    bucket.put(key, upload);
  } finally {
    upload.close();
  }
}

function read(bucket: StoreBucket, key: string): string | undefined {
  const value = bucket.get(key);
  try {
    return value && Buffer.from(value.read(0, value.size)).toString();
  } finally {
    value?.close();
  }
}

function sharedBy(store: Store, milliseconds?: number): SharedWrites {
  const shared = store.shareWrites({ milliseconds });
  onTestFinished(() => shared.close());
  return shared;
}

test('many writes are one transaction, which reads see at once', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const before = committed(store);
  const shared = store.shareWrites(FOREVER);
  put(store, bucket, 'a', '1');
  expect(bucket.increment('n', 41n)).toBe(41n);
  expect(bucket.increment('n', 1n)).toBe(42n);
  expect(bucket.compareAndSwap('n', 42n, 7n)).toBe(true);
  expect([read(bucket, 'a'), read(bucket, 'n'), bucket.count()]).toEqual(['1', '7', 2]);
  bucket.delete('a');
  expect(read(bucket, 'a')).toBe(undefined);
  expect(bucket.writeMany([{ kind: 'delete', key: 'n' }])).toBe(1);
  expect([...bucket.records({})].reduce((sum, { count }) => sum + count, 0)).toBe(0);
  shared.close();
  expect(committed(store)).toBe(before + 1);
  // From then on each is one of its own.
  bucket.increment('n', 1n);
  bucket.increment('n', 1n);
  expect(committed(store)).toBe(before + 3);
});

test('it is committed when 10,000 writes were made', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const before = committed(store);
  const shared = sharedBy(store);
  for (let write = 0; write < 20_001; write++) {
    shared.settleIfDue();
    bucket.increment('n', 1n);
  }
  shared.close();
  expect(committed(store)).toBe(before + 3);
});

test('it is committed when 16 MiB of values were written', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const before = committed(store);
  const shared = sharedBy(store);
  for (let write = 0; write < 40; write++) {
    shared.settleIfDue();
    put(store, bucket, `k${write}`, Buffer.alloc(2 ** 20));
  }
  shared.close();
  expect(committed(store) - before).toBeGreaterThanOrEqual(3);
  expect(bucket.count()).toBe(40);
});

test('it is committed when its time is over, at the next call', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const before = committed(store);
  const shared = sharedBy(store, 1);
  put(store, bucket, 'a', '1');
  const end = performance.now() + 2;
  while (performance.now() < end);
  shared.settleIfDue();
  put(store, bucket, 'b', '2');
  shared.settle();
  expect(committed(store)).toBe(before + 2);
});

test('an error of a write undoes nothing but that write', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const shared = store.shareWrites(FOREVER);
  put(store, bucket, 'text', 'x');
  expect(() => bucket.increment('text', 1n)).toThrow(/not a counter/);
  expect(() =>
    bucket.writeMany(
      (function* () {
        yield { kind: 'delete', key: 'text' } as const;
        throw new KvError('usage', 'no more');
      })(),
    ),
  ).toThrow('no more');
  shared.settleIfDue();
  shared.close();
  expect(read(bucket, 'text')).toBe('x');
});

test('a failure that may have left half of a write undoes all of it, and is told once more', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  put(store, bucket, 'a', 'old');
  const shared = store.shareWrites(FOREVER);
  put(store, bucket, 'a', 'new');
  const foreign = (await openTestStore()).upload();
  onTestFinished(() => foreign.close());
  expect(() => bucket.put('b', foreign)).toThrow('of another store');
  const lost = /of another store/;
  expect(() => shared.settleIfDue()).toThrow(lost);
  expect(() => put(store, bucket, 'a', 'newer')).toThrow(lost);
  try {
    shared.close();
    expect.unreachable();
  } catch (error) {
    expect((error as KvError).result).toBe(
      'what was written since the last commit is not stored: 1 writes',
    );
  }
  expect(read(bucket, 'a')).toBe('old');
  put(store, bucket, 'a', 'newest');
  expect(read(bucket, 'a')).toBe('newest');
});

test('a value in chunks that was read is that of its moment, whatever is written later', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const shared = sharedBy(store);
  put(store, bucket, 'large', Buffer.alloc(2 ** 20, 1));
  const value = bucket.get('large')!;
  const [other] = bucket.getMany(['large']);
  put(store, bucket, 'large', Buffer.alloc(2 ** 20, 2));
  shared.settle();
  for (const one of [value, other!]) {
    for (let at = 0; at < one.size; ) {
      const bytes = one.read(at, one.size - at);
      expect(bytes.every((byte) => byte === 1)).toBe(true);
      at += bytes.length;
    }
    one.close();
  }
});

test('what expires in its midst is absent at the next call', async () => {
  let time = 1000;
  const store = await openTestStore(() => time);
  const bucket = store.createBucket('b');
  const shared = sharedBy(store);
  const upload = store.upload();
  upload.append(Buffer.from('x'));
  bucket.put('k', upload, { expires: 2000 });
  upload.close();
  expect(read(bucket, 'k')).toBe('x');
  time = 2000;
  shared.settleIfDue();
  expect(read(bucket, 'k')).toBe(undefined);
  shared.close();
});

test('within a transaction it is a part of that, and to read a store it is nothing', async () => {
  const path = `${temporaryFolder()}/store`;
  const store = await openStoreAt(path);
  const bucket = store.createBucket('b');
  await expect(
    store.transaction(async () => {
      const shared = store.shareWrites(FOREVER);
      put(store, bucket, 'a', '1');
      shared.close();
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  expect(read(bucket, 'a')).toBe(undefined);
  await store.close();
  const shared = (await openStoreAt(path, 'read')).shareWrites(FOREVER);
  expect(shared.isOpen).toBe(false);
  shared.close();
});

test('what lasts commits what was written before it', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('b');
  const shared = sharedBy(store);
  put(store, bucket, 'a', '1');
  await expect(
    store.transaction(async () => {
      bucket.delete('a');
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  expect(read(bucket, 'a')).toBe('1');
  shared.close();
});
