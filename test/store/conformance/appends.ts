import { expect, test } from 'vitest';
import { codeOfRejected } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, type Open, put, sizes, textOf, uploadOf } from './subject.js';

/** Sizes on either side of what a store keeps in different ways; chunks of LMDB's have 262,120 bytes. */
const edges = [0, 65_536, 262_120, 600_000, 5_000_000];

export function appends(open: Open): void {
  test.each(sizes)('append() to a missing key sets it to %i bytes', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    const upload = uploadOf(store, patternedBytes(size));
    const appended = bucket.append('key', upload);
    upload.close();
    expect(bucket.stat('key')).toMatchObject(appended);
    expect(appended.size).toBe(size);
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(size))).toBe(true);
  });

  test.each(edges)('append() adds to %i bytes, as they were when they were read', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    let all: Buffer = patternedBytes(size);
    put(store, bucket, 'key', all);
    for (const [seed, more] of edges.entries()) {
      const { version } = bucket.stat('key')!;
      const before = bucket.get('key')!;
      const upload = uploadOf(store, patternedBytes(more, seed + 1));
      const appended = bucket.append('key', upload);
      upload.close();
      const old = all;
      all = Buffer.concat([all, patternedBytes(more, seed + 1)]);
      expect(appended.version).toBeGreaterThan(version);
      expect(bucket.stat('key')).toMatchObject({ ...appended, size: all.length });
      expect(bytesOf(bucket, 'key')!.equals(all)).toBe(true);
      expect(before.size).toBe(old.length);
      const last = Math.max(0, old.length - 10);
      const read = Buffer.from(before.read(last, 100));
      expect(read.equals(old.subarray(last, last + read.length))).toBe(true);
      before.close();
    }
  });

  test.each(sizes)('append() to one of two that share %i bytes leaves the other', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(size));
    bucket.copy('key', { bucket: 'test', key: 'copy' });
    const long = uploadOf(store, patternedBytes(5_000_000, 1));
    const [one, two] = [uploadOf(store, 'one'), uploadOf(store, 'two')];
    bucket.append('key', one);
    bucket.append('copy', two);
    bucket.copy('key', { bucket: 'test', key: 'third' });
    bucket.append('third', long);
    bucket.append('key', two);
    for (const upload of [long, one, two]) upload.close();
    const ends = { key: ['onetwo'], copy: ['two'], third: ['one', patternedBytes(5_000_000, 1)] };
    for (const [key, added] of Object.entries(ends)) {
      const expected = Buffer.concat([
        patternedBytes(size),
        ...added.map((end) => Buffer.from(end)),
      ]);
      expect(bytesOf(bucket, key)!.equals(expected)).toBe(true);
    }
  });

  test('append() of one upload again adds it again, also where it was put', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    for (const size of sizes) {
      const upload = uploadOf(store, patternedBytes(size));
      bucket.put('key', upload);
      bucket.append('key', upload);
      upload.append(Buffer.from('more'));
      bucket.append('key', upload);
      upload.close();
      const parts = [patternedBytes(size), patternedBytes(size), patternedBytes(size)];
      const expected = Buffer.concat([...parts, Buffer.from('more')]);
      expect(bytesOf(bucket, 'key')!.equals(expected)).toBe(true);
    }
  });

  test('append() leaves when the record expires, and takes what has expired for absent', async () => {
    let now = Date.UTC(2026, 0, 1);
    const store = await open(() => now);
    const bucket = store.createBucket('test');
    const expires = now + 1000;
    const upload = uploadOf(store, 'more');
    const long = uploadOf(store, patternedBytes(5_000_000));
    for (const size of [3, 300_000]) {
      for (const added of [upload, long]) {
        put(store, bucket, 'key', patternedBytes(size), { expires });
        bucket.append('key', added);
        expect(bucket.stat('key')).toMatchObject({ expires, size: size + added.size });
      }
    }
    now = expires;
    bucket.append('key', upload);
    expect(bucket.stat('key')!.expires).toBeUndefined();
    expect(textOf(bucket, 'key')).toBe('more');
    upload.close();
    long.close();
  });

  test('append() refuses the upload of another store', async () => {
    const bucket = (await open()).createBucket('test');
    const own = uploadOf(await open(), 'value');
    expect(() => bucket.append('key', own)).toThrow('of another store');
    own.close();
    expect(bucket.count()).toBe(0);
  });

  test('append() in a transaction that is rolled back has added nothing', async () => {
    const store = await open();
    if (!store.supports.has('transactions')) return;
    const bucket = store.createBucket('test');
    put(store, bucket, 'short', 'a');
    put(store, bucket, 'long', patternedBytes(300_000));
    const upload = uploadOf(store, 'b');
    const long = uploadOf(store, patternedBytes(5_000_000));
    const work = store.transaction(async () => {
      for (const key of ['short', 'long', 'new']) {
        bucket.append(key, upload);
        bucket.append(key, long);
        bucket.append(key, upload);
        expect(bucket.stat(key)!.size % 10).toBeLessThan(4);
      }
      throw new Error('undo');
    });
    expect(await codeOfRejected(work)).toBe('internal');
    upload.close();
    long.close();
    expect(textOf(bucket, 'short')).toBe('a');
    expect(bytesOf(bucket, 'long')!.equals(patternedBytes(300_000))).toBe(true);
    expect(bucket.stat('new')).toBeUndefined();
  });
}
