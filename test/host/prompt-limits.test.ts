/** What one `run` at the prompt is limited to is none of the next one's business. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guest } from '../support/guests.js';
import { Prompt } from '../support/prompt.js';

async function promptWith(name: string): Promise<Prompt> {
  const prompt = await Prompt.open();
  copyFileSync(guest(name), join(prompt.shell.folder, 'x.wasm'));
  return prompt;
}

test('--max-memory of a run at the prompt ends with that run', async () => {
  const prompt = await promptWith('count');
  const said = (await prompt.run('run x.wasm --max-memory 64K')).join(' ').replace(/ +/g, ' ');
  expect(said).toContain('it trapped: it needs more memory than it may have');
  expect(await prompt.run('run x.wasm')).toEqual(['run 1']);
});

test('the prompt and its store go on after guests that --timeout stopped in what they did', async () => {
  const prompt = await promptWith('loop');
  // Increments, whose transactions take nearly all of its time; computes; sleeps.
  for (const word of ['i', 'i', 'i', 'c', 's', 'i']) {
    const lines = await prompt.run(`run x.wasm --timeout 300ms -- ${word}`);
    expect(lines.join(' ')).toMatch(/cannot run "x.wasm": it was stopped after 300 ms$/);
    await prompt.run(`set after ${word}`);
    expect(await prompt.run('get after')).toEqual([word]);
  }
  const [counted] = await prompt.run('get n');
  expect(Number(counted)).toBeGreaterThan(0);
  // Another process writes while the prompt is open: no transaction is.
  expect(await prompt.shell.succeed('kv --wait 1s incr n')).toBe(`${Number(counted) + 1}\n`);
  const { keys, uploads } = await prompt.shell.info();
  expect([keys, uploads]).toEqual([2, 0]);
});
