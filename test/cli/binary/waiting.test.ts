/** Waiting for another writer: it is told of, it ends, and it can be stopped. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LockFile } from '../../../src/store/lmdb/lock-file.js';
import { guest } from '../../support/guests.js';
import { ended, Shell, until } from '../../support/shell.js';
import { Screen } from '../../support/tmux.js';

const count = guest('count');

/** A shell whose store somebody is writing to, until their stdin ends. */
async function heldShell(): Promise<{ shell: Shell; holder: ChildProcessWithoutNullStreams }> {
  const shell = new Shell();
  await shell.succeed('kv set before 1');
  const holder = shell.start('exec', '--atomic');
  holder.stdin.write('set held 1\n');
  await shell.isWrittenTo();
  return { shell, holder };
}

/** Tells whether a process has waited for its turn to write for a tenth of a second, at least. */
function waitingAt(shell: Shell): () => boolean {
  const lock = new LockFile(join(shell.store, 'lock.mdb'));
  onTestFinished(() => lock.close());
  return () => lock.isAskedForTurn();
}

const isBusy = (store: string, holder: ChildProcessWithoutNullStreams) =>
  `kv: cannot write to store "${store}": process ${holder.pid} (kv exec) is writing to it\n` +
  'try again, or wait longer: --wait DUR\n';

describe('a script', () => {
  it('that has the store open reads on, several lines at once, while another writes', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k old');
    const reader = shell.start('exec');
    let read = '';
    reader.stdout.on('data', (data) => {
      read += data;
    });
    reader.stdin.write('get k\n');
    await until(() => read === 'old');
    const holder = shell.start('exec', '--atomic');
    holder.stdin.write('set k new\n');
    await shell.isWrittenTo();
    reader.stdin.write('get k\nget k\nkeys\n');
    await until(() => read === 'oldoldoldk\n');
    holder.stdin.end();
    await ended(holder);
    reader.stdin.write('get k\nincr n\nget k\n');
    await until(() => read === 'oldoldoldk\nnew1\nnew');
    reader.stdin.end();
    expect((await ended(reader)).status).toBe(0);
  });
});

describe('while another writes', () => {
  it('scripts and prompts that read wait neither for their store nor for a bucket', async () => {
    const shell = new Shell();
    await shell.succeed('kv bucket create other && kv set in-other v -b other');
    // What is left of an upload is given back by whoever opens the store to write.
    const left = shell.start('set', 'left', '-');
    left.stdin.write(Buffer.alloc(8 * 1024 * 1024));
    await until(async () => /^uploads\t1$/m.test(await shell.succeed('kv store info')));
    left.kill('SIGKILL');
    await ended(left);
    const holder = shell.start('exec', '--atomic');
    holder.stdin.write('set held 1\n');
    await shell.isWrittenTo();
    const script = 'keys\nget in-other -b other\nexists a -b other\n';
    const read = await shell.run('kv --wait 100ms', { stdin: script });
    expect([read.text, read.stderr]).toEqual(['vfalse\n', '']);
    const screen = await Screen.open(shell);
    await screen.type('kv --wait 100ms');
    await screen.shows('store:default>');
    await screen.type('get in-other -b other');
    await screen.shows('-b other v');
    await screen.type('exit');
    expect(await screen.status()).toBe(0);
    holder.stdin.end();
    await ended(holder);
    await shell.succeed('kv delete held');
    expect(await shell.succeed('kv store info')).toMatch(/^uploads\t0$/m);
  });
});

describe('a writer that waits for another', () => {
  it('ends with 5 when its patience ends, with one line that names who writes', async () => {
    const { shell, holder } = await heldShell();
    const stdin = '{"key":"a","value":"1"}\n';
    for (const words of [
      ...['set k v', 'incr n', 'delete before', 'bucket create b', 'set-many a=1'],
      ...['rename before after', 'import', 'import --atomic', 'import --mode replace'],
      ...["exec <<< $'set a 1\\nset b 2'", "exec --keep-going <<< 'set a 1'"],
      `run ${count} --timeout 200ms`,
    ]) {
      const wait = words.startsWith('run') ? '' : '--wait 200ms';
      const { status, text, stderr } = await shell.run(`kv ${wait} ${words}`, { stdin });
      expect([words, status, text]).toEqual([words, 5, '']);
      expect(stderr.replace('stdin:1: ', '')).toContain(isBusy(shell.store, holder).split('\n')[0]);
    }
    expect((await shell.run('KV_WAIT=0.1s kv set k v')).stderr).toBe(isBusy(shell.store, holder));
    expect((await shell.run('kv --wait 0 set k v')).stderr).toBe(isBusy(shell.store, holder));
    const json = await shell.run('kv --json --wait 100ms set k v');
    expect(JSON.parse(json.stderr).error.code).toBe('busy');
    // Who reads does not wait.
    expect(await shell.succeed('kv get before; kv keys')).toBe('1before\n');
    holder.stdin.end();
    expect(await shell.succeed('kv set k v; kv get held; kv get k')).toBe('1v');
  });

  it('writes as soon as the other is done', async () => {
    const { shell, holder } = await heldShell();
    const waiting = ['set', 'incr'].map((verb) => ended(shell.start(verb, verb, '5')));
    const script = shell.start('exec');
    script.stdin.end('set s 1\nset t 2\n');
    const scripted = ended(script);
    await until(waitingAt(shell));
    expect(await shell.succeed('kv keys')).toBe('before\n');
    holder.stdin.end();
    for (const { status } of await Promise.all([...waiting, scripted])) expect(status).toBe(0);
    expect(await shell.succeed('kv keys')).toBe('before\nheld\nincr\ns\nset\nt\n');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at once at %s, and changes nothing',
    async (signal) => {
      const { shell, holder } = await heldShell();
      const isWaiting = waitingAt(shell);
      for (const words of [['set', 'k', 'v'], ['exec'], ['exec', '--atomic'], ['import']]) {
        // The last one's request counts for some time.
        await until(() => !isWaiting());
        const waiter = shell.start(...words);
        if (words[0] === 'exec') waiter.stdin.end('set k v\nset l v\n');
        else waiter.stdin.end('{"key":"k","value":"1"}\n');
        const end = ended(waiter);
        await until(isWaiting);
        waiter.kill(signal);
        expect((await end).signal).toBe(signal);
      }
      holder.stdin.end();
      expect(await shell.succeed('kv keys')).toBe('before\nheld\n');
    },
  );

  it('says so on a terminal after a second, and Ctrl-C ends it', async () => {
    const { shell, holder } = await heldShell();
    const screen = await Screen.open(shell);
    await screen.type('clear; kv set k v');
    await screen.shows(`waiting for another writer: process ${holder.pid} (kv exec)…`);
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect((await screen.run('kv -q --wait 1200ms set k v')).lines.join('')).not.toContain(
      'waiting',
    );
  });

  it('of malformed patience is a usage error', async () => {
    const shell = new Shell();
    for (const words of ['--wait soon set k v', '--wait -1s set k v', '--wait= set k v']) {
      expect((await shell.run(`kv ${words}`)).status).toBe(2);
    }
    const { status, stderr } = await shell.run('KV_WAIT=soon kv set k v');
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      'kv: KV_WAIT: "soon" is not a length of time such as 500ms, 90s, 1h30m or 7d',
    ]);
  });
});
