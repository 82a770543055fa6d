/** A terminal that goes away under the prompt: a window that is closed, a connection that breaks. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, Shell, until } from '../support/shell.js';

const hasScript = spawnSync('script', ['-V']).status === 0;

/** What a shell says of a command that SIGHUP has ended. */
const ENDED_BY_HANGUP = '129\n';

// Without `script`, of util-linux, these are skipped, and the report says so.
describe.runIf(hasScript)('a prompt whose terminal goes', () => {
  it.each([
    ['that waits for a line', []],
    ['in a transaction', ['begin', 'set k v']],
  ])('%s ends by the hangup, without a word, and nothing is left', async (_, lines) => {
    const shell = new Shell();
    await shell.succeed('kv set before 1');
    const log = join(shell.folder, 'log');
    const kv = "trap '' HUP; kv 2> errors; echo $? > status";
    const terminal = shell.startGroup(`exec script -qfc "${kv.replace('$', '\\$')}" ${log}`);
    const shows = (text: string) =>
      until(() => readFileSync(log, { encoding: 'utf8', flag: 'a+' }).includes(text));
    await shows('default\x1b[22m> ');
    for (const line of lines) terminal.stdin.write(`${line}\r`);
    const isHeld = async () => (await shell.run('kv --wait 1ms delete probe')).status === 5;
    if (lines.length > 0) await until(isHeld);
    terminal.kill('SIGKILL');
    await ended(terminal);
    await until(async () => (await shell.run('test -s status')).status === 0);
    expect(await shell.succeed('cat status')).toBe(ENDED_BY_HANGUP);
    expect(await shell.succeed('cat errors')).not.toMatch(/ at |Assertion/);
    expect(await shell.succeed('kv keys')).toBe('before\n');
  });
});
