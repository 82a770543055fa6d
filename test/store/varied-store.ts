/** A store with a bit of everything, for tests that look at its file. */
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { EXPIRES_LIMIT } from '../../src/store/record.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { setValue } from '../support/records.js';

/** Makes it: two buckets, small and large values, some that expire, and pages that have become free again. */
export async function makeVariedStore(path: string, keys: number): Promise<void> {
  const store = (await openStore(path, 'write'))!;
  const keyvalue = createKeyvalue(store);
  const test = keyvalue.buckets.create('test');
  const other = keyvalue.buckets.create('other');
  await store.transaction(async () => {
    for (let key = 0; key < keys; key++) {
      setValue(keyvalue, test, `key ${key}`, patternedBytes(key % 200, key));
    }
  });
  setValue(keyvalue, test, 'of several pages', patternedBytes(9000));
  setValue(keyvalue, test, 'in chunks', patternedBytes(70_000));
  setValue(keyvalue, other, 'to be deleted', patternedBytes(90_000));
  setValue(keyvalue, other, 'to stay', 'value');
  keyvalue.eventual.delete(other, 'to be deleted');
  keyvalue.eventualBatch.deleteMany(
    test,
    Array.from({ length: 20 }, (_, index) => `key ${3 * index}`),
  );
  const bucket = store.bucket('test')!;
  await store.transaction(async () => {
    for (let key = 1; key < keys; key += 10) bucket.expire(`key ${key}`, EXPIRES_LIMIT - key);
    bucket.expire('in chunks', EXPIRES_LIMIT);
  });
  await store.close();
}
