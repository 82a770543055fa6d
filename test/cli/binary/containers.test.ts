/** Two processes with one process id, each in a namespace of its own, as in two containers. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { guest } from '../../support/guests.js';
import { ended, Shell, until } from '../../support/shell.js';

const alone = 'unshare --pid --fork --kill-child --mount-proc';
/** The same for a kv that is not the first process, and gets the second id in each. */
const second = (words: string) => `${alone} bash -c '${words}; exit'`;
const canUnshare = spawnSync('bash', ['-c', `${alone} true`]).status === 0;

describe.skipIf(!canUnshare)('a process with the id of another that has the store open', () => {
  it('ends with 5 and the reason when its patience ends, and works when the other is done', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const holder = shell.startGroup(`exec ${second('kv exec --atomic')}`);
    holder.stdin.write('set held 1\n');
    await shell.isWrittenTo();
    for (const words of ['get k', 'keys', 'set k new']) {
      const { status, stderr } = await shell.run(second(`kv --wait 200ms ${words}`));
      expect([words, status]).toEqual([words, 5]);
      expect(stderr).toMatch(
        /^kv: cannot open store .* container that has the same id, \d+, has it open\n/,
      );
    }
    expect(await shell.succeed('kv get k')).toBe('v');
    const waiting = shell.run(second('kv incr n'));
    holder.stdin.end();
    await ended(holder);
    expect((await waiting).text).toBe('1\n');
    expect(await shell.succeed('kv get held; kv get k')).toBe('1v');
  });

  it('is told of on a terminal after a second', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const holder = shell.startGroup(`exec ${second('kv exec --atomic')}`);
    holder.stdin.write('set held 1\n');
    await shell.isWrittenTo();
    const waiting = shell.startGroup(`exec script -qec "${second('kv get k')}" /dev/null`);
    const end = ended(waiting);
    await once(waiting.stdout, 'data');
    holder.stdin.end();
    await ended(holder);
    expect((await end).text).toMatch(
      /^waiting for a process of another container that has the same id, \d+…\r\nv/,
    );
  });
});

describe.skipIf(!canUnshare)('the first process of a container', () => {
  it('shares a store with those of other containers, whatever comes in through stdin', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const others = [1, 2].map(() => shell.startGroup(`exec ${alone} kv watch --initial --values`));
    for (const other of others) await new Promise((resolve) => other.stdout.once('data', resolve));
    const script = `printf new | ${alone} kv set k && ${alone} kv get k && ${alone} kv run nothing`;
    const { status, text, stderr } = await shell.run(script);
    expect([status, text, stderr]).toEqual([
      6,
      'new',
      'kv: cannot run "nothing": no such file or directory\n',
    ]);
    // No program that kv starts hears of it.
    expect(await shell.succeed(`${alone} kv lock l -- env | grep -c KV_FIRST || true`)).toBe('0\n');
    for (const other of others) other.kill('SIGKILL');
  });

  it('takes the next id for each store that it opens, before it has read or written anything', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v; kv -s other set k v; kv store backup whole.kvb');
    const other = shell.startGroup(`exec ${alone} kv watch --initial`);
    await once(other.stdout, 'data');
    const lines = [
      'kv store compact',
      'kv store check',
      'kv store readers',
      'kv store backup part.kvb --since - < whole.kvb',
      'kv -s other diff default --other-store "$store"',
      'kv -s other copy k copied --to-store "$store"',
    ];
    for (const line of lines) {
      const { status, stderr } = await shell.run(
        `store=${shell.store}; KV_WAIT=5s ${alone} ${line}`,
      );
      expect([line, status, stderr]).toEqual([line, 0, '']);
    }
    expect(await shell.succeed('kv get copied')).toBe('v');
    other.kill('SIGKILL');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends by %s like any other', async (signal) => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    // Nothing of it listens while the guest computes.
    const outside = shell.startGroup(`exec ${alone} kv run ${guest('loop')} -b =default`);
    await new Promise((resolve) => outside.stdout.once('data', resolve));
    process.kill(firstProcess(outside.pid!), signal);
    const { status } = await ended(outside);
    expect(status).toBe(128 + constants.signals[signal]);
  });

  it('has what it began undone, and said, where signals come in twos', async () => {
    const shell = new Shell();
    const outside = shell.startGroup(`exec ${alone} kv import -`);
    outside.stdin.write('{"key":"a","value":"1"}\n');
    await until(async () => (await shell.run('kv exists a')).status === 0);
    const first = firstProcess(outside.pid!);
    // As the terminal's Ctrl-C, which goes to both, and the first one hands its own on, unless both have ended by then.
    await shell.run(`kill -INT ${[...childrenOf(first), first].join(' ')}`);
    const { status, stderr } = await ended(outside);
    expect([status, stderr]).toEqual([130, 'committed through line 1; resume with --skip 1\n']);
  });

  it('has the status of kv, its arguments, its streams and its open descriptors', async () => {
    const shell = new Shell();
    await shell.succeed(`${alone} kv set ' a"b' '*'`);
    expect(await shell.succeed(`${alone} kv get -o /dev/fd/5 ' a"b' 5>&1`)).toBe('*');
    const { status, stderr } = await shell.run(`${alone} kv get nope`);
    expect([status, stderr]).toEqual([1, 'kv: cannot get "nope": there is no such key\n']);
  });
});

/** The process, as it is seen from here, of which another one has made the first of a container. */
function firstProcess(outside: number): number {
  return childrenOf(outside)[0]!;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}
