import { expect, test } from 'vitest';
import { codeOf, codeOfRejected } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, keysOf, type Open, put, textOf } from './subject.js';

export function buckets(open: Open): void {
  test('bucket() is undefined before createBucket(), and has its name after', async () => {
    const store = await open();
    expect(store.bucket('test')).toBeUndefined();
    expect(store.createBucket('test').name).toBe('test');
    expect(store.bucket('test')!.name).toBe('test');
  });

  test('createBucket() refuses a name that is taken, and keeps what is there', async () => {
    const store = await open();
    put(store, store.createBucket('test'), 'key', 'value');
    expect(codeOf(() => store.createBucket('test'))).toBe('bucket-exists');
    expect(textOf(store.bucket('test')!, 'key')).toBe('value');
  });

  test('ensureBucket() makes a bucket once', async () => {
    const store = await open();
    put(store, store.ensureBucket('test'), 'key', 'value');
    expect(textOf(store.ensureBucket('test'), 'key')).toBe('value');
    expect(store.bucketNames('')).toEqual(['test']);
  });

  test('buckets(), bucketInfo() and bucketNames() tell of each in byte order', async () => {
    const store = await open();
    const before = Date.now();
    for (const name of ['b', '\u{10000}', '\ue000', 'a', 'ab']) store.createBucket(name);
    put(store, store.bucket('ab')!, 'key', 'value');
    expect(store.buckets().map(({ name }) => name)).toEqual([
      'a',
      'ab',
      'b',
      '\ue000',
      '\u{10000}',
    ]);
    expect(store.bucketNames('a')).toEqual(['a', 'ab']);
    expect(store.bucketNames('nope')).toEqual([]);
    const info = store.bucketInfo('ab');
    expect(info).toEqual(store.buckets()[1]);
    expect(info).toMatchObject({ name: 'ab', keys: 1 });
    expect(info.bytes).toBeGreaterThanOrEqual(8);
    expect(info.created).toBeGreaterThanOrEqual(before);
    expect(info.created).toBeLessThanOrEqual(Date.now());
  });

  test('of a name that leads nowhere, everything is no-bucket', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const upload = store.upload();
    await store.deleteBucket('test');
    const asked: (() => unknown)[] = [
      () => store.bucketInfo('test'),
      () => store.renameBucket('test', 'to'),
      () => bucket.get('key'),
      () => bucket.getMany(['key']),
      () => bucket.stat('key'),
      () => bucket.count(),
      () => [...bucket.records({})],
      () => [...bucket.records({ reverse: true })],
      () => bucket.put('key', upload),
      () => bucket.delete('key'),
      () => bucket.copy('key', { bucket: 'test', key: 'to' }),
      () => bucket.move('key', { bucket: 'test', key: 'to' }),
      () => bucket.increment('key', 1n),
      () => bucket.compareAndSwap('key', 1n, 2n),
      () => bucket.writeMany([{ kind: 'delete', key: 'key' }]),
    ];
    for (const ask of asked) expect(codeOf(ask), ask.toString()).toBe('no-bucket');
    const lasting: (() => Promise<unknown>)[] = [
      () => store.deleteBucket('test'),
      () => store.copyBucket('test', 'to'),
      () => store.clearBucket('test'),
      () => bucket.deleteRange({}),
    ];
    for (const ask of lasting) {
      expect(await codeOfRejected(ask()), ask.toString()).toBe('no-bucket');
    }
    expect(store.bucketNames('')).toEqual([]);
    upload.close();
  });

  test('deleteBucket() lets the name be given again, to an empty one', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(300_000));
    await store.deleteBucket('test');
    expect(store.bucketNames('')).toEqual([]);
    store.createBucket('test');
    expect(bucket.count()).toBe(0);
  });

  test('renameBucket() keeps the records, and refuses a name that is taken', async () => {
    const store = await open();
    const bucket = store.createBucket('old');
    put(store, bucket, 'key', 'value');
    const before = bucket.stat('key');
    store.createBucket('taken');
    expect(codeOf(() => store.renameBucket('old', 'taken'))).toBe('bucket-exists');
    store.renameBucket('old', 'new');
    expect(store.bucket('new')!.stat('key')).toEqual(before);
    expect(codeOf(() => bucket.stat('key'))).toBe('no-bucket');
  });

  test('copyBucket() makes two that do not share what is written later', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'large', patternedBytes(300_000));
    put(store, bucket, 'small', 'value');
    store.createBucket('taken');
    expect(await codeOfRejected(store.copyBucket('test', 'taken'))).toBe('bucket-exists');
    await store.copyBucket('test', 'copy');
    const copy = store.bucket('copy')!;
    bucket.delete('large');
    put(store, bucket, 'small', 'other');
    expect(bytesOf(copy, 'large')!.equals(patternedBytes(300_000))).toBe(true);
    expect(textOf(copy, 'small')).toBe('value');
  });

  test('clearBucket() deletes every key, and keeps the bucket', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'large', patternedBytes(300_000));
    put(store, bucket, 'small', 'value');
    await store.clearBucket('test');
    expect([keysOf(bucket), bucket.count()]).toEqual([[], 0]);
    put(store, bucket, 'small', 'again');
    expect(textOf(bucket, 'small')).toBe('again');
  });
}
