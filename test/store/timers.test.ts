import { expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { openTestStore } from '../support/open-test-store.js';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('calls without a turn of the event loop between them gather no timers', async () => {
  const { buckets, eventual, atomic } = createKeyvalue(await openTestStore());
  const bucket = buckets.create('test');
  const before = timers();
  for (let call = 0; call < 500; call++) {
    eventual.exists(bucket, 'key');
    if (call % 50 === 0) atomic.increment(bucket, 'n', 1n);
  }
  expect(timers() - before).toBeLessThan(20);
});

test('a read sees what was written since, with a turn of the event loop between or not', async () => {
  const store = await openTestStore();
  const { buckets, eventual, atomic } = createKeyvalue(store);
  const bucket = buckets.create('test');
  for (const turn of [false, true]) {
    const key = `key ${turn}`;
    expect(eventual.exists(bucket, key)).toBe(false);
    if (turn) await new Promise((resolve) => setTimeout(resolve, 1));
    atomic.increment(bucket, key, 1n);
    expect(eventual.exists(bucket, key)).toBe(true);
  }
});

test('nothing is left to wait for when a store is closed, whatever was done with it', async () => {
  const before = timers();
  const store = await openTestStore();
  const { buckets, eventual, atomic, types } = createKeyvalue(store);
  const bucket = buckets.create('test');
  atomic.increment(bucket, 'n', 1n);
  expect(eventual.exists(bucket, 'n')).toBe(true);
  eventual.get(bucket, 'n');
  types.Bucket.openBucket('test');
  store.info();
  await store.close();
  expect(timers()).toBe(before);
});
