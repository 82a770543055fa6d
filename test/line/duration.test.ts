import { describe, expect, test } from 'vitest';
import { parseDuration, parsePatience } from '../../src/line/duration.js';

describe('parseDuration()', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1.5m', 90_000],
    ['2', 2000],
    ['0.2ms', 1],
  ])('reads %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(['', '0', '0s', 's', '1x', '-1s', '1h30', '1 h', '30d', '1e3s'])(
    'refuses "%s"',
    (text) => expect(() => parseDuration(text)).toThrow(/is not a length of time/),
  );
});

describe('parsePatience()', () => {
  test.each(['0', '0s', '0ms', '0.0', '00'])('takes %s for not to wait', (text) =>
    expect(parsePatience(text)).toBe(0),
  );

  test('reads and refuses what parseDuration() does', () => {
    expect(parsePatience('90s')).toBe(90_000);
    for (const text of ['', '-0', '0x', '0h0m', '30d']) {
      expect(() => parsePatience(text)).toThrow(/is not a length of time/);
    }
  });
});
