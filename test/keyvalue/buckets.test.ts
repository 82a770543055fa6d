import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { codeOf, codeOfRejected } from '../support/error-code.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, getValue, setValue } from '../support/records.js';
import { figures } from '../support/store-figures.js';
import { bothStores } from './both-stores.js';

describe.each(bothStores)('the buckets of a store $name', ({ open }) => {
  test('are none at first', async () => {
    expect((await open()).buckets.list()).toEqual([]);
  });

  test('are listed in the byte order of their names, with how many keys each holds', async () => {
    const { buckets, ...keyvalue } = await open();
    const names = ['\ue000', '\u{10000}', 'b', 'a', 'é', '__proto__'];
    const before = Date.now();
    for (const name of names) {
      const bucket = buckets.create(name);
      for (let key = 0; key < name.length; key++) {
        setValue({ buckets, ...keyvalue }, bucket, `key ${key}`, 'value');
      }
    }
    const list = buckets.list();
    expect(list.map(({ name, keys }) => [name, keys])).toEqual([
      ['__proto__', 9],
      ['a', 1],
      ['b', 1],
      ['é', 1],
      ['\ue000', 1],
      ['\u{10000}', 2],
    ]);
    for (const { created } of list) {
      expect(created).toBeGreaterThanOrEqual(before);
      expect(created).toBeLessThanOrEqual(Date.now());
    }
    expect(figures(buckets.facts())).toMatchObject({ buckets: 6, keys: 15 });
  });

  test('are made once under each name', async () => {
    const { buckets } = await open();
    buckets.create('taken');
    expect(codeOf(() => buckets.create('taken'))).toBe('bucket-exists');
    expect(buckets.exists('taken')).toBe(true);
    expect(buckets.exists('free')).toBe(false);
  });

  test('are made where they are missing, and opened where they are not', async () => {
    const keyvalue = await open();
    setValue(keyvalue, keyvalue.buckets.openOrCreate('test'), 'key', 'value');
    expect(getText(keyvalue, keyvalue.buckets.openOrCreate('test'), 'key')).toBe('value');
    expect(keyvalue.buckets.list()).toHaveLength(1);
  });

  test('are made as well within a transaction, and are not there if it fails', async () => {
    const keyvalue = await open();
    keyvalue.buckets.create('test');
    await keyvalue.store.transaction(async () => {
      setValue(keyvalue, keyvalue.buckets.openOrCreate('kept'), 'key', 'value');
    });
    const failing = () =>
      keyvalue.store.transaction(async () => {
        setValue(keyvalue, keyvalue.buckets.openOrCreate('lost'), 'key', 'value');
        throw new Error('no');
      });
    await expect(failing()).rejects.toThrow('no');
    expect(keyvalue.buckets.list().map(({ name }) => name)).toEqual(['kept', 'test']);
    setValue(keyvalue, keyvalue.buckets.openOrCreate('lost'), 'key', 'again');
    expect(getText(keyvalue, keyvalue.buckets.openOrCreate('lost'), 'key')).toBe('again');
  });

  test('keep their content under a new name', async () => {
    const keyvalue = await open();
    const { buckets } = keyvalue;
    const bucket = buckets.create('old');
    setValue(keyvalue, bucket, 'key', 'value');
    setValue(keyvalue, bucket, 'large', patternedBytes(300_000));
    const before = keyvalue.records.stat(bucket, 'key');
    buckets.rename('old', 'new');
    expect(codeOf(() => getText(keyvalue, bucket, 'key'))).toBe('no-bucket');
    const renamed = keyvalue.types.Bucket.openBucket('new');
    expect(keyvalue.records.stat(renamed, 'key')).toEqual(before);
    expect(getValue(keyvalue, renamed, 'large')!.equals(patternedBytes(300_000))).toBe(true);
    // A bucket is found by its name: the old handle leads to whoever has the name now.
    buckets.create('old');
    expect(getText(keyvalue, bucket, 'key')).toBeUndefined();
  });

  test('are exchanged by three renamings', async () => {
    const keyvalue = await open();
    const { buckets } = keyvalue;
    setValue(keyvalue, buckets.create('a'), 'key', 'of a');
    setValue(keyvalue, buckets.create('b'), 'key', 'of b');
    buckets.rename('a', 'c');
    buckets.rename('b', 'a');
    buckets.rename('c', 'b');
    expect(getText(keyvalue, keyvalue.types.Bucket.openBucket('a'), 'key')).toBe('of b');
    expect(getText(keyvalue, keyvalue.types.Bucket.openBucket('b'), 'key')).toBe('of a');
  });

  test('are copied with their content, which then is two', async () => {
    const keyvalue = await open();
    const { buckets } = keyvalue;
    const source = buckets.create('source');
    for (let index = 0; index < 1500; index++) {
      if (index % 500 === 0) setValue(keyvalue, source, `key ${index}`, patternedBytes(300_000));
    }
    const value = keyvalue.types.OutgoingValue.newOutgoingValue();
    keyvalue.eventualBatch.setMany(
      source,
      Array.from({ length: 1500 }, (_, index) => [`small ${index}`, value]),
    );
    await buckets.copy('source', 'target');
    const target = keyvalue.types.Bucket.openBucket('target');
    expect(keyvalue.eventualBatch.keys(target)).toEqual(keyvalue.eventualBatch.keys(source));
    const before = keyvalue.records.stat(source, 'key 0')!;
    expect(keyvalue.records.stat(target, 'key 0')!.version).not.toBe(before.version);
    setValue(keyvalue, target, 'small 0', 'of the target');
    expect(getText(keyvalue, source, 'small 0')).toBe('');
    await buckets.delete('source');
    expect(getValue(keyvalue, target, 'key 1000')!.equals(patternedBytes(300_000))).toBe(true);
    await buckets.clear('target');
    expect(keyvalue.eventualBatch.keys(target)).toEqual([]);
  });

  test('are cleared, and stay', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', 'value');
    setValue(keyvalue, bucket, 'large', patternedBytes(300_000));
    await keyvalue.buckets.clear('test');
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual([]);
    setValue(keyvalue, bucket, 'key', 'again');
    expect(getText(keyvalue, bucket, 'key')).toBe('again');
  });

  test('are measured by going through them', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    expect((await keyvalue.buckets.measure(bucket)).valueBytes).toBe(0);
    setValue(keyvalue, bucket, 'key', Buffer.alloc(10));
    setValue(keyvalue, bucket, 'large', Buffer.alloc(300_000));
    expect((await keyvalue.buckets.measure(bucket)).valueBytes).toBe(300_010);
  });

  test('are measured in steps, between which a signal stops it', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', 'value');
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      time += 1000;
      return time;
    });
    onTestFinished(() => clock.mockRestore());
    const controller = new AbortController();
    const progress = () => controller.abort(new Error('stopped'));
    const measured = keyvalue.buckets.measure(bucket, { signal: controller.signal, progress });
    await expect(measured).rejects.toThrow('stopped');
  });

  test('that are missing fail every function, and those that are there are not overwritten', async () => {
    const keyvalue = await open();
    const { buckets } = keyvalue;
    setValue(keyvalue, buckets.create('there'), 'key', 'value');
    setValue(keyvalue, buckets.create('too'), 'key', 'value too');
    expect(await codeOfRejected(buckets.delete('missing'))).toBe('no-bucket');
    expect(await codeOfRejected(buckets.clear('missing'))).toBe('no-bucket');
    for (const to of ['new', 'there']) {
      expect(codeOf(() => buckets.rename('missing', to))).toBe('no-bucket');
      expect(await codeOfRejected(buckets.copy('missing', to))).toBe('no-bucket');
    }
    for (const to of ['there', 'too']) {
      expect(codeOf(() => buckets.rename('there', to))).toBe('bucket-exists');
      expect(await codeOfRejected(buckets.copy('there', to))).toBe('bucket-exists');
    }
    expect(buckets.list().map(({ name, keys }) => [name, keys])).toEqual([
      ['there', 1],
      ['too', 1],
    ]);
    expect(getText(keyvalue, keyvalue.types.Bucket.openBucket('too'), 'key')).toBe('value too');
  });

  test.each([
    ['empty', ''],
    ['too long', 'n'.repeat(257)],
    ['longer than a key', 'n'.repeat(5000)],
    ['with a control character', 'a\nb'],
    ['with a lone surrogate', '\ud800'],
  ])('have no name that is %s', async (_, bad) => {
    const { buckets } = await open();
    buckets.create('\ufffd');
    buckets.create('good');
    expect(codeOf(() => buckets.create(bad))).toBe('invalid-bucket');
    expect(codeOf(() => buckets.openOrCreate(bad))).toBe('invalid-bucket');
    expect(codeOf(() => buckets.rename('good', bad))).toBe('invalid-bucket');
    expect(await codeOfRejected(buckets.copy('good', bad))).toBe('invalid-bucket');
    expect(await codeOfRejected(buckets.delete(bad))).toBe('invalid-bucket');
    expect(await codeOfRejected(buckets.clear(bad))).toBe('invalid-bucket');
    expect(codeOf(() => buckets.rename(bad, 'new'))).toBe('invalid-bucket');
    expect(await codeOfRejected(buckets.copy(bad, 'new'))).toBe('invalid-bucket');
    expect(codeOf(() => buckets.exists(bad))).toBe('invalid-bucket');
    expect(buckets.list().map(({ name }) => name)).toEqual(['good', '\ufffd']);
  });
});
