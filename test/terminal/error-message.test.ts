import { expect, it } from 'vitest';
import { KvError } from '../../src/errors.js';
import { writeError } from '../../src/terminal/error-message.js';
import { bufferTerminal } from '../support/buffer-terminal.js';

it.each([false, true])('a message of megabytes loses its middle, with --json: %s', async (json) => {
  const terminal = bufferTerminal();
  const error = new KvError('usage', `begins "${'x'.repeat(3_000_000)}" ends`);
  await writeError(terminal.stderr, error, { json });
  expect(terminal.stderrText).toMatch(/begins .*x…x.* ends/);
  expect(terminal.stderrText.length).toBeLessThan(10_000);
});
