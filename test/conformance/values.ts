import { expect, test } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import {
  drop,
  expectBytes,
  expectClosed,
  get,
  getText,
  incoming,
  newBucket,
  newValue,
  readToEnd,
  type Subject,
  set,
  stream,
  writeAll,
} from './subject.js';

const KIB = 1024;

/** Around every border that a store may have: 64 KiB, 256 KiB, a chunk, a batch of chunks, 5 MiB. */
const sizes = [
  1,
  64 * KIB - 1,
  64 * KIB,
  64 * KIB + 1,
  70_000,
  256 * KIB - 25,
  256 * KIB - 24,
  256 * KIB - 23,
  256 * KIB - 1,
  256 * KIB,
  256 * KIB + 1,
  16 * (256 * KIB - 24),
  16 * (256 * KIB - 24) + 1,
  5 * KIB * KIB,
  5 * KIB * KIB + 1,
  32 * (256 * KIB - 24),
];

/** Kept beside the key, in chunks, and in more than one batch of them. */
const kinds = [
  { kind: 'a small value', size: 10 },
  { kind: 'a value of 70 KB', size: 70_000 },
  { kind: 'a value of 256 KiB', size: 256 * KIB },
  { kind: 'a value of 5 MiB', size: 5 * KIB * KIB + 7 },
];

export function values(open: () => Promise<Subject>): void {
  test('get() returns none for a missing key', async () => {
    const subject = await open();
    expect(subject.world.eventual.get(newBucket(subject), 'missing')).toBeUndefined();
  });

  test('exists() is false before set(), true after it, false after delete()', async () => {
    const subject = await open();
    const { eventual } = subject.world;
    const bucket = newBucket(subject);
    expect(eventual.exists(bucket, 'key')).toBe(false);
    set(subject, bucket, 'key', 'value');
    expect(eventual.exists(bucket, 'key')).toBe(true);
    eventual.delete(bucket, 'key');
    expect(eventual.exists(bucket, 'key')).toBe(false);
    expect(eventual.get(bucket, 'key')).toBeUndefined();
  });

  test('delete() of a missing key does nothing', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'other', 'stays');
    subject.world.eventual.delete(bucket, 'missing');
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(['other']);
  });

  test('an empty value is a value, and not absent', async () => {
    const subject = await open();
    const { eventual, types } = subject.world;
    const bucket = newBucket(subject);
    const untouched = types.OutgoingValue.newOutgoingValue();
    eventual.set(bucket, 'untouched', untouched);
    set(subject, bucket, 'empty', '');
    for (const key of ['untouched', 'empty']) {
      expect(eventual.exists(bucket, key)).toBe(true);
      expect(incoming(subject, bucket, key).incomingValueSize()).toBe(0n);
      expect(get(subject, bucket, key)).toEqual(Buffer.alloc(0));
      expectClosed(() => stream(subject, bucket, key).blockingRead(1n));
    }
  });

  test.each(sizes)('a value of %i bytes comes back, at once and as a stream', async (size) => {
    const subject = await open();
    const { eventual, types } = subject.world;
    const bucket = newBucket(subject);
    const contents = patternedBytes(size);
    set(subject, bucket, 'sync', contents);
    const value = types.OutgoingValue.newOutgoingValue();
    writeAll(value.outgoingValueWriteBodyAsync(), contents);
    eventual.set(bucket, 'async', value);
    drop(value);
    for (const key of ['sync', 'async']) {
      expect(incoming(subject, bucket, key).incomingValueSize()).toBe(BigInt(size));
      expectBytes(get(subject, bucket, key), contents);
      expectBytes(readToEnd(stream(subject, bucket, key)), contents);
    }
  });

  test.each(kinds)('$kind is replaced by each other kind', async ({ size }) => {
    const subject = await open();
    const bucket = newBucket(subject);
    for (const { size: other } of kinds) {
      set(subject, bucket, 'key', patternedBytes(size));
      set(subject, bucket, 'key', patternedBytes(other, 1));
      expectBytes(get(subject, bucket, 'key'), patternedBytes(other, 1));
    }
  });

  test('sync and async writes append, in the order they are made', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const value = newValue(subject, 'a');
    const first = value.outgoingValueWriteBodyAsync();
    writeAll(first, Buffer.from('b'));
    value.outgoingValueWriteBodySync(Buffer.from('c'));
    const second = value.outgoingValueWriteBodyAsync();
    writeAll(second, Buffer.from('d'));
    writeAll(first, Buffer.from('e'));
    drop(second);
    drop(first);
    value.outgoingValueWriteBodySync(Buffer.from('f'));
    subject.world.eventual.set(bucket, 'key', value);
    expect(getText(subject, bucket, 'key')).toBe('abcdef');
  });

  test('the body keeps no hold of the array it is given', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const value = subject.world.types.OutgoingValue.newOutgoingValue();
    const contents = Buffer.from('before');
    value.outgoingValueWriteBodySync(contents);
    contents.fill('x');
    subject.world.eventual.set(bucket, 'key', value);
    expect(getText(subject, bucket, 'key')).toBe('before');
  });

  test('the array that a value is consumed into is its own', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'key', 'before');
    const value = incoming(subject, bucket, 'key');
    get(subject, bucket, 'key')!.fill('x');
    subject.world.types.IncomingValue.incomingValueConsumeSync(value).fill(0);
    expect(getText(subject, bucket, 'key')).toBe('before');
  });

  test.each(kinds)(
    'set() takes all of $kind, unflushed, with its stream open',
    async ({ size }) => {
      const subject = await open();
      const bucket = newBucket(subject);
      const value = subject.world.types.OutgoingValue.newOutgoingValue();
      const body = value.outgoingValueWriteBodyAsync();
      writeAll(body, patternedBytes(size));
      subject.world.eventual.set(bucket, 'key', value);
      expectBytes(get(subject, bucket, 'key'), patternedBytes(size));
    },
  );

  test.each(kinds)('what is written to $kind after a set() shows in later ones', async (kind) => {
    const subject = await open();
    const { eventual } = subject.world;
    const bucket = newBucket(subject);
    const contents = patternedBytes(3 * kind.size);
    const value = subject.world.types.OutgoingValue.newOutgoingValue();
    const body = value.outgoingValueWriteBodyAsync();
    for (const [index, key] of ['first', 'second', 'third'].entries()) {
      writeAll(body, contents.subarray(index * kind.size, (index + 1) * kind.size));
      eventual.set(bucket, key, value);
    }
    drop(body);
    drop(value);
    expectBytes(get(subject, bucket, 'first'), contents.subarray(0, kind.size));
    expectBytes(get(subject, bucket, 'second'), contents.subarray(0, 2 * kind.size));
    expectBytes(get(subject, bucket, 'third'), contents);
    // Each stands for itself, whichever goes.
    eventual.delete(bucket, 'second');
    expectBytes(get(subject, bucket, 'first'), contents.subarray(0, kind.size));
    set(subject, bucket, 'first', 'other');
    expectBytes(get(subject, bucket, 'third'), contents);
  });

  test.each(kinds)('$kind may be set under several keys, and again', async ({ size }) => {
    const subject = await open();
    const { eventual } = subject.world;
    const bucket = newBucket(subject);
    const contents = patternedBytes(size);
    const value = newValue(subject, contents);
    for (const key of ['a', 'b', 'a', 'c']) eventual.set(bucket, key, value);
    eventual.delete(bucket, 'b');
    expectBytes(get(subject, bucket, 'a'), contents);
    eventual.delete(bucket, 'a');
    eventual.set(bucket, 'd', value);
    drop(value);
    expectBytes(get(subject, bucket, 'c'), contents);
    expectBytes(get(subject, bucket, 'd'), contents);
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(['c', 'd']);
  });

  test('a value that is dropped without a set() leaves no key', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    drop(newValue(subject, patternedBytes(5 * KIB * KIB)));
    expect(subject.world.eventualBatch.keys(bucket)).toEqual([]);
  });

  test.each(kinds)(
    '$kind that was got reads as it was, whatever happens to its key',
    async (kind) => {
      const subject = await open();
      const { eventual, types } = subject.world;
      const bucket = newBucket(subject);
      const contents = patternedBytes(kind.size);
      set(subject, bucket, 'overwritten', contents);
      set(subject, bucket, 'deleted', contents);
      const overwritten = incoming(subject, bucket, 'overwritten');
      const deleted = incoming(subject, bucket, 'deleted');
      const half = stream(subject, bucket, 'overwritten');
      const begun = half.blockingRead(5n);
      for (const seed of [1, 2, 3]) {
        set(subject, bucket, 'overwritten', patternedBytes(kind.size + seed, seed));
        eventual.delete(bucket, 'deleted');
        set(subject, bucket, 'deleted', patternedBytes(kind.size, seed));
      }
      expect(overwritten.incomingValueSize()).toBe(BigInt(kind.size));
      expectBytes(types.IncomingValue.incomingValueConsumeSync(overwritten), contents);
      const whole = types.IncomingValue.incomingValueConsumeAsync(deleted);
      expectBytes(readToEnd(whole), contents);
      expectBytes(Buffer.concat([begun, readToEnd(half)]), contents);
    },
  );

  test('streams of one value, and of values of several buckets, are read side by side', async () => {
    const subject = await open();
    const [one, two] = [newBucket(subject, 'one'), newBucket(subject, 'two')];
    set(subject, one, 'key', patternedBytes(600_000, 1));
    set(subject, two, 'key', patternedBytes(600_000, 2));
    const readers = [one, one, two].map((bucket) => ({
      source: stream(subject, bucket, 'key'),
      pieces: [] as Uint8Array[],
    }));
    for (let read = 0; read < 600_000; read += 1000) {
      for (const { source, pieces } of readers) pieces.push(source.blockingRead(1000n));
    }
    const [first, second, third] = readers.map(({ source, pieces }) =>
      Buffer.concat([...pieces, readToEnd(source)]),
    );
    expectBytes(first, patternedBytes(600_000, 1));
    expectBytes(second, patternedBytes(600_000, 1));
    expectBytes(third, patternedBytes(600_000, 2));
  });
}
