import { describe, expect, it } from 'vitest';
import { parseTimeAgo } from '../../src/line/time.js';
import { codeOf } from '../support/error-code.js';

describe('a time', () => {
  it.each([
    ['2026-11-26T12:00:00Z', Date.UTC(2026, 10, 26, 12)],
    ['2026-11-26t12:00:00.5z', Date.UTC(2026, 10, 26, 12, 0, 0, 500)],
    ['2026-11-26 12:00:00+01:30', Date.UTC(2026, 10, 26, 10, 30)],
    ['2026-11-26', Date.UTC(2026, 10, 26)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('%s is the moment %i', (text, time) => {
    expect(parseTimeAgo(text)).toBe(time);
  });

  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['365d', 31_536_000_000],
  ])('%s is so long ago', (text, length) => {
    const before = Date.now();
    const time = parseTimeAgo(text);
    expect(time).toBeGreaterThanOrEqual(before - length);
    expect(time).toBeLessThanOrEqual(Date.now() - length);
  });

  it.each([
    '',
    'yesterday',
    '5',
    '2026-02-30',
    '2026-13-01',
    '2026-11-26T25:00:00Z',
    '2026-11-26T12:00:00',
    '2026-11-26T12:00Z',
    '26.11.2026',
    '1x',
  ])('%j is none', (text) => {
    expect(codeOf(() => parseTimeAgo(text))).toBe('usage');
  });
});
