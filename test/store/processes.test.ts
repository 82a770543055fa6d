/** Several processes on one store. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { program } from '../support/child-program.js';
import { codeOf } from '../support/error-code.js';
import { openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, getValue, setValue } from '../support/records.js';
import { figuresOf } from '../support/store-figures.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MIB = 1024 * 1024;

const increment = program(import.meta.url, 'increment');
const reopen = program(import.meta.url, 'reopen');
const overwrite = program(import.meta.url, 'overwrite');
const upload = program(import.meta.url, 'upload');
const churnBuckets = program(import.meta.url, 'churn-buckets');
const useInWorkers = program(import.meta.url, 'use-in-workers');

/** The first bytes of what the upload program writes. */
function uploaded(mebibytes: number): Buffer {
  const pieces = Array.from({ length: mebibytes }, (_, index) => patternedBytes(MIB, index % 256));
  return Buffer.concat(pieces);
}

async function madeStore(): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  const keyvalue = createKeyvalue(store);
  setValue(keyvalue, keyvalue.buckets.create('test'), 'key', patternedBytes(300_000));
  await store.close();
  return path;
}

async function bucketOf(path: string, mode: 'read' | 'write' = 'write') {
  const store = await openStoreAt(path, mode);
  const keyvalue = createKeyvalue(store);
  return { store, keyvalue, bucket: keyvalue.types.Bucket.openBucket('test') };
}

test('processes that increment the same counter lose no increment', async () => {
  const path = await madeStore();
  const children = Array.from({ length: 8 }, () => increment([path, '100']));
  for (const child of children) expect(await child.message()).toBe('ready');
  for (const child of children) child.send('go');
  for (const child of children) {
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  }
  const { keyvalue, bucket } = await bucketOf(path, 'read');
  expect(getText(keyvalue, bucket, 'counter')).toBe('800');
});

test('processes that open the store anew for every increment lose none', async () => {
  const path = await madeStore();
  const children = Array.from({ length: 4 }, () => reopen([path, '40']));
  for (const child of children) expect(await child.message()).toBe('ready');
  for (const child of children) child.send('go');
  // One that is open all the time.
  const { keyvalue, bucket } = await bucketOf(path);
  let increments = 0;
  let running = children.length;
  for (const { ended } of children) void ended.then(() => running--);
  while (running > 0) {
    keyvalue.atomic.increment(bucket, 'counter', 1n);
    increments++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const child of children) {
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  }
  expect(getText(keyvalue, bucket, 'counter')).toBe(`${4 * 40 + increments}`);
});

describe('what another process writes', () => {
  test.each(['read', 'write'] as const)('shows at once in a store open to %s', async (mode) => {
    const path = await madeStore();
    const { keyvalue, bucket } = await bucketOf(path, mode);
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
    const child = overwrite([path]);
    for (const size of [10, 70_000, 5_000_000]) {
      child.send({ key: 'key', size, seed: 1 });
      expect(await child.message()).toBe('done');
      expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(size, 1))).toBe(true);
    }
    child.send({ key: 'new key', size: 0, seed: 0 });
    expect(await child.message()).toBe('done');
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['key', 'new key']);
  });

  test.each(['read', 'write'] as const)('shows in no value got before, to %s', async (mode) => {
    const path = await madeStore();
    const { keyvalue, bucket } = await bucketOf(path, mode);
    const value = keyvalue.eventual.get(bucket, 'key')!;
    const source = keyvalue.types.IncomingValue.incomingValueConsumeAsync(
      keyvalue.eventual.get(bucket, 'key')!,
    );
    const pieces = [source.read(10n)];
    const child = overwrite([path]);
    for (let seed = 1; seed <= 8; seed++) {
      child.send({ key: 'key', size: 300_000 + seed, seed });
      expect(await child.message()).toBe('done');
      pieces.push(source.blockingRead(10_000n));
    }
    for (let read = pieces.reduce((sum, { length }) => sum + length, 0); read < 300_000; ) {
      pieces.push(source.blockingRead(100_000n));
      read += pieces.at(-1)!.length;
    }
    expect(Buffer.concat(pieces).equals(patternedBytes(300_000))).toBe(true);
    const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
    expect(Buffer.compare(bytes, patternedBytes(300_000))).toBe(0);
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(300_008, 8))).toBe(true);
  });

  test.each(['read', 'write'] as const)('shows in no listing begun before, to %s', async (mode) => {
    const path = await madeStore();
    const writer = await bucketOf(path);
    const value = writer.keyvalue.types.OutgoingValue.newOutgoingValue();
    const keys = Array.from({ length: 2500 }, (_, index) => `key ${10_000 + index}`);
    writer.keyvalue.eventualBatch.setMany(
      writer.bucket,
      keys.map((key) => [key, value]),
    );
    await writer.store.close();
    const { keyvalue, bucket } = await bucketOf(path, mode);
    const listing = keyvalue.listing.listKeys(bucket, { prefix: 'key 1' });
    const seen = [listing.next().value];
    const child = overwrite([path]);
    child.send({ delete: keys });
    expect(await child.message()).toBe('done');
    expect([...seen, ...listing]).toEqual(keys);
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['key']);
  });

  test.each(['read', 'write'] as const)(
    'to buckets that come and go, is a bucket or none to those who %s',
    async (mode) => {
      const path = await madeStore();
      const { store, keyvalue } = await bucketOf(path, mode);
      const child = churnBuckets([path]);
      expect(await child.message()).toBe('churning');
      const outcomes = new Set<string | undefined>();
      for (let round = 0; round < 3000; round++) {
        outcomes.add(
          codeOf(() => {
            const bucket = keyvalue.types.Bucket.openBucket('coming and going');
            keyvalue.eventual.exists(bucket, 'key');
            expect(getText(keyvalue, bucket, 'key') ?? 'value').toBe('value');
            keyvalue.eventualBatch.keys(bucket);
          }),
        );
        outcomes.add(codeOf(() => store.buckets()));
        outcomes.add(codeOf(() => store.info()));
      }
      child.send('stop');
      expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
      expect([...outcomes].sort()).toEqual(['no-bucket', undefined]);
    },
  );
});

describe('an upload of a process that is killed', () => {
  test('leaves the old value, and is given back by the next one to open for writing', async () => {
    const path = await madeStore();
    const before = (await bucketOf(path, 'read')).store;
    const { fileSize, freeSize } = figuresOf(before);
    await before.close();
    const child = upload([path, 'key']);
    child.send('write 20');
    expect(await child.message()).toBe('written');
    expect(await child.kill()).toMatchObject({ signal: 'SIGKILL' });

    const reader = await bucketOf(path, 'read');
    expect(figuresOf(reader.store)).toMatchObject({ uploads: 1, chunkedValues: 1, keys: 1 });
    const old = getValue(reader.keyvalue, reader.bucket, 'key')!;
    expect(old.equals(patternedBytes(300_000))).toBe(true);
    await reader.store.close();

    const writer = await bucketOf(path);
    const after = figuresOf(writer.store);
    expect(after).toMatchObject({ uploads: 0, chunkedValues: 1, keys: 1 });
    expect(after.fileSize - after.freeSize - (fileSize - freeSize)).toBeLessThan(MIB);
    const still = getValue(writer.keyvalue, writer.bucket, 'key')!;
    expect(still.equals(patternedBytes(300_000))).toBe(true);
  });

  test('keeps what it had set, and gives back what it wrote after that', async () => {
    const path = await madeStore();
    const child = upload([path, 'key']);
    child.send('write 10');
    expect(await child.message()).toBe('written');
    child.send('set');
    expect(await child.message()).toBe('set');
    child.send('write 20');
    expect(await child.message()).toBe('written');
    await child.kill();
    const { store, keyvalue, bucket } = await bucketOf(path);
    const info = figuresOf(store);
    expect(info).toMatchObject({ uploads: 0, chunkedValues: 1 });
    expect(info.fileSize - info.freeSize).toBeLessThan(13 * MIB);
    expect(getValue(keyvalue, bucket, 'key')!.equals(uploaded(10))).toBe(true);
  });
});

test('an upload of a process that lives is never given back', async () => {
  const path = await madeStore();
  const child = upload([path, 'uploaded']);
  for (let round = 0; round < 10; round++) {
    child.send('write 5');
    // Before it has answered and after it.
    for (let opening = 0; opening < 2; opening++) {
      const { store, keyvalue, bucket } = await bucketOf(path);
      setValue(keyvalue, bucket, 'large', patternedBytes(300_000));
      keyvalue.eventual.delete(bucket, 'large');
      if (opening === 0) expect(await child.message()).toBe('written');
      else expect(figuresOf(store)).toMatchObject({ uploads: 1 });
      await store.close();
    }
  }
  child.send('set');
  expect(await child.message()).toBe('set');
  child.send('leave');
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  const { store, keyvalue, bucket } = await bucketOf(path);
  expect(figuresOf(store)).toMatchObject({ uploads: 0, chunkedValues: 2 });
  expect(getValue(keyvalue, bucket, 'uploaded')!.equals(uploaded(50))).toBe(true);
});

test('a process that is killed while it writes leaves a store that others go on with', async () => {
  const path = await madeStore();
  for (let round = 0; round < 5; round++) {
    const child = increment([path, '1000000']);
    expect(await child.message()).toBe('ready');
    const { store, keyvalue, bucket } = await bucketOf(path);
    const counter = () => Number(getText(keyvalue, bucket, 'counter') ?? 0);
    const before = counter();
    child.send('go');
    while (counter() < before + 20) await new Promise((resolve) => setImmediate(resolve));
    await child.kill();
    // Of its last increment nobody has heard: it is there, or it is not.
    const next = counter() + 1;
    const sum = Number(keyvalue.atomic.increment(bucket, 'counter', 1n));
    expect([next, next + 1]).toContain(sum);
    await store.close();
  }
});

test('threads of one process use a store side by side', async () => {
  const path = await madeStore();
  const child = useInWorkers([path]);
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  const { keyvalue, bucket } = await bucketOf(path, 'read');
  expect(getText(keyvalue, bucket, 'counter')).toBe('300');
  expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['counter', 'key', 'of 0', 'of 1', 'of 2']);
  for (const thread of [0, 1, 2]) {
    const value = getValue(keyvalue, bucket, `of ${thread}`)!;
    expect(value.equals(patternedBytes(6_000_000, thread))).toBe(true);
  }
});

test('a store that is open twice in a process, and closed once, keeps its snapshots', async () => {
  const path = await madeStore();
  const { keyvalue, bucket } = await bucketOf(path);
  const again = (await openStore(path, 'write'))!;
  const values = [0, 1, 2].map(() => keyvalue.eventual.get(bucket, 'key')!);
  await again.close();
  const child = overwrite([path]);
  for (let seed = 1; seed <= 8; seed++) {
    child.send({ key: 'key', size: 300_000, seed });
    expect(await child.message()).toBe('done');
    keyvalue.atomic.increment(bucket, 'counter', 1n);
  }
  for (const value of values) {
    const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
    expect(Buffer.compare(bytes, patternedBytes(300_000))).toBe(0);
  }
  expect(getText(keyvalue, bucket, 'counter')).toBe('8');
  expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(300_000, 8))).toBe(true);
});

test('a store is opened by one and the same process more than once', async () => {
  const store = await openTestStore();
  const again = (await openStore(store.path, 'write'))!;
  const [one, two] = [createKeyvalue(store), createKeyvalue(again)];
  setValue(one, one.buckets.create('test'), 'key', '1');
  expect(two.atomic.increment(two.types.Bucket.openBucket('test'), 'key', 1n)).toBe(2n);
  await again.close();
  expect(one.atomic.increment(one.types.Bucket.openBucket('test'), 'key', 1n)).toBe(3n);
});
