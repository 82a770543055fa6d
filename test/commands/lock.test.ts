/** Locks among real processes. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, Shell, until } from '../support/shell.js';

describe('kv lock', () => {
  it('runs a command while its key says who holds it, and ends with its status', async () => {
    const shell = new Shell();
    const { status, text, stderr } = await shell.run(
      `kv lock n -- sh -c 'kv get n; kv set k "$1"; exit 7' sh value`,
    );
    expect([status, stderr]).toEqual([7, '']);
    const holder = JSON.parse(text);
    expect(holder.command).toBe('sh -c kv get n; kv set k "$1"; exit 7 sh value');
    expect(Date.parse(holder.until)).toBeGreaterThan(Date.now());
    expect(await shell.succeed('kv keys; kv get k')).toBe('k\nvalue');
  });

  it('lets one in at a time, and loses no count', async () => {
    const shell = new Shell();
    await shell.succeed('echo 0 > count');
    const add = 'n=$(cat count); echo $((n + 1)) > count';
    await shell.succeed(`for each in 1 2 3 4 5 6; do kv lock n -- sh -c '${add}' & done; wait`);
    expect(readFileSync(join(shell.folder, 'count'), 'utf8')).toBe('6\n');
  });

  it('waits no longer than --wait, and names who holds it', async () => {
    const shell = new Shell();
    const holder = shell.start('lock', 'n', '--', 'sleep', '60');
    // What it says is read from its beginning: Node throws away what nobody reads of one that has ended.
    const end = ended(holder);
    await until(async () => (await shell.run('kv -q exists n')).status === 0);
    const { status, text, stderr } = await shell.run('kv lock n --wait 20ms -- echo ran');
    expect([status, text]).toEqual([5, '']);
    expect(stderr).toBe(
      `kv: cannot lock "n": process ${holder.pid} on ${await shell.succeed('printf %s "$(hostname)"')} (sleep 60) holds it\n`,
    );
    holder.kill('SIGTERM');
    expect(await end).toMatchObject({ status: 143, signal: null });
    expect((await shell.run('kv lock n --wait 20ms -- echo ran')).text).toBe('ran\n');
  });

  it('ends by itself when its holder is killed, and not while it is renewed', async () => {
    const shell = new Shell();
    // The command outlives kv, so it must not hold its pipes.
    const sleep = 'exec sleep 20 > /dev/null 2>&1';
    const holder = shell.start('lock', 'n', '--ttl', '3s', '--', 'sh', '-c', sleep);
    const end = ended(holder);
    await until(async () => (await shell.run('kv -q exists n')).status === 0);
    expect((await shell.run('kv lock n --wait 3500ms -- echo ran')).status).toBe(5);
    holder.kill('SIGKILL');
    await end;
    expect((await shell.run('kv lock n --wait 20s -- echo ran')).text).toBe('ran\n');
    expect(await shell.succeed('kv keys')).toBe('');
  });

  it('ends its command with SIGTERM where the lock is lost', async () => {
    const shell = new Shell();
    const script = 'echo begun; exec sleep 60';
    const holder = shell.start('lock', 'n', '--ttl', '300ms', '--', 'sh', '-c', script);
    await once(holder.stdout, 'data');
    const end = ended(holder);
    // It may be lost already, where a busy machine has kept it from being renewed.
    await shell.run('kv delete n');
    const { status, stderr } = await end;
    expect(status).toBe(5);
    expect(stderr).toBe(
      'kv: lost lock "n" before its command was done: the command has ended with 143\n',
    );
    expect((await shell.run('kv exists n')).status).toBe(1);
  });

  it('is lost by a holder that is stopped for longer, whose command then gets SIGTERM', async () => {
    const shell = new Shell();
    const script = 'trap "echo ended; kill \\$!; exit 9" TERM; sleep 600 >&- & echo begun; wait';
    const holder = shell.start('lock', 'n', '--ttl', '500ms', '--', 'sh', '-c', script);
    let begun = false;
    holder.stdout.once('data', () => {
      begun = true;
    });
    const end = ended(holder);
    await until(() => begun);
    holder.kill('SIGSTOP');
    const other = shell.start(
      'lock',
      'n',
      '--wait',
      '1m',
      '--',
      'sh',
      '-c',
      'echo mine; sleep 600',
    );
    let text = '';
    other.stdout.on('data', (bytes: Buffer) => {
      text += bytes;
    });
    await until(() => text === 'mine\n');
    holder.kill('SIGCONT');
    const { status, stderr, text: said } = await end;
    expect([status, said]).toEqual([5, 'begun\nended\n']);
    expect(stderr).toContain(
      'lost lock "n" before its command was done: the command has ended with 9',
    );
    // It is the other's still.
    expect((await shell.run('kv lock n --wait 0 -- echo ran')).status).toBe(5);
    other.kill('SIGTERM');
    await once(other, 'exit');
    expect((await shell.run('kv lock n --wait 0 -- echo ran')).text).toBe('ran\n');
  });

  it.each(['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2'])(
    'hands SIG%s to its command, even one that comes as that begins',
    async (signal) => {
      const shell = new Shell();
      const script = `trap 'echo heard; kill $!; exit 9' ${signal}; sleep 600 >&- & kill -${signal} $PPID; wait`;
      // A shell without job control would have its programs ignore Ctrl-C.
      const holder = shell.start('lock', 'n', '--', 'bash', '-c', script);
      expect(await ended(holder)).toMatchObject({ status: 9, signal: null, text: 'heard\n' });
      expect(await shell.succeed('kv keys')).toBe('');
    },
  );

  it('leaves a key that is no lock, and needs a program that is there', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k value');
    const { status, stderr } = await shell.run('kv lock k -- echo ran');
    expect([status, stderr.split('\n')[0]]).toEqual([
      3,
      'kv: cannot lock "k": its value is no lock',
    ]);
    const missing = await shell.run('kv lock n -- ./missing');
    expect([missing.status, missing.stderr]).toEqual([
      6,
      'kv: cannot run "./missing": no such file or directory\n',
    ]);
    expect(await shell.succeed('kv keys')).toBe('k\n');
    for (const words of ['kv lock n', 'kv lock n --', 'kv lock n --ttl 0 -- true']) {
      expect((await shell.run(words)).status).toBe(2);
    }
  });
});
