/**
 * A guest in JavaScript that imports every draft of wasi:keyvalue, and as its argument says checks one of them
 * from inside: it prints what it has checked, and throws where something is not so. Expected outside: bucket
 * "default" with "outside", whose value is `bar`, and "preset", which is 5; and "read", granted to read, with
 * the same "outside". Longer than other files, as a guest is one text.
 *
 * componentize-js 0.23 aborts where it is to pass an s64 below 0, so those are left to guests/draft.c.
 */

/** The interfaces that it imports beside those of a command. */
export const imports = [
  'wasi:cli/environment@0.2.1',
  'wasi:io/poll@0.2.0',
  ...['eventual', 'atomic', 'eventual-batch'].map((name) => `wasi:keyvalue/${name}@0.2.0-draft`),
  ...['eventual', 'atomic', 'eventual-batch', 'cache'].map((name) => `wasi:keyvalue/${name}@0.1.0`),
  ...['store', 'atomics', 'batch'].map((name) => `wasi:keyvalue/${name}@0.2.0-draft`),
  ...['store', 'atomics', 'batch'].map((name) => `wasi:keyvalue/${name}@0.2.0-draft2`),
];

export const source = `
import { getArguments } from 'wasi:cli/environment@0.2.1';
import { poll } from 'wasi:io/poll@0.2.0';
import * as seedTypes from 'wasi:keyvalue/types@0.2.0-draft';
import * as seedEventual from 'wasi:keyvalue/eventual@0.2.0-draft';
import * as seedAtomic from 'wasi:keyvalue/atomic@0.2.0-draft';
import * as seedBatch from 'wasi:keyvalue/eventual-batch@0.2.0-draft';
import * as firstTypes from 'wasi:keyvalue/types@0.1.0';
import * as firstEventual from 'wasi:keyvalue/eventual@0.1.0';
import * as firstAtomic from 'wasi:keyvalue/atomic@0.1.0';
import * as firstBatch from 'wasi:keyvalue/eventual-batch@0.1.0';
import * as cache from 'wasi:keyvalue/cache@0.1.0';
import * as draftStore from 'wasi:keyvalue/store@0.2.0-draft';
import * as draftAtomics from 'wasi:keyvalue/atomics@0.2.0-draft';
import * as draftBatch from 'wasi:keyvalue/batch@0.2.0-draft';
import * as draft2Store from 'wasi:keyvalue/store@0.2.0-draft2';
import * as draft2Atomics from 'wasi:keyvalue/atomics@0.2.0-draft2';
import * as draft2Batch from 'wasi:keyvalue/batch@0.2.0-draft2';

const bytes = (text) => new TextEncoder().encode(text);
const text = (bytes) => bytes && new TextDecoder().decode(bytes);
const large = Uint8Array.from({ length: 10_001 }, (_, index) => index * 7);
const U64_MAX = 2n ** 64n - 1n;

function same(what, is, expected) {
  const [left, right] = [is, expected].map((one) =>
    JSON.stringify(one, (_, value) => (typeof value === 'bigint' ? value + 'n' : value)),
  );
  if (left !== right) throw new Error(what + ': ' + left + ', not ' + right);
}

/** What a function that fails throws. */
function failed(what, work) {
  try {
    work();
  } catch (error) {
    return error.payload;
  }
  throw new Error(what + ': it did not fail');
}

/** The lists of the seed, whose values are consumed by static functions, and of 0.1.0, by methods. */
function seedLike({ types, eventual, atomic, batch, consumeSync, consumeAsync }) {
  const { Bucket, OutgoingValue } = types;
  same('trace', failed('nowhere', () => Bucket.openBucket('nowhere')).trace(),
    'cannot open bucket "nowhere": it has not been granted');
  const bucket = Bucket.openBucket('default');
  const valueOf = (contents) => {
    const value = OutgoingValue.newOutgoingValue();
    value.outgoingValueWriteBodySync(contents);
    return value;
  };
  const read = (key) => {
    const value = eventual.get(bucket, key);
    return value && consumeSync(value);
  };

  same('exists', eventual.exists(bucket, 'outside'), true);
  const value = eventual.get(bucket, 'outside');
  same('size', value.incomingValueSize(), 3n);
  same('sync', text(consumeSync(value)), 'bar');
  const stream = consumeAsync(eventual.get(bucket, 'outside'));
  const pollable = stream.subscribe();
  same('polled twice', [...poll([pollable, pollable])], [0, 1]);
  same('async', text(stream.blockingRead(10n)), 'bar');
  same('its end', failed('end', () => stream.blockingRead(10n)).tag, 'closed');

  eventual.set(bucket, 'large', valueOf(large));
  same('large', [...read('large')], [...large]);
  const open = OutgoingValue.newOutgoingValue();
  const body = open.outgoingValueWriteBodyAsync();
  body.blockingWriteAndFlush(bytes('written'));
  eventual.set(bucket, 'key', open);
  same('set while its stream is open', text(read('key')), 'written');
  body.blockingWriteAndFlush(bytes(' on'));
  same('written since', text(read('key')), 'written');
  eventual.set(bucket, 'key', open);
  same('set again', text(read('key')), 'written on');
  eventual.set(bucket, 'key', valueOf(bytes('')));
  same('empty is not absent', [text(read('key')), eventual.exists(bucket, 'key')], ['', true]);
  eventual.delete(bucket, 'key');
  same('deleted', [eventual.get(bucket, 'key'), eventual.exists(bucket, 'key')], [undefined, false]);
  failed('an empty key', () => eventual.exists(bucket, ''));

  same('1', atomic.increment(bucket, 'counter', 1n), 1n);
  same('42', atomic.increment(bucket, 'counter', 41n), 42n);
  const swap = (old, next) => atomic.compareAndSwap(bucket, 'counter', old, next);
  same('swaps', [swap(42n, 4242n), swap(42n, 4242n), swap(4242n, 42n)], [true, false, true]);
  same('no key', atomic.compareAndSwap(bucket, 'missing', 0n, 1n), false);
  same('its bytes', text(read('counter')), '42');
  same('preset', atomic.increment(bucket, 'preset', 1n), 6n);
  eventual.set(bucket, 'counter', valueOf(bytes(String(U64_MAX))));
  failed('past the most', () => atomic.increment(bucket, 'counter', 1n));
  same('unchanged', text(read('counter')), String(U64_MAX));

  const one = valueOf(bytes('1'));
  batch.setMany(bucket, [['a1', one], ['b1', one], ['c1', one]]);
  batch.deleteMany(bucket, ['a1', 'c1', 'missing']);
  const found = batch.getMany(bucket, ['a1', 'b1', 'c1', 'b1']);
  same('many', found.map((value) => value && text(consumeSync(value))), [undefined, '1', undefined, '1']);
  same('keys', batch.keys(bucket), ['b1', 'counter', 'large', 'outside', 'preset']);
}

function cached() {
  const { types } = { types: firstTypes };
  const got = (key) => {
    const { tag, val } = cache.get(key).futureGetResultGet();
    same('got', tag, 'ok');
    return val && text(val.incomingValueConsumeSync());
  };
  const is = (key) => cache.exists(key).futureExistsResultGet().val;
  const put = (key, contents, ttl) => {
    const value = types.OutgoingValue.newOutgoingValue();
    value.outgoingValueWriteBodySync(bytes(contents));
    const future = cache.set(key, value, ttl);
    same('ready', future.listenToFutureResult().ready(), true);
    same('set', future.futureResultGet().tag, 'ok');
  };
  same('outside', [got('outside'), got('missing')], ['bar', undefined]);
  put('cached', 'brief', 0);
  same('expired', [got('cached'), is('cached')], [undefined, false]);
  put('cached', 'long', 3_600_000);
  same('kept', [got('cached'), is('cached')], ['long', true]);
  same('deleted', [cache.delete('cached').futureResultGet().tag, is('cached')], ['ok', false]);
  same('occupied', cache.getOrSet('outside').futureGetOrSetResultGet().val.tag, 'occupied');
  const { tag, val } = cache.getOrSet('filled').futureGetOrSetResultGet().val;
  same('vacant', tag, 'vacant');
  const value = val.vacancyFill(undefined);
  value.outgoingValueWriteBodySync(bytes('filled'));
  same('not yet', is('filled'), false);
  value[Symbol.dispose]();
  same('filled', got('filled'), 'filled');
  cache.delete('filled');
  failed('twice', () => {
    const future = cache.exists('outside');
    future.futureExistsResultGet();
    const again = future.futureExistsResultGet();
    if (again.tag === 'err') throw { payload: again.val };
  });
}

/** The lists of the later drafts; increments of draft2 are signed. */
function later({ store, atomics, batch }, most) {
  const other = (what, work) => same(what, failed(what, work).tag, 'other');
  same('nowhere', failed('nowhere', () => store.open('nowhere')).tag, 'no-such-store');
  const bucket = store.open('');
  same('outside', text(bucket.get('outside')), 'bar');
  same('missing', [bucket.get('missing'), bucket.exists('missing')], [undefined, false]);
  bucket.set('key', bytes(''));
  same('empty is not absent', [text(bucket.get('key')), bucket.exists('key')], ['', true]);
  bucket.delete('key');
  bucket.delete('key');
  same('deleted', bucket.exists('key'), false);
  bucket.set('large', large);
  same('large', [...bucket.get('large')], [...large]);
  bucket.delete('large');
  other('an empty key', () => bucket.get(''));

  const names = Array.from({ length: 500 }, (_, index) => 'k' + String(index).padStart(3, '0'));
  batch.setMany(bucket, names.map((name) => [name, bytes('listed')]));
  const first = bucket.listKeys();
  same('a page', first.keys, names);
  bucket.delete('k000');
  bucket.set('a', bytes('before the cursor'));
  const second = bucket.listKeys(first.cursor);
  same('the next', [second.keys, second.cursor], [['outside', 'preset'], undefined]);
  other('no cursor', () => bucket.listKeys(typeof first.cursor === 'bigint' ? 500n : '500'));
  batch.deleteMany(bucket, [...names, 'a', 'missing']);

  same('1', atomics.increment(bucket, 'counter', 1n), 1n);
  same('42', atomics.increment(bucket, 'counter', 41n), 42n);
  same('its bytes', text(bucket.get('counter')), '42');
  same('preset', atomics.increment(bucket, 'preset', 1n), 6n);
  bucket.set('counter', bytes(String(most)));
  other('past the most', () => atomics.increment(bucket, 'counter', 1n));
  same('unchanged', text(bucket.get('counter')), String(most));
  other('no counter', () => atomics.increment(bucket, 'outside', 1n));
  bucket.delete('counter');

  batch.setMany(bucket, [['a1', bytes('a')], ['b1', bytes('b')], ['c1', bytes('')]]);
  batch.deleteMany(bucket, ['a1', 'c1', 'missing']);
  const found = batch.getMany(bucket, ['a1', 'b1', 'c1', 'b1']);
  same('many', found.map((one) => one && [one[0], text(one[1])]),
    [undefined, ['b1', 'b'], undefined, ['b1', 'b']]);
  other('a batch with an empty key', () => batch.setMany(bucket, [['a1', bytes('a')], ['', bytes('')]]));
  same('not a part of it', bucket.exists('a1'), false);

  const read = store.open('read');
  const denied = (what, work) => same(what, failed(what, work).tag, 'access-denied');
  same('read', text(read.get('outside')), 'bar');
  denied('set', () => read.set('outside', bytes('written')));
  denied('delete', () => read.delete('outside'));
  denied('increment', () => atomics.increment(read, 'n', 1n));
  denied('set-many', () => batch.setMany(read, [['outside', bytes('written')]]));
  denied('delete-many', () => batch.deleteMany(read, ['outside']));
}

function swaps({ store, atomics }) {
  const { Cas, swap } = atomics;
  const bucket = store.open('');
  const put = (contents) => bucket.set('held', bytes(contents));
  const lost = (cas) => {
    const { tag, val } = failed('swap', () => swap(cas, bytes('lost')));
    same('a swap', tag, 'cas-failed');
    return val;
  };
  const missing = Cas.new(bucket, 'held');
  same('missing', missing.current(), undefined);
  swap(missing, bytes('made'));
  same('made', text(bucket.get('held')), 'made');
  const cas = Cas.new(bucket, 'held');
  same('current', [text(cas.current()), text(cas.current())], ['made', 'made']);
  put('else');
  put('made');
  const again = lost(cas);
  same('changed and changed back', text(again.current()), 'made');
  swap(again, bytes('won'));
  same('won', text(bucket.get('held')), 'won');
  const deleted = Cas.new(bucket, 'held');
  bucket.delete('held');
  const late = lost(deleted);
  put('there again');
  lost(late);
  bucket.delete('held');
  const { tag, val } = failed('denied', () =>
    swap(Cas.new(store.open('read'), 'outside'), bytes('written')));
  same('denied', [tag, val.tag], ['store-error', 'access-denied']);
}

const draft = { store: draftStore, atomics: draftAtomics, batch: draftBatch };
const draft2 = { store: draft2Store, atomics: draft2Atomics, batch: draft2Batch };
const checks = {
  seed: () =>
    seedLike({
      types: seedTypes,
      eventual: seedEventual,
      atomic: seedAtomic,
      batch: seedBatch,
      consumeSync: (value) => seedTypes.IncomingValue.incomingValueConsumeSync(value),
      consumeAsync: (value) => seedTypes.IncomingValue.incomingValueConsumeAsync(value),
    }),
  first() {
    seedLike({
      types: firstTypes,
      eventual: firstEventual,
      atomic: firstAtomic,
      batch: firstBatch,
      consumeSync: (value) => value.incomingValueConsumeSync(),
      consumeAsync: (value) => value.incomingValueConsumeAsync(),
    });
    cached();
  },
  draft: () => later(draft, U64_MAX),
  draft2() {
    later(draft2, 2n ** 63n - 1n);
    swaps(draft2);
  },
};

export const run = {
  run() {
    const [, name] = getArguments();
    checks[name]();
    console.log(name + ' holds');
    console.error(typeof fetch, Object.keys(globalThis.process?.env ?? {}).length);
  },
};
`;
