/** Ctrl-Z and fg, with the job control of real shells. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasShell, type Kind, LiveShell } from '../support/live-shell.js';
import { Shell, until } from '../support/shell.js';

const kinds: Kind[] = ['bash', 'zsh', 'fish'];

const hasLess = spawnSync('less', ['--version']).status === 0;

/** A shell in a terminal, with a job of kv in it. */
class Job {
  readonly shell: Shell;
  readonly live: LiveShell;

  private constructor(shell: Shell, live: LiveShell) {
    this.shell = shell;
    this.live = live;
  }

  static async open(kind: Kind): Promise<Job> {
    const shell = new Shell();
    const live = await LiveShell.open(kind, shell);
    onTestFinished(() => live.close());
    return new Job(shell, live);
  }

  /** Starts a session at a prompt. */
  async start(command = 'kv'): Promise<void> {
    await this.run(command, 'store:default>');
    // The first prompt shows before the store is open.
    await this.live.readsKeys();
  }

  /** Types a line, and waits until the last line on the screen is another. */
  async run(line: string, last: string): Promise<void> {
    await this.live.type(line);
    await this.live.press('Enter');
    await this.ends(last);
  }

  /** Waits until the last line on the screen is this one. */
  async ends(last: string): Promise<void> {
    await until(async () => (await this.live.screen()).at(-1) === last);
  }

  async suspend(): Promise<void> {
    await this.live.press('C-z');
    await this.live.ended();
  }

  async says(text: string): Promise<void> {
    await until(async () => (await this.live.screen()).join('\n').includes(text));
  }
}

describe.each(kinds)('Ctrl-Z and fg in %s', (kind) => {
  it.runIf(hasShell(kind))('bring the text, the transaction and the keys back', async () => {
    const job = await Job.open(kind);
    await job.start();
    await job.run('begin', 'store:default*>');
    await job.run('set k new', 'store:default*>');
    await job.live.type("get k --format 'te");
    await job.ends("store:default*> get k --format 'te");
    await job.suspend();
    await job.says('the transaction stays open while kv is stopped');
    expect((await job.shell.run('kv get k')).status).toBe(1);
    await job.live.type('stty -a | tr " ;" "\\n" | grep -cx -e echo -e icanon -e isig');
    await job.live.enter();
    await job.live.type('fg');
    await job.live.press('Enter');
    await job.ends("store:default*> get k --format 'te");
    await job.run("xt'", 'store:default*>');
    await job.says('\nnew\n');
    await job.run('commit', 'store:default>');
    expect(await job.shell.succeed('kv get k')).toBe('new');
    await job.live.press('C-d');
    expect(await job.live.ended()).toBe(0);
  });

  it.runIf(hasShell(kind))('bring a question back, with what was typed', async () => {
    const job = await Job.open(kind);
    await job.shell.succeed('kv set-many a1=v a2=v b=v');
    await job.start();
    await job.live.type('delete --prefix a');
    await job.live.press('Enter');
    await job.says('(y/N)');
    await job.live.type('ye');
    await job.says('(y/N) ye');
    await job.suspend();
    await job.live.type('fg');
    await job.live.press('Enter');
    await until(async () => (await job.live.screen()).at(-1)!.endsWith('(y/N) ye'));
    await job.run('s', 'store:default>');
    expect(await job.shell.succeed('kv keys')).toBe('b\n');
    await job.run('get b', 'store:default>');
  });

  it.runIf(hasShell(kind))('stop a verb that reads what is typed, and it goes on', async () => {
    const job = await Job.open(kind);
    await job.start();
    await job.live.type('set k -');
    await job.live.press('Enter');
    await job.live.readsLines();
    await job.suspend();
    await job.live.type('fg');
    await job.live.press('Enter');
    await job.live.runs('node');
    await job.live.readsLines();
    await job.live.type('typed');
    await job.live.press('Enter', 'C-d');
    await job.ends('store:default>');
    expect(await job.shell.succeed('kv get k')).toBe('typed\n');
    await job.run('get k', 'store:default>');
  });

  it.runIf(hasShell(kind))('stop kv in a pipeline, and it goes on', async () => {
    const job = await Job.open(kind);
    await job.live.type('cat | kv set k');
    await job.live.press('Enter');
    await job.live.readsLines();
    await job.suspend();
    await job.live.type('fg');
    await job.live.press('Enter');
    await job.live.runs('cat');
    await job.live.readsLines();
    await job.live.type('typed');
    await job.live.press('Enter', 'C-d');
    expect(await job.live.ended()).toBe(0);
    expect(await job.shell.succeed('kv get k')).toBe('typed\n');
  });

  it.runIf(hasShell(kind) && hasLess)('stop a pager, and the prompt comes after it', async () => {
    const job = await Job.open(kind);
    await job.shell.succeed('seq 300 | sed "s/.*/set n& v/" | kv exec');
    await job.start('env PAGER=less kv');
    await job.run('keys n', ':');
    await job.live.readsKeys();
    await job.suspend();
    await job.live.type('fg');
    await job.live.press('Enter');
    await job.live.runs('node');
    await job.ends(':');
    await job.live.readsKeys();
    await job.live.press('q');
    await job.ends('store:default>');
    await job.run('exists n1', 'store:default>');
    await job.says('\ntrue\n');
  });
});

describe('what stops and continues a prompt from outside', () => {
  it.runIf(hasShell('bash'))(
    'is as good as the keys: SIGTSTP, SIGSTOP, a lone SIGCONT',
    async () => {
      const job = await Job.open('bash');
      await job.start('(echo $BASHPID > id; exec kv)');
      const send = (signal: string) => job.shell.succeed(`kill -${signal} $(cat id)`);
      await job.run("set k 'one two three'", 'store:default>');
      await job.live.type("get k --format 'te");
      await job.ends("store:default> get k --format 'te");
      for (const signal of ['TSTP', 'STOP']) {
        await send(signal);
        await job.live.ended();
        await job.live.resize(signal === 'STOP' ? 150 : 40, 50);
        await job.live.type('fg');
        await job.live.press('Enter');
        await job.ends("store:default> get k --format 'te");
      }
      await send('CONT');
      await job.live.type("xt'");
      await job.ends("store:default> get k --format 'text'");
      await job.run('', 'store:default>');
      expect((await job.live.screen()).slice(-3)).toEqual([
        "store:default> get k --format 'text'",
        'one two three',
        'store:default>',
      ]);
      await job.live.press('C-d');
      expect(await job.live.ended()).toBe(0);
    },
  );
});
