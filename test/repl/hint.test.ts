import { expect, it } from 'vitest';
import { registry } from '../../src/commands/index.js';
import { hintFor } from '../../src/repl/hint.js';

it.each([
  ['', ''],
  ['ge', ''],
  ['get', ' KEY'],
  ['get ', 'KEY'],
  ['get k', ''],
  ['cas k ', 'OLD NEW'],
  ['cas k 1', ' NEW'],
  ['3 incr ', 'KEY [DELTA]'],
  ['set k', ' [VALUE]'],
  ['keys --limit ', 'N'],
  ['keys --limit 3 ', '[PREFIX]'],
  ['keys --lim', ''],
  ['bucket create ', 'NAME'],
  ['get k > ', 'FILE'],
  ['get k | ', ''],
  ["get 'k", ''],
  ['get # a', ''],
])('after %j stands %j', async (text, hint) => {
  expect(await hintFor(text, registry)).toBe(hint);
});
