/** What reading lines costs grows with them, whatever they are made of. */
import { describe, it } from 'vitest';
import { registry } from '../../src/commands/index.js';
import { readLine } from '../../src/line/reading.js';
import { readShellLine } from '../../src/line/shells/shell-line.js';
import { splitLine } from '../../src/line/words.js';
import { scriptLines } from '../../src/scripts/script-lines.js';
import { expectLinear } from '../support/growth.js';

/** As a pipe gives it. */
const PIECE_BYTES = 16 * 1024;

async function runThrough(script: string, pieceBytes = PIECE_BYTES): Promise<void> {
  const bytes = Buffer.from(script);
  const input = {
    kind: 'stream' as const,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        yield bytes.subarray(at, at + pieceBytes);
      }
    },
  };
  for await (const lines of scriptLines(input, new AbortController().signal))
    for (const _ of lines);
}

type Make = (size: number) => string;

const lines: readonly (readonly [kind: string, make: Make])[] = [
  ['many words', (size) => 'get ab '.repeat(size)],
  ['one long word', (size) => `set k ${'value'.repeat(size)}`],
  ['a long quote', (size) => `set k "${'a \\" b'.repeat(size)}"`],
  ['many quotes', (size) => `set k ${"'a'".repeat(size)}`],
  ['many escapes', (size) => `set k $'${'\\x41'.repeat(size)}'`],
  ['JSON without quotes', (size) => `set k {${'"a":1,'.repeat(size)}`],
  ['many operators', (size) => `get ${'> f | '.repeat(size)}`],
  ['many equals signs', (size) => `set-many ${'a='.repeat(size)}"b"`],
  ['a long comment', (size) => `get a # ${'word '.repeat(size)}`],
];

describe.each(lines)('a line of %s', (_, make) => {
  it('is split in time that grows with it', () =>
    expectLinear((size) => splitLine(make(size)), 300));

  it.each(['bash', 'zsh', 'fish'] as const)('is completed so in %s', (shell) =>
    expectLinear((size) => readShellLine(shell, `kv ${make(size)}`), 300),
  );
});

it('the words of a line are understood in time that grows with them', () =>
  expectLinear((size) => readLine(['get-many', ...Array(size).fill('--json')], registry), 300));

describe.each([
  ...lines,
  ['many lines', (size: number) => 'get a\n'.repeat(size)],
  ['lines that backslashes join', (size: number) => 'a\\\n'.repeat(size)],
  ['lines that a quote joins', (size: number) => `set k '${'a\n'.repeat(size)}'`],
  ['a quote that is not closed', (size: number) => `set k "${'a\n'.repeat(size)}`],
] as const)('a script of %s', (_, make) => {
  it('is read in time that grows with it', () =>
    expectLinear((size) => runThrough(make(size)), 300));
});

it('a long line of a script that comes a little at a time is put together once', () =>
  expectLinear((size) => runThrough(`set k ${'value'.repeat(size)}`, 64), 40_000));
