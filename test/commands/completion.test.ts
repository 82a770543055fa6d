import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kvInMemory, onTerminal } from '../support/run-command.js';

// What the scripts do: test/cli/completions.test.ts.
describe('completion', () => {
  it.each([
    ['bash', 'kv.bash'],
    ['zsh', '_kv'],
    ['fish', 'kv.fish'],
  ])('prints the script of %s, whole and the same anywhere', async (shell, file) => {
    const { outcome, text, stderr } = await kvInMemory()(`completion ${shell}`);
    expect([outcome, stderr]).toEqual([0, '']);
    const script = join(import.meta.dirname, '../../completions', file);
    expect(text).toBe(readFileSync(script, 'utf8'));
    expect((await kvInMemory()(`completion ${shell}`, onTerminal)).text).toBe(text);
  });

  it.each(['tcsh', 'BASH', ''])('knows no %j', async (shell) => {
    const { outcome, error, text } = await kvInMemory()(['completion', shell]);
    expect([outcome, error?.code, text]).toEqual([2, 'usage', '']);
    expect(error?.message).toBe(`no completion for "${shell}": there is one for bash, zsh, fish`);
    expect(error?.hint).toContain('usage: kv completion SHELL');
  });

  it('needs a shell', async () => {
    expect((await kvInMemory()('completion')).error?.message).toBe('missing argument SHELL');
  });
});
