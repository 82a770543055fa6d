import { expect, it } from 'vitest';
import { shareBar } from '../../src/answers/size-rows.js';

it.each([
  [0, ''],
  [1, '████'],
  [0.5, '██'],
  [0.125, '▌'],
  [0.000001, '▏'],
  [0.9999, '████'],
])('a share of %d of 4 columns is %j', (share, bar) => {
  expect(shareBar(share, 4)).toBe(bar);
});
