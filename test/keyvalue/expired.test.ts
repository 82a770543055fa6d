/** A record that has expired is absent for each function of each interface that a component may import. */
import { describe, expect, test } from 'vitest';
import type { DraftBucket } from '../../src/keyvalue/drafts/store.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { keyvalueOver, type OpenKeyvalue, openTestStore } from '../support/open-test-store.js';
import { getText, setValue } from '../support/records.js';

/** When key "k" expires, in ms since the epoch. */
const EXPIRES = 1_800_000_000_000;

const stores = [
  { name: 'on LMDB', make: openTestStore },
  { name: 'in memory', make: async (now: () => number) => new MemoryStore(now) },
];

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe.each(stores)('$name, of a key that has expired', ({ make }) => {
  /** A store with a counter `k` that expires, and one that stays; `expire` lets that moment come. */
  async function opened() {
    let now = EXPIRES - 1;
    const keyvalue: OpenKeyvalue = keyvalueOver(await make(() => now));
    const bucket = keyvalue.buckets.create('test');
    for (const key of ['k', 'stays']) setValue(keyvalue, bucket, key, '41');
    const stored = keyvalue.store.bucket('test')!;
    stored.expire('k', EXPIRES);
    const expire = () => {
      now = EXPIRES;
    };
    return { keyvalue, bucket, stored, expire, expiresOf: () => stored.stat('k')?.expires };
  }

  test('eventual tells none; a value that was got before goes on; set() clears when it expires', async () => {
    const { keyvalue, bucket, expire, expiresOf } = await opened();
    const { eventual, types } = keyvalue;
    const before = eventual.get(bucket, 'k')!;
    expire();
    expect(text(types.IncomingValue.incomingValueConsumeSync(before))).toBe('41');
    expect([eventual.get(bucket, 'k'), eventual.exists(bucket, 'k')]).toEqual([undefined, false]);
    eventual.delete(bucket, 'k');
    setValue(keyvalue, bucket, 'k', 'new');
    expect([getText(keyvalue, bucket, 'k'), expiresOf()]).toEqual(['new', undefined]);
  });

  test('eventual-batch leaves it out, by position, and may set and delete it', async () => {
    const { keyvalue, bucket, expire, expiresOf } = await opened();
    const { eventualBatch, types } = keyvalue;
    expire();
    const got = eventualBatch.getMany(bucket, ['k', 'stays', 'k']);
    expect(got.map((one) => one !== undefined)).toEqual([false, true, false]);
    expect(eventualBatch.keys(bucket)).toEqual(['stays']);
    eventualBatch.deleteMany(bucket, ['k']);
    const value = types.OutgoingValue.newOutgoingValue();
    value.outgoingValueWriteBodySync(Buffer.from('new'));
    eventualBatch.setMany(bucket, [['k', value]]);
    expect([eventualBatch.keys(bucket), expiresOf()]).toEqual([['k', 'stays'], undefined]);
  });

  test('atomic begins anew, and keeps the moment of one that is there', async () => {
    const { keyvalue, bucket, expire, expiresOf } = await opened();
    const { atomic } = keyvalue;
    expect([atomic.increment(bucket, 'k', 1n), expiresOf()]).toEqual([42n, EXPIRES]);
    expect(atomic.compareAndSwap(bucket, 'k', 42n, 43n)).toBe(true);
    expect(expiresOf()).toBe(EXPIRES);
    expire();
    expect(atomic.compareAndSwap(bucket, 'k', 43n, 1n)).toBe(false);
    expect([atomic.increment(bucket, 'k', 5n), expiresOf()]).toEqual([5n, undefined]);
  });

  test.each(['draft', 'draft2'] as const)(
    'store, atomics and batch of %s say the same',
    async (of) => {
      const { keyvalue, stored, expire, expiresOf } = await opened();
      const { store, atomics, batch } = keyvalue[of];
      const target = store.open('test') as DraftBucket<never>;
      const increment = atomics.increment as (bucket: unknown, key: string, by: bigint) => bigint;
      expect([increment(target, 'k', 1n), expiresOf()]).toEqual([42n, EXPIRES]);
      expire();
      expect([target.get('k'), target.exists('k')]).toEqual([undefined, false]);
      expect(target.listKeys(undefined)).toEqual({ keys: ['stays'] });
      const [gone, there] = batch.getMany(target, ['k', 'stays']);
      expect([gone, text(there?.[1])]).toEqual([undefined, '41']);
      expect([increment(target, 'k', 5n), expiresOf()]).toEqual([5n, undefined]);
      stored.expire('k', EXPIRES + 1);
      target.set('k', Buffer.from('new'));
      expect([text(target.get('k')), expiresOf()]).toEqual(['new', undefined]);
      stored.expire('k', EXPIRES + 1);
      batch.setMany(target, [['k', Buffer.from('newer')]]);
      expect([text(target.get('k')), expiresOf()]).toEqual(['newer', undefined]);
    },
  );

  test('a cas of draft2 does not swap what has expired meanwhile, and swaps where it is absent', async () => {
    const { keyvalue, expire, expiresOf } = await opened();
    const { store, atomics } = keyvalue.draft2;
    const target = store.open('test');
    const kept = atomics.Cas.new(target, 'k');
    atomics.swap(kept, Buffer.from('42'));
    expect(expiresOf()).toBe(EXPIRES);
    const late = atomics.Cas.new(target, 'k');
    expire();
    let failed: { tag?: string; val?: typeof late } = {};
    try {
      atomics.swap(late, Buffer.from('lost'));
    } catch (thrown) {
      failed = thrown as typeof failed;
    }
    expect([failed.tag, failed.val?.current(), target.exists('k')]).toEqual([
      'cas-failed',
      undefined,
      false,
    ]);
    atomics.swap(failed.val!, Buffer.from('won'));
    expect([text(target.get('k')), expiresOf()]).toEqual(['won', undefined]);
  });

  test('Tab does not offer it', async () => {
    const { keyvalue, bucket, expire } = await opened();
    expire();
    expect(keyvalue.completions(bucket, '').map((one) => one.text)).toEqual(['stays']);
  });
});
