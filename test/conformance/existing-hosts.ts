import { expect, test } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import {
  drop,
  expectBytes,
  expectClosed,
  failure,
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

export function existingHosts(open: () => Promise<Subject>): void {
  test('a counter is incremented and swapped, and its bytes are exactly 42', async () => {
    const subject = await open();
    const { atomic } = subject.world;
    const bucket = newBucket(subject, 'test');
    expect(atomic.increment(bucket, 'counter', 1n)).toBe(1n);
    expect(atomic.increment(bucket, 'counter', 41n)).toBe(42n);
    expect(atomic.compareAndSwap(bucket, 'counter', 42n, 4242n)).toBe(true);
    expect(atomic.compareAndSwap(bucket, 'counter', 42n, 4242n)).toBe(false);
    expect(atomic.compareAndSwap(bucket, 'counter', 4242n, 42n)).toBe(true);
    expect(get(subject, bucket, 'counter')).toEqual(Buffer.from('42'));
  });

  test('foo set to bar from outside exists, is read both ways, and is deleted', async () => {
    const subject = await open();
    const { eventual } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, 'foo', 'bar');
    expect(eventual.exists(bucket, 'foo')).toBe(true);
    expect(incoming(subject, bucket, 'foo').incomingValueSize()).toBe(3n);
    expect(getText(subject, bucket, 'foo')).toBe('bar');
    expect(readToEnd(stream(subject, bucket, 'foo'))).toHaveLength(3);
    eventual.delete(bucket, 'foo');
    expect(eventual.exists(bucket, 'foo')).toBe(false);
  });

  test('a body of over 10,000 bytes is set and got', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'large', patternedBytes(10_001));
    expectBytes(get(subject, bucket, 'large'), patternedBytes(10_001));
  });

  test('an async body is flushed, then set with its stream still open', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const value = subject.world.types.OutgoingValue.newOutgoingValue();
    const body = value.outgoingValueWriteBodyAsync();
    writeAll(body, Buffer.from('wasi'));
    body.blockingFlush();
    subject.world.eventual.set(bucket, 'key', value);
    expect(getText(subject, bucket, 'key')).toBe('wasi');
    drop(body);
    drop(value);
  });

  test('a preset 5 is incremented to 6', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'preset', '5');
    expect(subject.world.atomic.increment(bucket, 'preset', 1n)).toBe(6n);
  });

  test('of a1, b1 and c1, delete-many of a1 and c1 leaves b1', async () => {
    const subject = await open();
    const { eventualBatch, types } = subject.world;
    const bucket = newBucket(subject);
    eventualBatch.setMany(bucket, [
      ['a1', newValue(subject, 'a')],
      ['b1', newValue(subject, 'b')],
      ['c1', newValue(subject, 'c')],
    ]);
    eventualBatch.deleteMany(bucket, ['a1', 'c1']);
    const [a, b, c] = eventualBatch.getMany(bucket, ['a1', 'b1', 'c1']);
    expect([a, c]).toEqual([undefined, undefined]);
    expect(Buffer.from(types.IncomingValue.incomingValueConsumeSync(b!)).toString()).toBe('b');
  });

  test('18446744073709551615 is not incremented', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'most', '18446744073709551615');
    failure(() => subject.world.atomic.increment(bucket, 'most', 1n));
    expect(getText(subject, bucket, 'most')).toBe('18446744073709551615');
  });

  test('the same pollable is polled twice', async () => {
    const subject = await open();
    const pollable = subject.input(Buffer.from('a')).subscribe();
    expect([...subject.world.poll.poll([pollable, pollable])]).toEqual([0, 1]);
  });

  test('a stream spliced from stdin ends on closed', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const stdin = subject.input(patternedBytes(10_001));
    const value = subject.world.types.OutgoingValue.newOutgoingValue();
    const body = value.outgoingValueWriteBodyAsync();
    expectClosed(() => {
      for (;;) body.blockingSplice(stdin, 4096n);
    });
    subject.world.eventual.set(bucket, 'stdin', value);
    expectBytes(get(subject, bucket, 'stdin'), patternedBytes(10_001));
  });
}
