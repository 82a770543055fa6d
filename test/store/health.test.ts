/**
 * What data-file.ts takes for damage, it takes for damage before every opening: so of no healthy
 * store may it say so, whatever has been done to it, and whoever writes to it meanwhile.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import { checkDataFile } from '../../src/store/lmdb/file/data-file.js';
import { program } from '../support/child-program.js';
import {
  keyvalueOver,
  type OpenKeyvalue,
  openStoreAt,
  openTestStore,
} from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';
import { makeVariedStore } from './varied-store.js';

const writeWithoutEnd = program(import.meta.url, 'write-without-end');

/** Something that is done to a bucket, in a transaction of its own or together with others. */
type Step = (keyvalue: OpenKeyvalue, bucket: Bucket) => void | Promise<void>;

const aKey = fc.oneof(
  fc.nat(40).map((number) => `key ${number}`),
  fc.nat(40).map((number) => `${number}`.padStart(1978, 'k')),
);
const aSize = fc.oneof(
  fc.nat(300),
  fc.nat(9000),
  fc.constantFrom(2000, 65_536, 65_537, 262_120, 262_121, 600_000),
);

const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(aKey, aSize).map(([key, size]): Step => {
    return (keyvalue, bucket) => setValue(keyvalue, bucket, key, patternedBytes(size));
  }),
  fc.tuple(aKey, aSize, aSize).map(([key, size, smaller]): Step => {
    // In one transaction: pages that are taken and given back before they are ever written.
    return (keyvalue, bucket) =>
      keyvalue.store.transaction(async () => {
        setValue(keyvalue, bucket, key, patternedBytes(size + 500_000));
        setValue(keyvalue, bucket, key, patternedBytes(smaller));
      });
  }),
  fc.array(aKey, { maxLength: 40 }).map((keys): Step => {
    return (keyvalue, bucket) => keyvalue.eventualBatch.deleteMany(bucket, keys);
  }),
  fc.tuple(fc.nat(400), fc.nat(300)).map(([count, size]): Step => {
    return (keyvalue, bucket) => {
      const value = keyvalue.types.OutgoingValue.newOutgoingValue();
      value.outgoingValueWriteBodySync(patternedBytes(size));
      const keys = Array.from({ length: count }, (_, index) => `many ${index * 7919}`);
      keyvalue.eventualBatch.setMany(
        bucket,
        keys.map((key) => [key, value]),
      );
    };
  }),
  fc.constant<Step>((keyvalue) => keyvalue.buckets.clear('test')),
  fc.constant<Step>(async ({ buckets }) => {
    await buckets.copy('test', 'copy');
    await buckets.delete('test');
    buckets.rename('copy', 'test');
  }),
  fc.tuple(aKey, aSize).map(([key, size]): Step => {
    return (keyvalue, bucket) =>
      expect(
        keyvalue.store.transaction(async () => {
          setValue(keyvalue, bucket, key, patternedBytes(size));
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
  }),
);

test('no healthy store is taken for a damaged one, whatever has been done to it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(aStep, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
      async (transactions) => {
        const store = await openTestStore();
        const keyvalue = keyvalueOver(store);
        const bucket = keyvalue.buckets.create('test');
        for (const steps of transactions) {
          await store.transaction(async () => {
            for (const step of steps) await step(keyvalue, bucket);
          });
          checkDataFile(join(store.path, 'data.mdb'), 'write');
          lookAtEveryPage(store.path);
        }
        await store.close();
        checkDataFile(join(store.path, 'data.mdb'), 'write');
      },
    ),
    { numRuns: Number(process.env.KV_TEST_HEALTH ?? 12) },
  );
});

test('a store of which every page is looked at, that is damaged, is taken for damaged', async () => {
  const path = join(temporaryFolder(), 'store');
  await makeVariedStore(path, 3000);
  lookAtEveryPage(path);
  const file = join(path, 'data.mdb');
  const data = readFileSync(file);
  const { leaves } = new Anatomy(data);
  const missed = leaves.filter((number) => {
    writeFileSync(file, Buffer.from(data).fill(0, number * 4096, (number + 1) * 4096));
    try {
      lookAtEveryPage(path);
      return true;
    } catch {
      return false;
    }
  });
  expect(leaves.length).toBeGreaterThan(100);
  expect(missed).toEqual([]);
});

test('a store is looked at and opened while other processes write to it', async () => {
  const path = join(temporaryFolder(), 'store');
  await (await openStoreAt(path)).close();
  const writers = [writeWithoutEnd([path]), writeWithoutEnd([path])];
  for (const writer of writers) expect(await writer.message()).toBe('writing');
  for (let look = 0; look < 2000; look++) checkDataFile(join(path, 'data.mdb'), 'write');
  for (let opening = 0; opening < 20; opening++) {
    const store = await openStoreAt(path, opening % 2 === 0 ? 'read' : 'write');
    expect(store.bucket('test')!.count()).toBeGreaterThan(0);
    await store.close();
  }
  for (const writer of writers) {
    writer.send('stop');
    expect(await writer.ended).toMatchObject({ status: 0, stderr: '' });
  }
});

/** A copy of the file that seems to be short, which is why all of it is looked at. */
function lookAtEveryPage(path: string): void {
  const data = readFileSync(join(path, 'data.mdb'));
  for (const start of [0, 4096]) {
    const lastPage = data.readBigUInt64LE(start + 144);
    data.writeBigUInt64LE(lastPage + BigInt(data.length / 4096), start + 144);
  }
  const copy = join(path, '..', 'short.mdb');
  writeFileSync(copy, data);
  checkDataFile(copy, 'read');
}
