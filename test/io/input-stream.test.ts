import { describe, expect, test } from 'vitest';
import { asKvError, KvError } from '../../src/errors.js';
import { InputStream } from '../../src/io/input-stream.js';
import { isClosed, type StreamError } from '../../src/io/stream-error.js';
import { FakeReadiness, FakeSource, thrownBy } from './fakes.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const closed = { tag: 'closed' };
const U64_MAX = 2n ** 64n - 1n;

describe('read()', () => {
  test('asks its source for what it is asked for', () => {
    const source = new FakeSource(['abc', 'de']);
    const stream = new InputStream(source);
    expect(text(stream.read(10n))).toBe('abc');
    expect(text(stream.read(2n))).toBe('de');
    expect(source.asked).toEqual([10, 2]);
  });

  test('never asks its source for more than a megabyte', () => {
    const source = new FakeSource(['abc', 'abc']);
    const stream = new InputStream(source);
    stream.read(U64_MAX);
    stream.read(2n ** 32n);
    expect(source.asked).toEqual([1024 * 1024, 1024 * 1024]);
  });

  test('gives an empty list where nothing is there yet, and does not wait', () => {
    const readiness = new FakeReadiness(5);
    const stream = new InputStream(new FakeSource(['', 'late'], readiness));
    expect(stream.read(10n)).toHaveLength(0);
    expect(text(stream.read(10n))).toBe('late');
    expect(readiness.waits).toEqual([]);
  });

  test('of nothing asks nothing of its source', () => {
    const source = new FakeSource(['abc']);
    expect(new InputStream(source).read(0n)).toHaveLength(0);
    expect(source.asked).toEqual([]);
  });

  test('fails closed where the source comes to its end, which is closed once', () => {
    const source = new FakeSource(['abc', undefined, 'never']);
    const stream = new InputStream(source);
    stream.read(10n);
    expect(thrownBy(() => stream.read(10n))).toEqual(closed);
    expect(thrownBy(() => stream.read(10n))).toEqual(closed);
    expect(thrownBy(() => stream.read(0n))).toEqual(closed);
    stream[Symbol.dispose]();
    expect(source.closed).toBe(1);
    expect(source.asked).toHaveLength(2);
  });

  test('fails closed without a read where the source knows that it has ended', () => {
    const source = new FakeSource(['never']);
    const stream = new InputStream(source);
    source.ended = true;
    expect(thrownBy(() => stream.read(0n))).toEqual(closed);
    expect(thrownBy(() => stream.read(1n))).toEqual(closed);
    expect(source.asked).toEqual([]);
    expect(source.closed).toBe(1);
  });

  test('gives the failure of its source once, as a resource, then fails closed', () => {
    const cause = new KvError('io', 'cannot read file "x": gone');
    const source = new FakeSource(['abc', cause, 'never']);
    const stream = new InputStream(source);
    stream.read(10n);
    const failure = thrownBy(() => stream.read(10n)) as StreamError;
    expect(failure).not.toBeInstanceOf(Error);
    expect(isClosed(failure)).toBe(false);
    expect(asKvError(failure)).toBe(cause);
    if (failure.tag !== 'last-operation-failed') throw new Error(failure.tag);
    expect(failure.val).not.toBeInstanceOf(Error);
    expect(failure.val.toDebugString()).toBe('cannot read file "x": gone');
    expect(thrownBy(() => stream.read(10n))).toEqual(closed);
    expect(source.closed).toBe(1);
  });

  test('makes of any other failure one that is a defect', () => {
    const stream = new InputStream(new FakeSource([new TypeError('oops')]));
    const failure = thrownBy(() => stream.read(1n));
    expect(failure).toMatchObject({ tag: 'last-operation-failed' });
    expect(asKvError(failure)).toMatchObject({ code: 'internal' });
  });
});

describe('blocking-read', () => {
  test('waits until its source is ready, then reads', () => {
    const readiness = new FakeReadiness(1);
    const stream = new InputStream(new FakeSource(['abc'], readiness));
    expect(text(stream.blockingRead(10n))).toBe('abc');
    expect(readiness.waits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('of nothing, or of what is there, does not wait', () => {
    const notReady = new FakeReadiness(1);
    expect(new InputStream(new FakeSource(['abc'], notReady)).blockingRead(0n)).toHaveLength(0);
    expect(notReady.waits).toEqual([]);
    const ready = new FakeReadiness(0);
    expect(new InputStream(new FakeSource(['abc'], ready)).blockingRead(5n)).toHaveLength(3);
    expect(ready.waits).toEqual([]);
  });
});

describe('skip()', () => {
  test('reads where its source cannot skip', () => {
    const source = new FakeSource(['abc', '', undefined]);
    const stream = new InputStream(source);
    expect(stream.skip(10n)).toBe(3n);
    expect(stream.skip(10n)).toBe(0n);
    expect(thrownBy(() => stream.skip(10n))).toEqual(closed);
  });

  test('asks a source that can skip for all of it, as far as a number is exact', () => {
    const asked: number[] = [];
    const steps = [5, undefined];
    const skip = (length: number) => {
      asked.push(length);
      return steps.shift();
    };
    const stream = new InputStream({ read: () => undefined, ended: false, skip });
    expect(stream.skip(0n)).toBe(0n);
    expect(stream.skip(U64_MAX)).toBe(5n);
    expect(thrownBy(() => stream.skip(7n))).toEqual(closed);
    expect(asked).toEqual([Number.MAX_SAFE_INTEGER, 7]);
  });

  test('waits first when it is the blocking one, unless of nothing', () => {
    const readiness = new FakeReadiness(1);
    const stream = new InputStream(new FakeSource(['abc'], readiness));
    expect(stream.blockingSkip(0n)).toBe(0n);
    expect(readiness.waits).toEqual([]);
    expect(stream.blockingSkip(10n)).toBe(3n);
    expect(readiness.waits).toHaveLength(1);
  });
});

describe('subscribe()', () => {
  test('gives a pollable that is ready when its source is', () => {
    const stream = new InputStream(new FakeSource(['abc'], new FakeReadiness(1)));
    const pollable = stream.subscribe();
    expect(pollable.ready()).toBe(false);
    pollable.block();
    expect(pollable.ready()).toBe(true);
  });

  test('gives a pollable that is always ready where nothing makes a reader wait', () => {
    const stream = new InputStream({ read: () => undefined, ended: false });
    expect(stream.subscribe().ready()).toBe(true);
  });

  test('gives a pollable that is ready from the end of its stream on', () => {
    const stream = new InputStream(new FakeSource([], new FakeReadiness(1)));
    const pollable = stream.subscribe();
    expect(pollable.ready()).toBe(false);
    expect(thrownBy(() => stream.read(1n))).toEqual(closed);
    expect(pollable.ready()).toBe(true);
    pollable.block();
  });
});

test('a stream that is dropped closes its source once, and is closed', () => {
  const source = new FakeSource(['never']);
  const stream = new InputStream(source);
  stream[Symbol.dispose]();
  stream[Symbol.dispose]();
  expect(source.closed).toBe(1);
  expect(thrownBy(() => stream.read(1n))).toEqual(closed);
});

test('a source needs neither a readiness nor a way to be closed', () => {
  const stream = new InputStream({ read: () => undefined, ended: false });
  expect(thrownBy(() => stream.blockingRead(1n))).toEqual(closed);
});
