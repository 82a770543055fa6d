/** Completion works whatever options somebody has set in the shell, before or after its script. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasShell, type Kind, LiveShell } from '../support/live-shell.js';
import { Shell } from '../support/shell.js';

let folder: string;
let shell: Shell;

const key = 'w \'"\\$(id);*?[a]{b}#~=:@%!';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-options-'));
  shell = new Shell(folder);
  const input = `${JSON.stringify({ key, value: key })}\n`;
  spawnSync('kv', ['bucket', 'create', 'other bucket'], { env: shell.env });
  for (const bucket of ['default', 'other bucket']) {
    const { status } = spawnSync('kv', ['import', '-b', bucket], { env: shell.env, input });
    expect(status).toBe(0);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sets: readonly [Kind, string][] = [
  ['bash', 'set -euf; IFS=o; shopt -s nocasematch localvar_inherit; words=(a b c) verb=get'],
  ['bash', 'set -o posix; IFS=; shopt -s failglob extglob dotglob'],
  ['zsh', 'setopt ksh_arrays sh_word_split glob_subst no_unset err_return noglob'],
  ['zsh', 'emulate ksh; setopt bash_rematch re_match_pcre warn_create_global all_export; IFS=o'],
  ['zsh', 'setopt ignore_braces sh_glob csh_junkie_quotes posix_identifiers no_case_match'],
  ['fish', 'set -g IFS ""; set -g word get; set -g words a b'],
];

// A shell that is absent is skipped, and the report says so.
describe.each(sets)('%s after %s', (kind, before) => {
  const absent = !hasShell(kind);
  let live: LiveShell;
  beforeAll(async () => {
    if (!absent) live = await LiveShell.open(kind, shell, before);
  });
  afterAll(() => live?.close());

  it.skipIf(absent)('completes verbs, options, buckets and keys', async () => {
    await live.type('kv get --out');
    await live.press('Tab');
    await live.type('out -b ot');
    await live.press('Tab');
    await live.type('w');
    await live.press('Tab');
    expect(await live.enter()).toBe(0);
    expect(readFileSync(join(shell.folder, 'out'), 'utf8')).toBe(key);
    expect(await live.complete('kv bucket inf')).toBe(0);
    expect((await live.wholeLines()).join('\n')).toContain('keys');
    // What a shell finds amiss in the script it says on the terminal.
    expect(live.bytes()).not.toMatch(/_kv[:[]|unbound|not found|no match|bad /);
  });
});
