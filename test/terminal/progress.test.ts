import { describe, expect, it } from 'vitest';
import { progressLine, timeLeft } from '../../src/terminal/progress.js';

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

describe('a bar', () => {
  const state = {
    size: '  24 MiB',
    bar: '━'.repeat(20),
    share: '79%',
    rate: '12 MiB',
    left: ', 3s left',
    remark: 'stored through line 1500000',
  };

  it.each([
    [100, `  24 MiB ${state.bar} 79%  12 MiB/s, 3s left  stored through line 1500000`],
    [61, '  24 MiB 79%  12 MiB/s, 3s left  stored through line 1500000'],
    [60, '  24 MiB 79%  stored through line 1500000'],
    [33, '79%  stored through line 1500000'],
    [32, 'stored through line 1500000'],
    [12, '79%'],
    [2, '7'],
  ])(
    'of %i columns says as much as fits, and what an end would leave the longest',
    (columns, line) => {
      expect(progressLine(state, columns)).toBe(line);
    },
  );

  it('says how much there is where nobody knows of how much', () => {
    const unknown = { ...state, bar: '', share: '', left: '', remark: '' };
    expect(progressLine(unknown, 80)).toBe('  24 MiB  12 MiB/s');
    expect(progressLine(unknown, 11)).toBe('  24 MiB');
    expect(progressLine(unknown, 8)).toBe('24 MiB');
  });
});
