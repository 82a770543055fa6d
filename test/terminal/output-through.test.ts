/** What stands in for an output shows as much as that output does. */
import { expect, test } from 'vitest';
import { HeldOutput } from '../../src/scripts/held-output.js';
import { openAppend, openOutput } from '../../src/terminal/file-output.js';
import { outputThrough } from '../../src/terminal/output-through.js';
import type { Output } from '../../src/terminal/terminal.js';
import { bufferTerminal } from '../support/buffer-terminal.js';

test.each<[string, (stdout: Output) => Output | Promise<Output>]>([
  ['outputThrough()', (stdout) => outputThrough(stdout, async () => {})],
  ['-o -', (stdout) => openOutput('-', stdout)],
  ['>> -', (stdout) => openAppend('-', stdout)],
  ["a script's", (stdout) => new HeldOutput(stdout).output],
])('%s has the columns, the colours and the layout of JSON of its target', async (_, standIn) => {
  let asked = 0;
  const { isTerminal, style } = bufferTerminal().stdout;
  const stdout: Output = {
    isTerminal,
    style,
    laysOutJson: true,
    get columns() {
      asked++;
      return 123;
    },
    write: async () => {},
  };
  const output = await standIn(stdout);
  expect(asked).toBe(0);
  expect(output).toMatchObject({ isTerminal, style, laysOutJson: true, columns: 123 });
});
