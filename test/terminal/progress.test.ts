import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../src/terminal/progress.js';

describe('the time left on a bar', () => {
  it.each([
    [500, 1000, 2999, ''],
    [9, 1000, 60_000, ''],
    [0, 1000, 60_000, ''],
    [500, undefined, 60_000, ''],
    [1000, 1000, 60_000, ''],
    [500, 1000, 10_000, ', 10s left'],
    [250, 1000, 30_000, ', 1m30s left'],
    [10, 1000, 60_000, ', 1h39m left'],
  ])('of %d of %s after %d ms is %j', (bytes, total, elapsed, text) => {
    expect(timeLeft(bytes, total, elapsed)).toBe(text);
  });
});
