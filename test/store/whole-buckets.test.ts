/** Emptying a whole bucket is done in steps: a signal between two of them stops it, and nothing of it stands. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import type { Store, WorkOptions } from '../../src/store/store.js';
import { openStoreAt } from '../support/open-test-store.js';
import { spanOf } from '../support/record-span.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** So many that their leaves are more than one step. */
const MANY = 20_000;

/** A store with a bucket `test`, filled before by another process: what a process writes itself it need not look at. */
async function filledStore(): Promise<Store> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path, 'write');
  const bucket = store.createBucket('test');
  const batch = bucket.batch();
  const value = 'v'.repeat(100);
  for (let key = 0; key < MANY; key++) {
    batch.add(key, spanOf(`key ${String(key).padStart(6, '0')}`, value));
  }
  await bucket.load(batch, 'overwrite');
  await store.close();
  const opened = await openStoreAt(path, 'write');
  onTestFinished(() => opened.close());
  return opened;
}

/** Makes each step seem to last longer than a turn of the event loop may. */
function withSlowSteps(): void {
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    time += 1000;
    return time;
  });
  onTestFinished(() => clock.mockRestore());
}

const ways: readonly (readonly [
  string,
  (store: Store, options: WorkOptions) => Promise<unknown>,
])[] = [
  ['clearBucket', (store, options) => store.clearBucket('test', options)],
  ['deleteBucket', (store, options) => store.deleteBucket('test', options)],
  ['deleteRange', (store, options) => store.bucket('test')!.deleteRange({}, options)],
];

test.each(ways)(
  '%s() of a whole bucket is stopped in its midst, and tells how far it is',
  async (_, run) => {
    const store = await filledStore();
    withSlowSteps();
    const controller = new AbortController();
    const told: number[] = [];
    const progress = (records: number) => {
      told.push(records);
      controller.abort(new Error('stopped'));
    };
    await expect(run(store, { signal: controller.signal, progress })).rejects.toThrow('stopped');
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(0);
    expect(told[0]).toBeLessThan(MANY);
    expect(store.bucket('test')!.count()).toBe(MANY);
    await run(store, {});
    expect(store.bucket('test')?.count() ?? 0).toBe(0);
  },
);

test('each page of a bucket that is deleted is looked at once', async () => {
  const store = await filledStore();
  const read = vi.spyOn(StoreFile.prototype, 'read');
  onTestFinished(() => read.mockRestore());
  await store.deleteBucket('test');
  const places = read.mock.calls.map(([offset]) => offset);
  expect(places.length).toBeGreaterThan(300);
  const often = places.filter((place, index) => places.indexOf(place) !== index);
  expect(often.length).toBeLessThan(50);
});
