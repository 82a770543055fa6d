import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { plainLine } from '../../src/terminal/plain-questions.js';

const BACKSPACE = '\x7f';
const CTRL_U = '\x15';

/** The answer to a question, and what is written after it. */
async function typed(keys: string): Promise<{ answer: string; shown: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const { signal } = new AbortController();
  const answer = plainLine('?', { input, output, signal });
  input.write(`${keys}\r`);
  return { answer: await answer, shown: String(output.read()).replace(/^\? /, '') };
}

it.each([
  ['ab', 'a', 1],
  ['日本', '日', 2],
  ['a🙂', 'a', 2],
  ['ce\u0301', 'c', 1],
])('backspace takes the last character of "%s", with its columns', async (text, rest, columns) => {
  const { answer, shown } = await typed(`${text}${BACKSPACE}`);
  expect(answer).toBe(rest);
  expect(shown).toBe(`${text}${'\b \b'.repeat(columns)}\r\n`);
});

it('backspace in an empty answer takes nothing, and Ctrl-U all columns', async () => {
  expect((await typed(BACKSPACE)).shown).toBe('\r\n');
  const { answer, shown } = await typed(`日a${CTRL_U}b`);
  expect([answer, shown]).toEqual(['b', `日a${'\b \b'.repeat(3)}b\r\n`]);
});
