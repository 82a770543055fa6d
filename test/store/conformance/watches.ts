import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import type { Change, StoreWatch, WatchOptions } from '../../../src/store/watch.js';
import { codeOf } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { spanOf } from '../../support/record-span.js';
import { type Open, put, sizes, wholeOf } from './subject.js';

/** Any moment; a record expires one second after it. */
const NOW = Date.UTC(2026, 0, 1);
const SOON = NOW + 1000;

const everything: WatchOptions = { range: {}, from: 'now' };

export function watches(open: Open): void {
  const openTimed = async () => {
    let now = NOW;
    const store = await open(() => now);
    const goTo = (moment: number) => {
      now = moment;
    };
    return { store, bucket: store.createBucket('test'), goTo };
  };

  test('watch() is not-supported where the store has none', async () => {
    const store = await open();
    if (store.supports.has('watch')) return;
    expect(codeOf(() => store.watch('test', everything))).toBe('not-supported');
  });

  test('what is set and deleted is told once, with what is known of it', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    put(store, bucket, 'old', 'value');
    const watch = begin(store);
    expect(told(watch)).toEqual([]);
    const version = put(store, bucket, 'k', 'value', { expires: SOON });
    expect(watch.isDue()).toBe(true);
    const [change, more] = told(watch);
    expect(more).toBeUndefined();
    expect(change).toMatchObject({
      kind: 'set',
      entry: { key: 'k', size: 5, version, expires: SOON },
    });
    expect(change).toMatchObject({ time: bucket.stat('k')!.modified });
    expect(told(watch)).toEqual([]);
    const before = bucket.stat('old')!;
    bucket.delete('old');
    expect(told(watch)).toEqual([{ kind: 'delete', entry: { key: 'old', ...before }, time: NOW }]);
    expect(told(watch)).toEqual([]);
  });

  test('of several changes between two looks the last one counts', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    put(store, bucket, 'same', '0');
    const watch = begin(store);
    for (const value of ['1', '2', '3']) put(store, bucket, 'k', value);
    put(store, bucket, 'gone', '1');
    bucket.delete('gone');
    bucket.delete('same');
    put(store, bucket, 'same', '0');
    expect(shown(told(watch))).toEqual(['set k', 'set same']);
  });

  test('what is gone comes first, and what was set in the order of its versions', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    put(store, bucket, 'a', '');
    const watch = begin(store);
    for (const key of ['z', 'm', 'b', 'x']) put(store, bucket, key, '');
    bucket.move('a', { bucket: 'test', key: 'c' });
    bucket.increment('n', 1n);
    expect(shown(told(watch))).toEqual([
      'delete a',
      ...['z', 'm', 'b', 'x', 'c', 'n'].map((key) => `set ${key}`),
    ]);
  });

  test.each(sizes)('a value of %i bytes is told by its size, and can be read', async (size) => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    const watch = begin(store);
    put(store, bucket, 'k', patternedBytes(size));
    const [change] = told(watch);
    if (change?.kind !== 'set') throw new Error('nothing was told');
    expect(change.entry.size).toBe(size);
    const read = () => {
      const value = watch.value(change);
      return value && wholeOf(value).equals(patternedBytes(size));
    };
    expect(read()).toBe(true);
    watch.letGo();
    expect(read()).toBe(true);
    watch.letGo();
    put(store, bucket, 'k', 'another');
    expect(read()).toBeUndefined();
    expect(shown(told(watch))).toEqual(['set k']);
  });

  test('a record is told when it expires, though nobody writes, and once', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    const version = put(store, bucket, 'k', 'value', { expires: SOON });
    put(store, bucket, 'later', '', { expires: SOON + 1 });
    put(store, store.createBucket('other'), 'k', '', { expires: SOON });
    const watch = begin(store);
    goTo(SOON - 1);
    expect(told(watch)).toEqual([]);
    goTo(SOON);
    expect(watch.isDue()).toBe(true);
    expect(told(watch)).toMatchObject([
      { kind: 'expire', entry: { key: 'k', size: 5, version }, time: SOON },
    ]);
    expect(told(watch)).toEqual([]);
    // Others who write delete it for good.
    put(store, bucket, 'new', '');
    expect(shown(told(watch))).toEqual(['set new']);
    goTo(SOON + 1);
    expect(shown(told(watch))).toEqual(['expire later']);
  });

  test('what has expired between two looks is told so, be it still stored, set anew or deleted', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    for (const key of ['anew', 'deleted', 'kept', 'longer', 'swept']) {
      put(store, bucket, key, '', { expires: SOON });
    }
    put(store, bucket, 'stays', '');
    const watch = begin(store);
    bucket.delete('deleted');
    bucket.expire('longer', SOON + 1);
    bucket.expire('kept', undefined);
    put(store, bucket, 'short', '', { expires: SOON });
    put(store, bucket, 'stays', '', { expires: SOON });
    goTo(SOON);
    put(store, bucket, 'anew', '');
    await store.collectGarbage();
    const changes = shown(told(watch));
    // That it was deleted before cannot be seen.
    expect(changes.filter((change) => change !== 'expire deleted').sort()).toEqual(
      ['expire swept', 'set anew', 'set kept', 'set longer']
        .concat(changes.includes('expire stays') ? ['expire stays'] : ['delete stays'])
        .sort(),
    );
    goTo(SOON + 1);
    expect(shown(told(watch))).toEqual(['expire longer']);
  });

  test('a record that expires while it is set anew is told by what it is then', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    put(store, bucket, 'k', '', { expires: SOON });
    const watch = begin(store);
    put(store, bucket, 'k', 'new', { expires: SOON });
    goTo(SOON);
    expect(told(watch)).toMatchObject([{ kind: 'expire', entry: { key: 'k' }, time: SOON }]);
    expect(told(watch)).toEqual([]);
  });

  test('only what is in its range is told', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    for (const key of ['a', 'b', 'c', 'd']) put(store, bucket, key, '', { expires: SOON });
    const range = { lower: Buffer.from('b'), upper: Buffer.from('d') };
    const watch = begin(store, { range, from: 'now' });
    for (const key of ['a', 'b', 'bb', 'd', 'e']) put(store, bucket, key, 'new');
    bucket.delete('d');
    goTo(SOON);
    expect(shown(told(watch))).toEqual(['expire c', 'set b', 'set bb']);
  });

  test('from the beginning, what is there comes first, in the order of the keys', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    for (const key of ['z', 'é', 'a', '\u0000', '😀', '\uffff']) put(store, bucket, key, key);
    put(store, bucket, 'expired', '', { expires: SOON });
    goTo(SOON);
    const watch = begin(store, { range: {}, from: 'beginning' });
    expect(shown(told(watch))).toEqual(
      ['\u0000', 'a', 'z', 'é', '\uffff', '😀'].map((key) => `set ${key}`),
    );
    bucket.delete('a');
    expect(shown(told(watch))).toEqual(['delete a']);
  });

  test('a bucket that is made, cleared, deleted, renamed or replaced is told by its keys', async () => {
    const { store } = await openTimed();
    if (!store.supports.has('watch')) return;
    const watch = begin(store, everything, 'other');
    expect(told(watch)).toEqual([]);
    const bucket = store.createBucket('other');
    expect(told(watch)).toEqual([]);
    put(store, bucket, 'a', '');
    put(store, bucket, 'b', '');
    expect(shown(told(watch))).toEqual(['set a', 'set b']);
    await store.clearBucket('other');
    expect(shown(told(watch))).toEqual(['delete a', 'delete b']);
    put(store, bucket, 'c', '');
    told(watch);
    store.renameBucket('other', 'aside');
    expect(shown(told(watch))).toEqual(['delete c']);
    store.renameBucket('aside', 'other');
    expect(shown(told(watch))).toEqual(['set c']);
    await store.deleteBucket('other');
    expect(shown(told(watch))).toEqual(['delete c']);
    const again = store.createBucket('other');
    put(store, again, 'd', '');
    expect(shown(told(watch))).toEqual(['set d']);
    if (!store.supports.has('drafts')) return;
    const draft = store.createDraft();
    put(store, store.bucket(draft)!, 'e', '');
    expect(told(watch)).toEqual([]);
    await store.publishDraft(draft, 'other');
    expect(shown(told(watch))).toEqual(['delete d', 'set e']);
  });

  test('what was undone is not told', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    put(store, bucket, 'k', '');
    const watch = begin(store);
    if (!store.supports.has('transactions')) return;
    const failing = store.transaction(async () => {
      put(store, bucket, 'new', '');
      bucket.delete('k');
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(told(watch)).toEqual([]);
    await store.transaction(async () => {
      expect(() => begin(store)).toThrow('a transaction is under way');
    });
  });

  test('thousands of changes are told, each once, and some at a time where they are many', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    const keys = Array.from({ length: 25_000 }, (_, number) => `${number}`.padStart(6, '0'));
    const load = async (every: number, value: string) => {
      const batch = bucket.batch();
      for (const [number, key] of keys.entries()) {
        if (number % every === 0) batch.add(number, spanOf(key, value));
      }
      await bucket.load(batch, 'overwrite');
    };
    const watch = begin(store);
    await load(1, '');
    // As texts, of which the runner makes no comparison of its own.
    expect(shown(told(watch)).join() === keys.map((key) => `set ${key}`).join()).toBe(true);
    await load(3, 'new');
    await bucket.deleteRange({ lower: Buffer.from('013'), upper: Buffer.from('014') });
    const expected = keys.flatMap((key, number) => {
      if (key.startsWith('013')) return [`delete ${key}`];
      return number % 3 === 0 ? [`set ${key}`] : [];
    });
    expect(shown(told(watch)).sort().join() === expected.sort().join()).toBe(true);
    expect(told(watch)).toEqual([]);
  });

  test('letGo() misses nothing of a small bucket', async () => {
    const { store, bucket, goTo } = await openTimed();
    if (!store.supports.has('watch')) return;
    for (const key of ['a', 'b', 'c', 'd']) put(store, bucket, key, '');
    put(store, bucket, 'e', '', { expires: SOON });
    const watch = begin(store);
    watch.letGo();
    expect(told(watch)).toEqual([]);
    watch.letGo();
    watch.letGo();
    bucket.delete('a');
    put(store, bucket, 'b', 'new');
    put(store, bucket, 'f', 'new');
    goTo(SOON);
    const [one, other, ...set] = shown(told(watch));
    expect([[one, other].sort(), set]).toEqual([
      ['delete a', 'expire e'],
      ['set b', 'set f'],
    ]);
    expect(told(watch)).toEqual([]);
  });

  test('letGo() in the midst of the changes ends them, and the next ones have the rest', async () => {
    const { store, bucket } = await openTimed();
    if (!store.supports.has('watch')) return;
    const keys = Array.from({ length: 5000 }, (_, number) => `${number}`.padStart(4, '0'));
    const batch = bucket.batch();
    for (const [number, key] of keys.entries()) batch.add(number, spanOf(key, ''));
    await bucket.load(batch, 'overwrite');
    const watch = begin(store, { range: {}, from: 'beginning' });
    const first: Change[] = [];
    for (const changes of watch.changes()) {
      first.push(...changes);
      if (changes.length > 0) watch.letGo();
    }
    bucket.delete('0001');
    bucket.delete('4999');
    put(store, bucket, '0002', 'new');
    put(store, bucket, '4998', 'new');
    const rest = shown(told(watch));
    const seen = [...shown(first), ...rest].filter((change) => change.startsWith('set '));
    const expected = keys.filter((key) => key !== '4999').map((key) => `set ${key}`);
    const isWhole = first.length === keys.length;
    if (isWhole) expect(rest).toEqual(['delete 0001', 'delete 4999', 'set 0002', 'set 4998']);
    else expect(seen.sort().join() === [...expected, 'set 0002'].sort().join()).toBe(true);
    expect(rest).toContain('delete 0001');
    expect(told(watch)).toEqual([]);
  });

  function begin(store: Store, options = everything, name = 'test'): StoreWatch {
    const watch = store.watch(name, options);
    onTestFinished(() => watch.close());
    return watch;
  }
}

/** All changes up to now. */
export function told(watch: StoreWatch): Change[] {
  return [...watch.changes()].flat();
}

export function shown(changes: readonly Change[]): string[] {
  return changes.map((change) =>
    change.kind === 'missed' ? 'missed' : `${change.kind} ${change.entry.key}`,
  );
}
