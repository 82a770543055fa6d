import { expect, test } from 'vitest';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, type Open, put, sizes, textOf, wholeOf } from './subject.js';

export function reads(open: Open): void {
  test('get(), getMany() and stat() are undefined for a missing key', async () => {
    const bucket = (await open()).createBucket('test');
    expect(bucket.get('key')).toBeUndefined();
    expect(bucket.stat('key')).toBeUndefined();
    expect(bucket.getMany(['key', 'key'])).toEqual([undefined, undefined]);
  });

  test.each(sizes)('a value of %i bytes is read as it was put, with its metadata', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    const before = Date.now();
    const version = put(store, bucket, 'key', patternedBytes(size));
    const metadata = bucket.stat('key')!;
    expect(metadata).toMatchObject({ size, version });
    expect(metadata.modified).toBeGreaterThanOrEqual(before);
    expect(metadata.modified).toBeLessThanOrEqual(Date.now());
    expect(['inline', 'chunked']).toContain(metadata.kind);
    expect(bucket.get('key')!).toMatchObject(metadata);
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(size))).toBe(true);
  });

  test('read() gives at most what it is asked for, from anywhere, and nothing at the end', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    for (const size of [10, 600_000]) {
      const contents = patternedBytes(size);
      put(store, bucket, 'key', contents);
      const value = bucket.get('key')!;
      for (const position of [0, 1, Math.floor(size / 2), size - 1]) {
        const piece = value.read(position, 4);
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(4);
        expect(contents.subarray(position, position + piece.length).equals(piece)).toBe(true);
      }
      expect(value.read(0, 0)).toHaveLength(0);
      expect(value.read(size, 4)).toHaveLength(0);
      value.close();
      value.close();
    }
  });

  test('what read() gives is the caller’s own', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', 'value');
    const value = bucket.get('key')!;
    value.read(0, 5).fill(0);
    value.close();
    expect(textOf(bucket, 'key')).toBe('value');
  });

  test.each(sizes.filter((size) => size > 0))(
    'a value of %i bytes that was got is not changed by what is written later',
    async (size) => {
      const store = await open();
      if (!store.supports.has('snapshots')) return;
      const bucket = store.createBucket('test');
      put(store, bucket, 'overwritten', patternedBytes(size));
      put(store, bucket, 'deleted', patternedBytes(size, 1));
      const values = bucket.getMany(['overwritten', 'deleted', 'overwritten']);
      put(store, bucket, 'overwritten', patternedBytes(size, 2));
      bucket.delete('deleted');
      for (const [index, seed] of [0, 1, 0].entries()) {
        expect(wholeOf(values[index]!).equals(patternedBytes(size, seed))).toBe(true);
      }
    },
  );
}
