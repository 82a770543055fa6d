/** Work on a whole bucket: a bar on a terminal, and a signal stops it, of which then nothing stands. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockFile } from '../../../src/store/lmdb/lock-file.js';
import { Prompt } from '../../support/prompt.js';
import { ended, Shell, until } from '../../support/shell.js';
import { Screen } from '../../support/tmux.js';

/** So many that going through them takes a while on any machine. */
const MANY = 400_000;

const make = `node -e "for (let i = 0; i < ${MANY}; i++) console.log('{\\"key\\":\\"key ' +
  String(i).padStart(6, '0') + '\\",\\"value\\":\\"v\\"}')" | kv import -q && kv set a first`;

const lines = ['bucket copy default copy', 'delete --prefix key --yes'];

describe('a signal', () => {
  it('stops work on a bucket in its midst, and nothing of it stands', async () => {
    const shell = new Shell();
    await shell.succeed(make);
    const lock = new LockFile(join(shell.store, 'lock.mdb'));
    for (const line of lines) {
      const child = shell.start(...line.split(' '));
      await until(() => lock.writer() !== 0);
      child.kill('SIGINT');
      expect(await ended(child)).toMatchObject({ signal: 'SIGINT', text: '', stderr: '' });
      expect(await shell.succeed('kv bucket list; kv keys --count')).toBe(`default\n${MANY + 1}\n`);
    }
    lock.close();
  });

  it.each([...lines, 'bucket clear default --confirm=default', 'bucket delete b --confirm=b'])(
    'ends the wait of %s for another writer',
    async (line) => {
      const shell = new Shell();
      await shell.succeed('kv set key v; kv bucket create b; kv -b b set k v');
      const holder = shell.start('exec', '--atomic');
      holder.stdin.write('set held 1\n');
      await shell.isWrittenTo();
      expect((await shell.run(`kv --wait 50ms ${line}`)).status).toBe(5);
      const child = shell.start(...line.split(' '));
      child.kill('SIGTERM');
      expect((await ended(child)).signal).toBe('SIGTERM');
      holder.stdin.end();
      await ended(holder);
      expect(await shell.succeed('kv bucket list; kv get key; kv -b b get k')).toBe(
        'b\ndefault\nvv',
      );
    },
  );
});

describe('at the prompt', () => {
  it('work on a bucket shows a bar, and Ctrl-C stops it and leaves the prompt', async () => {
    const shell = new Shell();
    await shell.succeed(make);
    const prompt = await Prompt.open({ shell });
    // Within a transaction it takes longest, and what it did is undone alone.
    for (const [line, waiting] of [
      ['begin', 'store:default*>'],
      ['set other 1', 'store:default*>'],
      ['bucket copy default copy', 'store:default*>'],
    ] as const) {
      const screen = prompt.screen;
      await screen.type(line);
      if (line.startsWith('bucket')) {
        await until(async () => / keys .*%/.test((await screen.lines()).at(-1)!));
        await screen.press('C-c');
        await screen.shows('nothing was copied');
      }
      await prompt.waits(waiting);
    }
    // No line between them stays empty.
    expect((await prompt.screen.lines()).slice(-2)).toEqual([
      'nothing was copied',
      'store:default*>',
    ]);
    await prompt.screen.press('C-l');
    expect(await prompt.run('commit')).toEqual(['committed']);
    expect((await prompt.run('bucket list | wc -l')).map((line) => line.trim())).toEqual(['1']);
    expect(await prompt.run('keys --count')).toEqual([`${MANY + 2}`]);
  });

  it('counting before a question, and adding up, are stopped by Ctrl-C', async () => {
    const shell = new Shell();
    await shell.succeed(make);
    const prompt = await Prompt.open({ shell });
    for (const line of ['delete --prefix key', 'bucket info']) {
      await prompt.screen.type(line);
      await prompt.screen.press('C-c');
      await prompt.waits();
    }
    await prompt.screen.press('C-l');
    expect(await prompt.run('keys --count')).toEqual([`${MANY + 1}`]);
  });

  it('Ctrl-C that comes with the line, before its verb has begun, ends it as well', async () => {
    const prompt = await Prompt.open({ pairs: ['key=v'] });
    for (const line of ['delete --prefix key', 'set other v']) {
      await prompt.screen.press('-l', line);
      await prompt.screen.shows(line);
      await prompt.screen.press('Enter', 'C-c');
      await prompt.waits();
    }
    expect(await prompt.run('keys')).toEqual(['key']);
  });

  it('Ctrl-C that comes before a question is no key to be dropped', async () => {
    const screen = await Screen.open();
    await screen.shell.succeed('kv set key v');
    // Where the terminal makes no signal of it, as while the prompt reads keys.
    await screen.type("stty -isig; printf 'signals are %s\\n' off; kv delete --prefix key");
    await screen.shows('signals are off');
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect(await screen.shell.succeed('kv keys')).toBe('key\n');
  });

  it('a signal ends a question, and the session with it', async () => {
    const command = "sh -c 'echo $$ > id; exec kv'";
    const { screen, shell } = await Prompt.open({ pairs: ['key=v'], command });
    await screen.type('delete --prefix key');
    await screen.shows('(y/N)');
    await shell.succeed('kill -TERM $(cat id)');
    expect(await screen.status()).toBe(143);
    expect(await shell.succeed('kv keys')).toBe('key\n');
  });
});
