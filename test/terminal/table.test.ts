import fc from 'fast-check';
import { expect, it } from 'vitest';
import { displayWidth } from '../../src/terminal/display-width.js';
import { colorStyle, plainStyle } from '../../src/terminal/style.js';
import { table } from '../../src/terminal/table.js';

const plain = { style: plainStyle, columns: 80 };

it('aligns texts to the left and quantities to the right, without borders', async () => {
  const rows = [
    ['config', '12 B', '3 h ago'],
    ['user:1', '1.5 MiB', 'just now'],
  ];
  expect(await table(['KEY', 'SIZE', 'MODIFIED'], rows, plain)).toBe(
    ['KEY        SIZE  MODIFIED', 'config     12 B  3 h ago', 'user:1  1.5 MiB  just now', ''].join(
      '\n',
    ),
  );
});

it('aligns the names of the first column to the left, also when they are numbers', async () => {
  expect(
    await table(
      ['KEY', 'N'],
      [
        ['7', '1'],
        ['1234', '10'],
      ],
      plain,
    ),
  ).toBe('KEY    N\n7      1\n1234  10\n');
});

it('is its head where there are no rows', async () => {
  expect(await table(['KEY', 'SIZE'], [], plain)).toBe('KEY  SIZE\n');
});

it('makes cells harmless', async () => {
  expect(await table(['KEY'], [['a\nb\x1b[31m']], plain)).toBe('KEY\na\\nb\\x1b[31m\n');
});

it('cuts the widest text to the columns there are', async () => {
  const rows = [['k'.repeat(1978), '12 B', 'text']];
  const text = await table(['KEY', 'SIZE', 'KIND'], rows, { ...plain, columns: 30 });
  expect(text).toBe(`KEY                 SIZE  KIND\n${'k'.repeat(17)}…  12 B  text\n`);
});

it('emphasizes the head', async () => {
  const style = await colorStyle();
  const text = await table(['KEY', 'KIND'], [['a', 'b']], { style, columns: 80 });
  expect(text).toBe('\x1b[1mKEY\x1b[22m  \x1b[1mKIND\x1b[22m\na    b\n');
});

it('counts wide characters as two columns', async () => {
  const text = await table(
    ['KEY', 'KIND'],
    [
      ['世界', 'x'],
      ['abc', 'x'],
      ['😀', 'x'],
    ],
    plain,
  );
  expect(text).toBe('KEY   KIND\n世界  x\nabc   x\n😀    x\n');
});

it('is never wider than the columns there are', async () => {
  const unit = fc.constantFrom(
    'a',
    '1',
    ' ',
    '\\',
    '世',
    '한',
    '😀',
    '\x1b',
    'é',
    'e\u0301',
    'ก',
    '\u0e33',
  );
  const cell = fc.string({ unit, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, fc.nat().map(String)), { maxLength: 5 }),
      fc.integer({ min: 10, max: 100 }),
      async (rows, columns) => {
        const text = await table(['KEY', 'VALUE', 'SIZE'], rows, { style: plainStyle, columns });
        const lines = text.split('\n').slice(0, -1);
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

it('takes as many rows as there are', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [`key:${i}`, String(i), 'inline']);
  const lines = (await table(['KEY', 'SIZE', 'KIND'], rows, plain)).split('\n');
  expect(lines).toHaveLength(20_002);
  expect(lines[20_000]).toBe('key:19999  19999  inline');
});
