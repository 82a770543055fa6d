import { expect, test } from 'vitest';
import {
  expectClosed,
  expectTrap,
  newBucket,
  newValue,
  operationFailure,
  readToEnd,
  type Subject,
  set,
  stream,
} from './subject.js';

export function polls(open: () => Promise<Subject>): void {
  test('poll() gives the positions of the pollables that are ready', async () => {
    const { subject, source } = await opened(open);
    const target = newValue(subject, '').outgoingValueWriteBodyAsync();
    expect([...subject.world.poll.poll([source.subscribe()])]).toEqual([0]);
    const both = subject.world.poll.poll([source.subscribe(), target.subscribe()]);
    expect([...both]).toEqual([0, 1]);
  });

  test('poll() of an empty list traps', async () => {
    const subject = await open();
    expectTrap(() => subject.world.poll.poll([]));
  });

  test('poll() takes the same pollable twice', async () => {
    const { subject, source } = await opened(open);
    const pollable = source.subscribe();
    expect([...subject.world.poll.poll([pollable, pollable])]).toEqual([0, 1]);
  });

  test('a pollable of a stream with bytes is ready, and block() returns', async () => {
    const { source } = await opened(open);
    const pollable = source.subscribe();
    expect(pollable.ready()).toBe(true);
    pollable.block();
    expect(Buffer.from(source.read(5n)).toString()).toBe('bytes');
  });

  test('a pollable of a stream at its end is ready, and block() returns', async () => {
    const { subject, source } = await opened(open);
    const before = source.subscribe();
    readToEnd(source);
    for (const pollable of [before, source.subscribe()]) {
      expect(pollable.ready()).toBe(true);
      pollable.block();
      expect([...subject.world.poll.poll([pollable])]).toEqual([0]);
    }
    expectClosed(() => source.read(1n));
  });

  test('a pollable of an output-stream is ready when check-write gives a permit', async () => {
    const subject = await open();
    const target = newValue(subject, '').outgoingValueWriteBodyAsync();
    const pollable = target.subscribe();
    pollable.block();
    expect(pollable.ready()).toBe(true);
    expect(target.checkWrite()).toBeGreaterThan(0n);
  });

  test('a pollable of a stream that has failed is ready', async () => {
    const subject = await open();
    const source = subject.brokenInput();
    operationFailure(() => source.read(1n));
    const target = subject.brokenOutput();
    target.checkWrite();
    operationFailure(() => target.write(Buffer.of(1)));
    for (const pollable of [source.subscribe(), target.subscribe()]) {
      expect(pollable.ready()).toBe(true);
      pollable.block();
    }
  });
}

async function opened(open: () => Promise<Subject>) {
  const subject = await open();
  const bucket = newBucket(subject);
  set(subject, bucket, 'key', 'bytes');
  return { subject, source: stream(subject, bucket, 'key') };
}
