import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactSize, humanSize, relativeTime } from '../../src/terminal/quantities.js';

describe('exactSize()', () => {
  it.each([
    [12, '12 B'],
    [1023, '1023 B'],
    [2048, '2.0 KiB (2048 bytes)'],
  ])('of %i bytes is %s', (bytes, text) => {
    expect(exactSize(bytes)).toBe(text);
  });
});

describe('humanSize()', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [10188, '9.9 KiB'],
    [10189, '10 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [2 ** 60, '1024 PiB'],
  ])('of %d is %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });

  it('never takes more than 8 columns below an exbibyte', () => {
    fc.assert(fc.property(fc.nat(2 ** 50), (bytes) => humanSize(bytes).length <= 8));
  });
});

describe('relativeTime()', () => {
  const second = 1000;
  const hour = 3600 * second;
  it.each([
    [0, 'just now'],
    [999, 'just now'],
    [42 * second, '42 s ago'],
    [60 * second, '1 min ago'],
    [3.9 * hour, '3 h ago'],
    [24 * hour, '1 d ago'],
    [364 * 24 * hour, '364 d ago'],
    [800 * 24 * hour, '2 y ago'],
    [-90 * second, 'in 1 min'],
    [-10, 'just now'],
  ])('after %d ms is %s', (age, text) => {
    const now = Date.UTC(2025, 0, 1);
    expect(relativeTime(now - age, now)).toBe(text);
  });
});
