/** What one `run` at the prompt is limited to is none of the next one's business. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guest } from '../support/guests.js';
import { Prompt } from '../support/prompt.js';

test('--max-memory of a run at the prompt ends with that run', async () => {
  const prompt = await Prompt.open();
  copyFileSync(guest('count'), join(prompt.shell.folder, 'x.wasm'));
  expect((await prompt.run('run x.wasm --max-memory 64K')).join('')).toContain(
    'it trapped: it needs more memory than it may have',
  );
  expect(await prompt.run('run x.wasm')).toEqual(['run 1']);
});
