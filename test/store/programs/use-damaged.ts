/**
 * Uses each store of a list, one after the other: reads all there is, then writes and reads again.
 * Says of each store that it begins, and how each of the two came out. It may die of any of them.
 */
import { readFileSync } from 'node:fs';
import { createKeyvalue } from '../../../src/keyvalue/index.js';
import { openStore } from '../../../src/store/lmdb/open-store.js';
import { getBytes, leave, openKeyvalue, outcomeOf, say, setBytes } from './program.js';

const paths = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as string[];
for (const path of paths.slice(Number(process.argv[3]))) {
  await say('begin');
  const read = await outcomeOf(() => readAll(path));
  const write = await outcomeOf(() => writeMuch(path));
  await say({ read, write });
}
leave();

async function readAll(path: string): Promise<void> {
  const store = (await openStore(path, 'read'))!;
  try {
    const keyvalue = createKeyvalue(store);
    store.info();
    for (const { name } of keyvalue.buckets.list()) {
      const bucket = keyvalue.types.Bucket.openBucket(name);
      for (const { key } of keyvalue.listing.listEntries(bucket, {}))
        getBytes(keyvalue, bucket, key);
    }
  } finally {
    await store.close();
  }
}

async function writeMuch(path: string): Promise<void> {
  const keyvalue = await openKeyvalue(path);
  const bucket = keyvalue.buckets.openOrCreate('test');
  try {
    await keyvalue.store.transaction(async () => {
      setBytes(keyvalue, bucket, 'new', Buffer.alloc(100));
      setBytes(keyvalue, bucket, 'large', Buffer.alloc(300_000, 'n'));
      for (const key of keyvalue.eventualBatch.keys(bucket).slice(0, 50)) {
        setBytes(keyvalue, bucket, key, Buffer.alloc(1000));
      }
    });
    keyvalue.eventualBatch.deleteMany(bucket, keyvalue.eventualBatch.keys(bucket).slice(0, 40));
    keyvalue.atomic.increment(bucket, 'counter', 1n);
  } finally {
    await keyvalue.store.close();
  }
  await readAll(path);
}
