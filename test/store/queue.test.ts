/** Taking the first key again and again in one transaction: a queue that one script empties. */
import { afterEach, expect, test, vi } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { openTestStore } from '../support/open-test-store.js';
import { setValue } from '../support/records.js';

afterEach(() => vi.restoreAllMocks());

const JOBS = 2000;

test('reads each page of the queue a few times, however many keys have been taken', async () => {
  const store = await openTestStore();
  const keyvalue = createKeyvalue(store);
  const { buckets, records, transactions } = keyvalue;
  const bucket = buckets.create('queue');
  const names = Array.from({ length: JOBS }, (_, at) => `job ${`${at}`.padStart(6, '0')}`);
  await transactions.group(async () => {
    for (const name of names) setValue(keyvalue, bucket, name, 'x'.repeat(100));
  });
  const leaves = Math.ceil((JOBS * 150) / 4096);
  const read = vi.spyOn(StoreFile.prototype, 'readInto');
  const reads = vi.spyOn(StoreFile.prototype, 'read');
  const taken: string[] = [];
  await transactions.group(async () => {
    for (;;) {
      const found = records.takeFirst(bucket, 'job ');
      if (found === undefined) return;
      found.value[Symbol.dispose]();
      taken.push(found.key);
    }
  });
  expect(taken).toEqual(names);
  // For each leaf a look of the guard, one of the listing, and the way to it.
  const pages = read.mock.calls.length + reads.mock.calls.length;
  expect(pages).toBeLessThan(4 * leaves);
});
