import { expect, test } from 'vitest';
import { type Condition, Unmet } from '../../../src/store/condition.js';
import type { Upload, Write } from '../../../src/store/store.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, keysOf, type Open, put, sizes, textOf, uploadOf } from './subject.js';

export function writes(open: Open): void {
  test('put() gives versions that grow, also across delete()', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const versions = [put(store, bucket, 'key', 'a'), put(store, bucket, 'key', 'b')];
    bucket.delete('key');
    versions.push(put(store, bucket, 'key', 'c'), put(store, bucket, 'other', 'd'));
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(versions[0]).toBeGreaterThan(0);
    expect(bucket.stat('key')!.version).toBe(versions[2]);
  });

  test.each(sizes)('an upload of %i bytes may be put again, and grow in between', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    const upload = uploadOf(store, patternedBytes(size));
    expect(upload.size).toBe(size);
    bucket.put('before', upload);
    upload.append(Buffer.from('more'));
    bucket.put('after', upload);
    bucket.put('again', upload);
    upload.close();
    const more = Buffer.concat([patternedBytes(size), Buffer.from('more')]);
    expect(bytesOf(bucket, 'before')!.equals(patternedBytes(size))).toBe(true);
    expect(bytesOf(bucket, 'after')!.equals(more)).toBe(true);
    bucket.delete('after');
    expect(bytesOf(bucket, 'again')!.equals(more)).toBe(true);
  });

  test('append() keeps no hold of the bytes', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const bytes = Buffer.from('value');
    const upload = store.upload();
    upload.append(bytes);
    bytes.fill(0);
    bucket.put('key', upload);
    upload.close();
    expect(textOf(bucket, 'key')).toBe('value');
  });

  test('close() leaves what was put, and the upload can no longer be used', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const upload = uploadOf(store, patternedBytes(300_000));
    bucket.put('key', upload);
    upload.close();
    upload.close();
    expect(() => upload.append(Buffer.from('more'))).toThrow('closed');
    expect(() => bucket.put('other', upload)).toThrow('closed');
    expect(keysOf(bucket)).toEqual(['key']);
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test('put() refuses the upload of another store', async () => {
    const bucket = (await open()).createBucket('test');
    const own = uploadOf(await open(), 'value');
    const foreign: Upload = { size: 0, append() {}, close() {} };
    for (const upload of [own, foreign]) {
      expect(() => bucket.put('key', upload)).toThrow('of another store');
    }
    own.close();
    expect(bucket.count()).toBe(0);
  });

  test('put() keeps to its condition', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const upload = uploadOf(store, 'value');
    const putWhere = (key: string, condition: Condition) => bucket.put(key, upload, { condition });
    expect(putWhere('key', { kind: 'present' })).toEqual(new Unmet('there is no such key'));
    expect(putWhere('key', { kind: 'version', version: 1 })).toEqual(
      new Unmet('there is no such key'),
    );
    expect(bucket.count()).toBe(0);
    const version = putWhere('key', { kind: 'absent' }) as number;
    expect(bucket.stat('key')).toMatchObject({ version, size: 5 });
    expect(putWhere('key', { kind: 'absent' })).toEqual(new Unmet('the key is there already'));
    expect(putWhere('key', { kind: 'version', version: version + 1 })).toEqual(
      new Unmet(`its version is ${version}, not ${version + 1}`),
    );
    expect(bucket.stat('key')!.version).toBe(version);
    const another = new Unmet('its value is another');
    expect(putWhere('key', { kind: 'value', value: Buffer.from('valuE') })).toEqual(another);
    expect(putWhere('key', { kind: 'value', value: Buffer.from('value ') })).toEqual(another);
    expect(putWhere('none', { kind: 'value', value: Buffer.from('value') })).toEqual(
      new Unmet('there is no such key'),
    );
    const next = putWhere('key', { kind: 'version', version }) as number;
    expect(next).toBeGreaterThan(version);
    expect(putWhere('key', { kind: 'present' })).toBeGreaterThan(next);
    upload.close();
  });

  test.each(sizes)('a condition is on all %i bytes of a value', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    const value = patternedBytes(size);
    put(store, bucket, 'key', value);
    const longer = Buffer.concat([value, Buffer.of(0)]);
    expect(bucket.delete('key', { kind: 'value', value: longer })).toBeInstanceOf(Unmet);
    if (size > 0) {
      const changed = Buffer.from(value);
      changed[size - 1]! ^= 1;
      expect(bucket.delete('key', { kind: 'value', value: changed })).toBeInstanceOf(Unmet);
    }
    expect(bucket.delete('key', { kind: 'value', value })).toBe(true);
  });

  test('delete() says whether the key was there, and keeps to its condition', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    expect(bucket.delete('key')).toBe(false);
    const version = put(store, bucket, 'key', 'value');
    const condition = { kind: 'version', version: version + 1 } as const;
    expect(bucket.delete('key', condition)).toBeInstanceOf(Unmet);
    expect(textOf(bucket, 'key')).toBe('value');
    expect(bucket.delete('key', { kind: 'version', version })).toBe(true);
    expect(bucket.stat('key')).toBeUndefined();
    expect(bucket.delete('key', { kind: 'present' })).toBeInstanceOf(Unmet);
  });

  test.each(sizes)('copy() and move() of %i bytes leave what is expected', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    const other = store.createBucket('other');
    put(store, bucket, 'key', patternedBytes(size));
    const copied = bucket.copy('key', { bucket: 'other', key: 'copy' }) as number;
    expect(other.stat('copy')).toMatchObject({ version: copied, size });
    const moved = bucket.move('key', { bucket: 'test', key: 'moved' }) as number;
    expect(moved).toBeGreaterThan(copied);
    expect(keysOf(bucket)).toEqual(['moved']);
    put(store, bucket, 'moved', 'changed');
    expect(bytesOf(other, 'copy')!.equals(patternedBytes(size))).toBe(true);
  });

  test.each(['copy', 'move'] as const)(
    '%s() keeps to its condition, on the target',
    async (way) => {
      const store = await open();
      const bucket = store.createBucket('test');
      put(store, bucket, 'from', 'new');
      put(store, bucket, 'to', 'old');
      const target = { bucket: 'test', key: 'to' };
      expect(bucket[way]('from', target, { kind: 'absent' })).toEqual(
        new Unmet('the key is there already'),
      );
      expect([textOf(bucket, 'from'), textOf(bucket, 'to')]).toEqual(['new', 'old']);
      const { version } = bucket.stat('to')!;
      expect(bucket[way]('from', target, { kind: 'version', version })).toBeGreaterThan(version);
      expect(textOf(bucket, 'to')).toBe('new');
      expect(textOf(bucket, 'from')).toBe(way === 'copy' ? 'new' : undefined);
    },
  );

  test.each(['copy', 'move'] as const)('%s() of a missing key is undefined', async (way) => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'to', 'old');
    expect(bucket[way]('key', { bucket: 'test', key: 'to' })).toBeUndefined();
    expect(bucket[way]('key', { bucket: 'test', key: 'to' }, { kind: 'absent' })).toBeUndefined();
    expect(textOf(bucket, 'to')).toBe('old');
  });

  test.each(['copy', 'move'] as const)('%s() to its own place changes nothing', async (way) => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(300_000));
    const before = bucket.stat('key')!;
    expect(bucket[way]('key', { bucket: 'test', key: 'key' })).toBe(before.version);
    expect(bucket.stat('key')).toEqual(before);
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test('writeMany() makes the writes in their order, and counts what they changed', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'there', 'value');
    const [one, two] = [uploadOf(store, '1'), uploadOf(store, patternedBytes(300_000))];
    const made = bucket.writeMany([
      { kind: 'put', key: 'a', upload: one },
      { kind: 'put', key: 'a', upload: two },
      { kind: 'put', key: 'b', upload: two },
      { kind: 'delete', key: 'b' },
      { kind: 'delete', key: 'b' },
      { kind: 'delete', key: 'there' },
      { kind: 'put', key: 'b', upload: one },
    ]);
    one.close();
    two.close();
    expect(made).toBe(6);
    expect(keysOf(bucket)).toEqual(['a', 'b']);
    expect(bytesOf(bucket, 'a')!.equals(patternedBytes(300_000))).toBe(true);
    expect(textOf(bucket, 'b')).toBe('1');
    expect(bucket.writeMany([])).toBe(0);
  });

  test('writeMany() that fails changes nothing, where there are transactions', async () => {
    const store = await open();
    if (!store.supports.has('transactions')) return;
    const bucket = store.createBucket('test');
    put(store, bucket, 'there', 'value');
    const failing = function* (): Generator<Write> {
      yield { kind: 'delete', key: 'there' };
      throw new Error('no more');
    };
    expect(() => bucket.writeMany(failing())).toThrow('no more');
    expect(textOf(bucket, 'there')).toBe('value');
  });
}
