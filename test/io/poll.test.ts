import { describe, expect, test } from 'vitest';
import { Pollable, poll } from '../../src/io/poll.js';
import { FakeReadiness } from './fakes.js';

describe('a pollable', () => {
  test('says whether its event has happened, without waiting', () => {
    const never = new FakeReadiness(1);
    expect(new Pollable(never).ready()).toBe(false);
    expect(new Pollable(new FakeReadiness(0)).ready()).toBe(true);
    expect(never.waits).toEqual([]);
  });

  test('blocks for as long as it takes', () => {
    const readiness = new FakeReadiness(1);
    new Pollable(readiness).block();
    expect(readiness.waits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('does not wait for what has happened', () => {
    const readiness = new FakeReadiness(0);
    new Pollable(readiness).block();
    expect(readiness.waits).toEqual([]);
  });

  test('waits for at most the time it is given', () => {
    const readiness = new FakeReadiness(5);
    new Pollable(readiness).waitFor(30);
    expect(readiness.waits).toEqual([30]);
    expect(readiness.ready()).toBe(false);
  });
});

describe('poll()', () => {
  const pollables = (...waitsNeeded: number[]) =>
    waitsNeeded.map((needed) => new Pollable(new FakeReadiness(needed)));

  test('gives the positions of those that are ready, and of no others', () => {
    expect(poll(pollables(9, 0, 9, 0))).toEqual(Uint32Array.of(1, 3));
  });

  test('goes on until one of several is ready, whichever it is', () => {
    expect(poll(pollables(7, 3, 8))).toEqual(Uint32Array.of(1));
    expect(poll(pollables(2, 2))).toEqual(Uint32Array.of(0, 1));
  });

  test('waits for a single one without a limit', () => {
    const readiness = new FakeReadiness(1);
    expect(poll([new Pollable(readiness)])).toEqual(Uint32Array.of(0));
    expect(readiness.waits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('waits for none of several so long that the others are kept waiting', () => {
    const slow = new FakeReadiness(1000);
    poll([new Pollable(slow), new Pollable(new FakeReadiness(3))]);
    expect(Math.max(...slow.waits)).toBeLessThan(100);
  });

  test('gives both positions of a pollable that is given twice', () => {
    const [pollable] = pollables(1);
    expect(poll([pollable!, pollable!])).toEqual(Uint32Array.of(0, 1));
  });

  test('traps on an empty list, which could never be ready', () => {
    expect(() => poll([])).toThrow(Error);
  });
});
