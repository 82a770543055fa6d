import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyvalueOver, type OpenKeyvalue, openStoreAt } from '../support/open-test-store.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { bothStores } from './both-stores.js';

/** Writes a key in every way there is; returns the version after each. */
async function writeInEveryWay(keyvalue: OpenKeyvalue): Promise<number[]> {
  const { records, buckets, atomic, eventual, eventualBatch } = keyvalue;
  const versions: number[] = [];
  const bucket = buckets.openOrCreate('test');
  const enter = (key: string) => versions.push(records.stat(bucket, key)!.version);

  setValue(keyvalue, bucket, 'key', 'a');
  enter('key');
  setValue(keyvalue, bucket, 'key', Buffer.alloc(300_000));
  enter('key');
  eventual.delete(bucket, 'key');
  setValue(keyvalue, bucket, 'key', 'a');
  enter('key');
  records.copyRecord(bucket, 'key', bucket, 'copy');
  enter('copy');
  records.moveRecord(bucket, 'copy', bucket, 'moved');
  enter('moved');
  eventual.delete(bucket, 'counter');
  atomic.increment(bucket, 'counter', 1n);
  enter('counter');
  atomic.compareAndSwap(bucket, 'counter', 1n, 1n);
  enter('counter');
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  eventualBatch.setMany(bucket, [
    ['one', value],
    ['two', value],
  ]);
  enter('one');
  enter('two');
  versions.push(records.setWhere(bucket, 'key', value));
  await keyvalue.store.transaction(async () => {
    setValue(keyvalue, bucket, 'one', 'a');
    enter('one');
    setValue(keyvalue, bucket, 'one', 'b');
    enter('one');
  });
  await buckets.copy('test', 'copied');
  const copied = keyvalue.types.Bucket.openBucket('copied');
  const ofCopies = [...keyvalue.listing.listEntries(copied, {})].map(({ version }) => version);
  versions.push(...ofCopies.sort((a, b) => a - b));
  await buckets.delete('copied');
  await buckets.delete('test');
  return versions;
}

function expectGrowing(versions: number[]): void {
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  expect(versions[0]).toBeGreaterThan(0);
}

describe.each(bothStores)('versions $name', ({ open }) => {
  test('grow with every write, also across deleting and making anew', async () => {
    const keyvalue = await open();
    expectGrowing([...(await writeInEveryWay(keyvalue)), ...(await writeInEveryWay(keyvalue))]);
  });

  test('grow beyond those of a transaction that failed', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', 'before');
    const before = keyvalue.records.stat(bucket, 'key')!.version;
    const failing = () =>
      keyvalue.store.transaction(async () => {
        setValue(keyvalue, bucket, 'key', 'lost');
        throw new Error('no');
      });
    await expect(failing()).rejects.toThrow('no');
    expect(keyvalue.records.stat(bucket, 'key')!.version).toBe(before);
    setValue(keyvalue, bucket, 'key', 'after');
    expect(keyvalue.records.stat(bucket, 'key')!.version).toBeGreaterThan(before);
  });

  test('stay where nothing is written', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', '5');
    const before = keyvalue.records.stat(bucket, 'key');
    keyvalue.atomic.compareAndSwap(bucket, 'key', 4n, 6n);
    keyvalue.eventual.delete(bucket, 'other');
    keyvalue.buckets.rename('test', 'renamed');
    const renamed = keyvalue.types.Bucket.openBucket('renamed');
    expect(keyvalue.records.stat(renamed, 'key')).toEqual(before);
  });
});

test('versions never come again after the store is closed and opened', async () => {
  const path = join(temporaryFolder(), 'store');
  const versions: number[] = [];
  for (let round = 0; round < 3; round++) {
    const store = await openStoreAt(path);
    versions.push(...(await writeInEveryWay(keyvalueOver(store))));
    await store.close();
  }
  expectGrowing(versions);
});
