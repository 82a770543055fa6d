import { expect, test } from 'vitest';
import { Unmet } from '../../../src/store/condition.js';
import type { Store, StoreBucket } from '../../../src/store/store.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { spanOf } from '../../support/record-span.js';
import { bytesOf, keysOf, type Open, put, sizes, textOf, uploadOf, wholeOf } from './subject.js';

/** Any moment; a record expires one second after it, and is absent at two. */
const NOW = Date.UTC(2026, 0, 1);
const SOON = NOW + 1000;
const LATER = NOW + 2000;

interface Timed {
  readonly store: Store;
  readonly bucket: StoreBucket;
  /** Sets the clock. */
  goTo(moment: number): void;
}

export function expiry(open: Open): void {
  const openTimed = async (): Promise<Timed> => {
    let now = NOW;
    const store = await open(() => now);
    const goTo = (moment: number) => {
      now = moment;
    };
    return { store, bucket: store.createBucket('test'), goTo };
  };

  test('a record is there up to the moment when it expires, and from then on absent', async () => {
    const { store, bucket, goTo } = await openTimed();
    put(store, bucket, 'k', 'value', { expires: SOON });
    put(store, bucket, 'stays', 'value');
    expect(bucket.stat('k')!.expires).toBe(SOON);
    expect(bucket.stat('stays')!.expires).toBeUndefined();
    goTo(SOON - 1);
    const value = bucket.get('k')!;
    expect(value.expires).toBe(SOON);
    expect(bucket.count()).toBe(2);
    goTo(SOON);
    expect(bucket.get('k')).toBeUndefined();
    expect(bucket.stat('k')).toBeUndefined();
    expect(bucket.getMany(['k', 'stays', 'k']).map((found) => found?.size)).toEqual([
      undefined,
      5,
      undefined,
    ]);
    expect(keysOf(bucket)).toEqual(['stays']);
    expect(keysOf(bucket, { reverse: true })).toEqual(['stays']);
    expect(bucket.count()).toBe(1);
    expect(store.bucketInfo('test').keys).toBe(1);
    expect(store.buckets()[0]!.keys).toBe(1);
    expect(store.info()).toContainEqual({ name: 'keys', value: 1 });
    // What was got before goes on.
    expect(wholeOf(value).toString()).toBe('value');
  });

  test.each(sizes)(
    'a value of %i bytes expires among others, and is listed until then',
    async (size) => {
      const { store, bucket, goTo } = await openTimed();
      const names = Array.from({ length: 50 }, (_, index) => `key ${10 + index}`);
      for (const [index, key] of names.entries()) {
        const bytes = index === 25 ? patternedBytes(size) : Buffer.from(key);
        put(store, bucket, key, bytes, { expires: index % 5 === 0 ? SOON : undefined });
      }
      expect(keysOf(bucket)).toEqual(names);
      expect(bytesOf(bucket, names[25]!)!.equals(patternedBytes(size))).toBe(true);
      goTo(LATER);
      const left = names.filter((_, index) => index % 5 !== 0);
      expect(keysOf(bucket)).toEqual(left);
      expect(
        keysOf(bucket, { lower: Buffer.from(names[24]!), upper: Buffer.from(names[31]!) }),
      ).toEqual([24, 26, 27, 28, 29].map((index) => names[index]));
      const listed: unknown[] = [];
      for (const records of bucket.records({})) {
        for (let position = 0; position < records.count; position++) {
          const entry = records.entry(position)!;
          const value = wholeOf(records.value(position)!).toString();
          listed.push([entry.key, value, entry.expires, records.expires(position)]);
        }
      }
      expect(listed).toEqual(left.map((key) => [key, key, undefined, undefined]));
      expect(bucket.count()).toBe(left.length);
    },
  );

  test('a listing, and what it says of its records, is of the moment in which it began', async () => {
    const { store, bucket, goTo } = await openTimed();
    for (const key of ['a', 'b']) put(store, bucket, key, key, { expires: SOON });
    for (const range of [{}, { reverse: true }]) {
      goTo(NOW);
      const keys: string[] = [];
      for (const records of bucket.records(range)) {
        goTo(LATER);
        for (let position = 0; position < records.count; position++) {
          expect(records.mayExpire).toBe(true);
          expect(records.entry(position)!.expires).toBe(SOON);
          keys.push(wholeOf(records.value(position)!).toString());
        }
      }
      expect(keys.sort()).toEqual(['a', 'b']);
      expect(keysOf(bucket, range)).toEqual([]);
    }
  });

  test('conditions hold an expired record for none', async () => {
    const { store, bucket, goTo } = await openTimed();
    const version = put(store, bucket, 'k', 'value', { expires: SOON });
    goTo(LATER);
    const refused = [
      { kind: 'present' },
      { kind: 'version', version },
      { kind: 'value', value: Buffer.from('value') },
    ] as const;
    for (const condition of refused) {
      expect(bucket.put('k', uploadOf(store, 'new'), { condition })).toBeInstanceOf(Unmet);
      expect(bucket.delete('k', condition)).toBeInstanceOf(Unmet);
      expect(bucket.copy('k', { bucket: 'test', key: 'other' }, condition)).toBeUndefined();
    }
    const again = put(store, bucket, 'k', 'new', { condition: { kind: 'absent' } });
    expect(again).toBeGreaterThan(version);
    expect(textOf(bucket, 'k')).toBe('new');
    expect(bucket.stat('k')!.expires).toBeUndefined();
  });

  test('put() clears when a key expires, or keeps it, also where the record has expired', async () => {
    const { store, bucket, goTo } = await openTimed();
    put(store, bucket, 'k', '1', { expires: SOON });
    put(store, bucket, 'k', '2', { expires: 'kept' });
    expect([textOf(bucket, 'k'), bucket.stat('k')!.expires]).toEqual(['2', SOON]);
    put(store, bucket, 'k', '3');
    expect(bucket.stat('k')!.expires).toBeUndefined();
    put(store, bucket, 'k', '4', { expires: SOON });
    goTo(LATER);
    put(store, bucket, 'k', '5', { expires: 'kept' });
    expect([textOf(bucket, 'k'), bucket.stat('k')!.expires]).toEqual(['5', undefined]);
    put(store, bucket, 'new', '6', { expires: 'kept' });
    expect(bucket.stat('new')!.expires).toBeUndefined();
  });

  test('put() and expire() with a time that is past leave no such key', async () => {
    const { store, bucket } = await openTimed();
    for (const key of ['a', 'b', 'c']) put(store, bucket, key, patternedBytes(300_000));
    expect(put(store, bucket, 'a', 'new', { expires: NOW })).toBeGreaterThan(0);
    expect(bucket.expire('b', NOW - 1)).toBe(true);
    expect(bucket.expire('b', LATER)).toBe(false);
    expect([keysOf(bucket), bucket.count()]).toEqual([['c'], 1]);
  });

  test.each(sizes)(
    'expire() sets when a value of %i bytes expires, and nothing else',
    async (size) => {
      const { store, bucket, goTo } = await openTimed();
      expect(bucket.expire('k', SOON)).toBe(false);
      const version = put(store, bucket, 'k', patternedBytes(size));
      expect(bucket.expire('k', SOON)).toBe(true);
      expect(bucket.stat('k')).toMatchObject({ size, expires: SOON });
      expect(bucket.stat('k')!.version).toBeGreaterThan(version);
      expect(bucket.expire('k', LATER)).toBe(true);
      goTo(SOON);
      expect(bytesOf(bucket, 'k')!.equals(patternedBytes(size))).toBe(true);
      expect(bucket.expire('k', undefined)).toBe(true);
      goTo(LATER + 1);
      expect(bytesOf(bucket, 'k')!.equals(patternedBytes(size))).toBe(true);
      expect(bucket.stat('k')!.expires).toBeUndefined();
      expect(bucket.expire('k', LATER + 2)).toBe(true);
      goTo(LATER + 2);
      expect(bucket.expire('k', undefined)).toBe(false);
      expect(bucket.count()).toBe(0);
    },
  );

  test('increment() and compareAndSwap() keep when a counter expires, and begin anew after', async () => {
    const { bucket, goTo } = await openTimed();
    bucket.increment('n', 41n);
    bucket.expire('n', SOON);
    expect(bucket.increment('n', 1n)).toBe(42n);
    expect(bucket.stat('n')!.expires).toBe(SOON);
    expect(bucket.compareAndSwap('n', 42n, 43n)).toBe(true);
    expect(bucket.stat('n')!.expires).toBe(SOON);
    goTo(LATER);
    expect(bucket.compareAndSwap('n', 43n, 44n)).toBe(false);
    expect(bucket.increment('n', 7n)).toBe(7n);
    expect(bucket.stat('n')!.expires).toBeUndefined();
  });

  test('delete(), deleteRange(), clear and delete of a bucket count and leave no expired record', async () => {
    const { store, bucket, goTo } = await openTimed();
    const fill = () => {
      goTo(NOW);
      for (const key of ['a', 'b', 'c', 'd']) {
        const expires = key < 'c' ? SOON : undefined;
        put(store, bucket, key, patternedBytes(70_000), { expires });
      }
      goTo(LATER);
    };
    fill();
    expect([bucket.delete('a'), bucket.delete('c'), bucket.count()]).toEqual([false, true, 1]);
    fill();
    expect(await bucket.deleteRange({ lower: Buffer.from('b'), upper: Buffer.from('d') })).toBe(1);
    expect([keysOf(bucket), bucket.count()]).toEqual([['d'], 1]);
    fill();
    expect(await bucket.deleteRange({})).toBe(2);
    expect(bucket.count()).toBe(0);
    fill();
    expect(bucket.writeMany(['a', 'c'].map((key) => ({ kind: 'delete', key }) as const))).toBe(1);
    await store.clearBucket('test');
    expect(bucket.count()).toBe(0);
    fill();
    await store.deleteBucket('test');
    store.createBucket('test');
    expect([keysOf(bucket), bucket.count()]).toEqual([[], 0]);
    fill();
    expect(bucket.count()).toBe(2);
  });

  test('copy(), move(), and copying and renaming a bucket carry when a record expires', async () => {
    const { store, bucket, goTo } = await openTimed();
    for (const size of sizes)
      put(store, bucket, `${size}`, patternedBytes(size), { expires: SOON });
    put(store, bucket, 'gone', '1', { expires: NOW + 1 });
    put(store, bucket, 'stays', '1');
    goTo(NOW + 500);
    const other = store.createBucket('other');
    for (const size of sizes) {
      const place = { bucket: 'other', key: `${size}` };
      expect(
        size < 1000 ? bucket.copy(`${size}`, place) : bucket.move(`${size}`, place),
      ).toBeTypeOf('number');
    }
    expect(bucket.copy('gone', { bucket: 'other', key: 'gone' })).toBeUndefined();
    expect(bucket.copy('stays', { bucket: 'other', key: '0' })).toBeTypeOf('number');
    for (const size of sizes.slice(1)) expect(other.stat(`${size}`)!.expires).toBe(SOON);
    expect(other.stat('0')!.expires).toBeUndefined();
    await store.copyBucket('other', 'copy');
    store.renameBucket('other', 'new');
    for (const name of ['copy', 'new']) {
      goTo(NOW + 500);
      const found = store.bucket(name)!;
      expect(found.count(), name).toBe(sizes.length);
      expect(found.stat('5000000')!.expires).toBe(SOON);
      goTo(LATER);
      expect([keysOf(found), found.count()]).toEqual([['0'], 1]);
    }
    await store.copyBucket('new', 'again');
    expect(store.bucketInfo('again').keys).toBe(1);
  });

  test('load() sets when records expire, and takes an expired one for none', async () => {
    const { store, bucket, goTo } = await openTimed();
    for (const key of ['a', 'large'])
      put(store, bucket, key, patternedBytes(300_000), { expires: SOON });
    goTo(LATER);
    for (const existing of ['keep', 'stop', 'overwrite'] as const) {
      const batch = bucket.batch();
      const end = LATER + 1000;
      batch.add(1, spanOf('b', 'one'), end);
      batch.add(2, spanOf('a', 'two'));
      batch.add(3, spanOf('large', patternedBytes(100_000)), end);
      expect(await bucket.load(batch, existing), existing).toEqual([]);
      expect(['a', 'b', 'large'].map((key) => bucket.stat(key)!.expires)).toEqual([
        undefined,
        end,
        end,
      ]);
      expect(bucket.count()).toBe(3);
      goTo(end);
      expect([keysOf(bucket), bucket.count()]).toEqual([['a'], 1]);
      goTo(LATER);
      bucket.expire('a', LATER + 1);
      for (const key of ['b', 'large']) bucket.expire(key, LATER + 1);
      goTo(LATER + 1);
      expect(bucket.count()).toBe(0);
      goTo(LATER + 2);
    }
    const batch = bucket.batch();
    batch.add(1, spanOf('c', ''), LATER + 3);
    batch.clear();
    batch.add(1, spanOf('c', ''));
    await bucket.load(batch, 'overwrite');
    expect(bucket.stat('c')!.expires).toBeUndefined();
  });

  test('what expires by the thousand is counted, and gone for good when others write', async () => {
    const { store, bucket, goTo } = await openTimed();
    const other = store.createBucket('other');
    const batch = bucket.batch();
    for (let number = 0; number < 3000; number++) {
      const expires = number % 3 === 0 ? undefined : SOON + number;
      batch.add(number, spanOf(`${number}`.padStart(4, '0'), ''), expires);
    }
    await bucket.load(batch, 'overwrite');
    goTo(SOON + 1500);
    expect(bucket.count()).toBe(2000);
    goTo(SOON + 3000);
    expect(bucket.count()).toBe(1000);
    for (let write = 0; write < 30; write++) {
      put(store, other, 'k', `${write}`);
      expect([bucket.count(), other.count()]).toEqual([1000, 1]);
    }
    expect(keysOf(bucket)).toHaveLength(1000);
    const { version } = other.stat('k')!;
    expect(put(store, bucket, '0001', 'new')).toBeGreaterThan(version);
    expect(bucket.count()).toBe(1001);
  });

  test('collectGarbage() deletes all that has expired, which no clock that goes back revives', async () => {
    const { store, bucket, goTo } = await openTimed();
    const batch = bucket.batch();
    for (let number = 0; number < 12_000; number++) {
      batch.add(number, spanOf(`${number}`, ''), number < 2 ? LATER + 1 : SOON);
    }
    await bucket.load(batch, 'overwrite');
    goTo(LATER);
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(store.collectGarbage({ signal })).rejects.toThrow('stopped');
    expect((await store.collectGarbage()).expired).toBe(11_998);
    expect(await store.collectGarbage()).toEqual({ expired: 0, uploads: 0, damaged: [] });
    goTo(NOW);
    expect([bucket.count(), keysOf(bucket)]).toEqual([2, ['0', '1']]);
  });

  test('a transaction is of one moment, and its reads see what it makes expire', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('transactions')) return;
    put(store, bucket, 'k', 'value', { expires: SOON });
    await store.transaction(async () => {
      expect(bucket.count()).toBe(1);
      goTo(LATER);
      expect([textOf(bucket, 'k'), bucket.count()]).toEqual(['value', 1]);
      put(store, bucket, 'new', '1', { expires: NOW + 500 });
      expect([keysOf(bucket), bucket.count()]).toEqual([['k', 'new'], 2]);
      bucket.delete('k');
      expect(bucket.count()).toBe(1);
    });
    expect([keysOf(bucket), bucket.count()]).toEqual([[], 0]);
    const failing = store.transaction(async () => {
      put(store, bucket, 'undone', '1', { expires: LATER + 1 });
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    goTo(LATER + 2);
    expect([bucket.stat('undone'), bucket.count()]).toEqual([undefined, 0]);
  });

  test('a draft counts and lets go of what expires in it', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('drafts')) return;
    put(store, bucket, 'old', 'value', { expires: SOON });
    const [draft, other] = [store.createDraft(), store.createDraft()];
    for (const name of [draft, other]) {
      put(store, store.bucket(name)!, 'a', patternedBytes(300_000), { expires: SOON });
      put(store, store.bucket(name)!, 'b', '', { expires: LATER + 1 });
    }
    goTo(LATER);
    await store.publishDraft(draft, 'test');
    await store.discardDraft(other);
    expect([keysOf(bucket), bucket.count()]).toEqual([['b'], 1]);
    goTo(LATER + 1);
    expect([keysOf(bucket), bucket.count()]).toEqual([[], 0]);
  });
}
