/** Two processes with one process id, each in a namespace of its own, as in two containers. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ended, Shell, until } from '../../support/shell.js';

const alone = 'unshare --pid --fork --kill-child --mount-proc';
const canUnshare = spawnSync('bash', ['-c', `${alone} true`]).status === 0;

describe.skipIf(!canUnshare)('a process with the id of another that has the store open', () => {
  it('ends with 5 and the reason when its patience ends, and works when the other is done', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const holder = shell.startGroup(`exec ${alone} kv exec --atomic`);
    holder.stdin.write('set held 1\n');
    await until(async () => (await shell.run('kv --wait 1ms delete probe')).status === 5);
    for (const words of ['get k', 'keys', 'set k new']) {
      const { status, stderr } = await shell.run(`${alone} kv --wait 200ms ${words}`);
      expect([words, status]).toEqual([words, 5]);
      expect(stderr).toMatch(
        /^kv: cannot open store .* container that has the same id, 1, has it open\n/,
      );
    }
    expect(await shell.succeed('kv get k')).toBe('v');
    const waiting = shell.run(`${alone} kv incr n`);
    holder.stdin.end();
    await ended(holder);
    expect((await waiting).text).toBe('1\n');
    expect(await shell.succeed('kv get held; kv get k')).toBe('1v');
  });
});
