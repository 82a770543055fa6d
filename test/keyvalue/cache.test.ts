/** The cache of 0.1.0, as a host's own program meets it; what a guest sees of it is in guests/cache.c. */
import { describe, expect, test } from 'vitest';
import { KeyvalueError } from '../../src/keyvalue/wasi-keyvalue-error.js';
import { codeOf } from '../support/error-code.js';
import { getText, setValue } from '../support/records.js';
import { bothStores } from './both-stores.js';

describe.each(bothStores)('$name, the cache', ({ open }) => {
  async function opened() {
    const keyvalue = await open();
    return { keyvalue, cache: keyvalue.cache, bucket: keyvalue.buckets.create('default') };
  }

  test('is the bucket "default", whose values it gives once', async () => {
    const { keyvalue, cache, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', 'text');
    const future = cache.get('key');
    const taken = future.futureGetResultGet();
    expect(taken.tag).toBe('ok');
    expect(future.futureGetResultGet()).toEqual({ tag: 'err', val: expect.any(KeyvalueError) });
    expect(future.listenToFutureGetResult().ready()).toBe(true);
  });

  test('sets the key of a vacancy when the value that fills it is dropped, once', async () => {
    const { keyvalue, cache, bucket } = await opened();
    const entry = cache.getOrSet('key').futureGetOrSetResultGet();
    if (entry.tag !== 'ok' || entry.val.tag !== 'vacant') throw new Error('it is not vacant');
    const value = entry.val.val.vacancyFill(undefined);
    value.outgoingValueWriteBodySync(Buffer.from('text'));
    expect(keyvalue.eventual.exists(bucket, 'key')).toBe(false);
    value[Symbol.dispose]();
    expect(getText(keyvalue, bucket, 'key')).toBe('text');
    keyvalue.eventual.delete(bucket, 'key');
    value[Symbol.dispose]();
    expect(keyvalue.eventual.exists(bucket, 'key')).toBe(false);
  });

  test('throws what keeps that key from being set', async () => {
    const { keyvalue, cache } = await opened();
    const entry = cache.getOrSet('key').futureGetOrSetResultGet();
    if (entry.tag !== 'ok' || entry.val.tag !== 'vacant') throw new Error('it is not vacant');
    const value = entry.val.val.vacancyFill(undefined);
    await keyvalue.buckets.delete('default');
    expect(codeOf(() => value[Symbol.dispose]())).toBe('no-bucket');
    const absent = cache.exists('key').futureExistsResultGet();
    expect(absent.tag === 'err' && absent.val.cause.code).toBe('no-bucket');
  });
});
