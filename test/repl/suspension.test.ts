/** Ctrl-Z and fg, with the job control of real shells. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasShell, type Kind, LiveShell } from '../support/live-shell.js';
import { Shell, until } from '../support/shell.js';
import { program } from '../terminal/terminal-process.js';

const kinds: Kind[] = ['bash', 'zsh', 'fish'];

const openTransaction = 'the transaction stays open while kv is stopped';

const hasLess = spawnSync('less', ['--version']).status === 0;

/** A shell in a terminal, with a job of kv in it. */
class Job {
  readonly shell: Shell;
  readonly live: LiveShell;

  private constructor(shell: Shell, live: LiveShell) {
    this.shell = shell;
    this.live = live;
  }

  static async open(kind: Kind, shell = new Shell()): Promise<Job> {
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

  /** Types and runs a line, and waits for the last line on the screen. */
  async run(line: string, last: string): Promise<void> {
    await this.live.type(line);
    // The last line may be the expected one already.
    await this.live.ends((last) => last.includes(line));
    await this.live.press('Enter');
    await this.ends(last);
  }

  /** Waits until the last line on the screen is this one. */
  async ends(last: string): Promise<void> {
    await this.live.ends((line) => line === last);
  }

  async suspend(): Promise<void> {
    await this.live.press('C-z');
    await this.live.ended();
  }

  /** Brings the job back to the foreground. */
  async resume(): Promise<void> {
    await this.live.type('fg');
    await this.live.press('Enter');
  }

  /** Stops a program that reads what is typed, has it go on, and types a line and the end. */
  async typeAcrossStop(program: string): Promise<void> {
    // The shell itself reads lines for a moment before it starts a job, and takes no Ctrl-Z for it.
    await this.live.runs(program);
    await this.live.readsLines();
    await this.suspend();
    await this.resume();
    await this.live.runs(program);
    await this.live.readsLines();
    await this.live.type('typed');
    await this.live.press('Enter', 'C-d');
  }

  async says(text: string): Promise<void> {
    await this.live.shows((lines) => lines.join('\n').includes(text));
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
    await job.says(openTransaction);
    expect((await job.shell.run('kv get k')).status).toBe(1);
    await job.live.type('stty -a | tr " ;" "\\n" | grep -cx -e echo -e icanon -e isig');
    await job.live.enter();
    await job.resume();
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
    await job.resume();
    await job.live.ends((last) => last.endsWith('(y/N) ye'));
    await job.run('s', 'store:default>');
    expect(await job.shell.succeed('kv keys')).toBe('b\n');
    await job.run('get b', 'store:default>');
  });

  it.runIf(hasShell(kind))('stop a verb that reads what is typed, and it goes on', async () => {
    const job = await Job.open(kind);
    await job.start();
    await job.live.type('set k -');
    await job.live.press('Enter');
    await job.typeAcrossStop('node');
    await job.ends('store:default>');
    expect(await job.shell.succeed('kv get k')).toBe('typed\n');
    await job.run('get k', 'store:default>');
  });

  it.runIf(hasShell(kind))('stop kv in a pipeline, and it goes on', async () => {
    const job = await Job.open(kind);
    await job.live.type('cat | kv set k');
    await job.live.press('Enter');
    await job.typeAcrossStop('cat');
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
    await job.resume();
    await job.live.runs('node');
    await job.ends(':');
    await job.live.readsKeys();
    await job.live.press('q');
    await job.ends('store:default>');
    await job.run('exists n1', 'store:default>');
    await job.says('\ntrue\n');
  });
});

/** Reads keys, and takes its time to give the screen back when it is to stop. */
const slowPager = `#!/usr/bin/env bash
trap 'sleep 0.3; echo "the screen is yours"; trap - TSTP; kill -TSTP $$' TSTP
exec 3</dev/tty
while IFS= read -r line; do echo "$line"; done
echo :
until read -r -u 3 line; do :; done
`;

describe.each(kinds)('Ctrl-Z in a pager that is slow, in %s', (kind) => {
  it.runIf(hasShell(kind))('stops kv after it: the shell prints its prompt last', async () => {
    const job = await Job.open(kind);
    await writeFile(join(job.shell.folder, 'pager'), slowPager, { mode: 0o700 });
    await job.shell.succeed('seq 60 | sed "s/.*/set n& v/" | kv exec');
    await job.start('env PAGER=./pager kv');
    await job.run('keys n', ':');
    await job.suspend();
    const lines = await job.live.wholeLines();
    const left = lines.findIndex((line) => line.includes('the screen is yours'));
    expect(left).toBeGreaterThan(0);
    expect(lines.slice(left + 1).join('\n')).toMatch(/<\d+>\d+$/);
  });
});

describe.each(kinds)('Ctrl-Z and fg, at a question in a transaction, in %s', (kind) => {
  it.runIf(hasShell(kind))('say that it stays open, and bring the question back', async () => {
    const job = await Job.open(kind);
    await job.shell.succeed('kv set-many a1=v a2=v b=v');
    await job.start();
    await job.run('begin', 'store:default*>');
    await job.live.type('delete --prefix a');
    await job.live.press('Enter');
    await job.says('(y/N)');
    await job.live.type('ye');
    await job.says('(y/N) ye');
    await job.suspend();
    await job.says(openTransaction);
    await job.resume();
    await job.live.ends((last) => last.endsWith('(y/N) ye'));
    await job.run('s', 'store:default*>');
    await job.run('rollback', 'store:default>');
    expect(await job.shell.succeed('kv keys')).toBe('a1\na2\nb\n');
  });
});

describe.each(kinds)('Ctrl-Z and fg, in a search, in %s', (kind) => {
  it.runIf(hasShell(kind))('bring a search in the history back', async () => {
    const job = await Job.open(kind);
    await job.start();
    await job.run('exists alpha', 'store:default>');
    await job.live.press('C-r');
    await job.live.type('alp');
    await job.ends('(history) alp: exists alpha');
    await job.suspend();
    await job.resume();
    await job.ends('(history) alp: exists alpha');
    await job.live.press('C-e');
    await job.ends('store:default> exists alpha');
  });
});

describe.runIf(hasShell('bash'))('Ctrl-Z and fg, with no keys read', () => {
  it('say that a transaction stays open', async () => {
    const job = await Job.open('bash');
    await job.start();
    await job.run('begin', 'store:default*>');
    await job.live.type('set k -');
    await job.live.press('Enter');
    await job.live.readsLines();
    await job.suspend();
    await job.says(openTransaction);
    await job.resume();
    await job.live.runs('node');
    await job.live.readsLines();
    await job.live.type('typed');
    await job.live.press('Enter', 'C-d');
    await job.ends('store:default*>');
    await job.run('commit', 'store:default>');
    expect(await job.shell.succeed('kv get k')).toBe('typed\n');
  });

  it('leave begin waiting for another writer', async () => {
    const job = await Job.open('bash');
    await job.shell.succeed('kv set k first');
    const other = await Job.open('bash', job.shell);
    await job.start();
    await other.start();
    await other.run('begin', 'store:default*>');
    await other.run('set k other', 'store:default*>');
    await job.live.type('begin');
    await job.live.press('Enter');
    await job.says('waiting for another writer');
    await job.suspend();
    await job.resume();
    await job.live.runs('node');
    await other.run('commit', 'store:default>');
    await job.ends('store:default*>');
    await job.run('get k', 'store:default*>');
    await job.says('\nother\n');
  });

  it('stop an import, which goes on to its end', async () => {
    const job = await Job.open('bash');
    await job.shell.succeed('mkfifo records');
    await job.start();
    await job.live.type('import records --format ndjson');
    await job.live.press('Enter');
    const feed = job.shell.startGroup(
      'exec 3>records; echo \'{"key":"a","value":"1"}\' >&3; cat >&3',
    );
    await until(async () => (await job.shell.run('kv exists a')).status === 0);
    await job.suspend();
    await job.resume();
    await job.live.runs('node');
    feed.stdin.end('{"key":"b","value":"2"}\n');
    await job.ends('store:default>');
    expect(await job.shell.succeed('kv keys')).toBe('a\nb\n');
  });
});

describe.runIf(hasShell('bash'))('a bar, at Ctrl-Z', () => {
  it('goes, and the remark on an open transaction comes; one fg goes on', async () => {
    const job = await Job.open('bash');
    await job.shell.succeed('mkfifo records');
    await job.start();
    await job.run('begin', 'store:default*>');
    await job.live.type('import records --format ndjson');
    await job.live.press('Enter');
    const feed = job.shell.startGroup('cat >records');
    let fed = 0;
    await job.live.ends((last) => {
      feed.stdin.write(`{"key":"${++fed}","value":"1"}\n`);
      return last.includes('/s');
    });
    await job.suspend();
    await job.says(openTransaction);
    await job.resume();
    await job.live.runs('node');
    feed.stdin.end();
    await job.ends('store:default*>');
    await job.run('commit', 'store:default>');
    expect(await job.shell.succeed('kv keys --count')).toBe(`${fed}\n`);
  });

  it('leaves the terminal as it was, and comes back as wide as the screen is then', async () => {
    const job = await Job.open('bash');
    const work = program(
      job.shell.folder,
      `const bar = await terminal.progress(100);
       const { existsSync } = await import('node:fs');
       while (!existsSync('over')) {
         bar.update(50);
         await turns(100);
       }
       bar.stop();`,
    );
    await job.live.type(work);
    await job.live.press('Enter');
    const showsBar = (drawn: boolean) =>
      job.live.ends((last) => last.includes(' 50%') && last.includes('━') === drawn);
    await showsBar(true);
    expect(breaksLines(job.live)).toBe(false);
    await job.suspend();
    expect(breaksLines(job.live)).toBe(true);
    await job.live.resize(36, 50);
    await job.resume();
    await showsBar(false);
    await job.suspend();
    await job.live.resize(150, 50);
    await job.resume();
    await showsBar(true);
    await job.shell.succeed('touch over');
    expect(await job.live.ended()).toBe(0);
    expect(breaksLines(job.live)).toBe(true);
  });
});

/** Whether the terminal goes on in the next row where a line is full. */
function breaksLines(live: LiveShell): boolean {
  return /\x1b\[\?7h(?!.*\x1b\[\?7l)/s.test(live.bytes());
}

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
      expect((await job.live.wholeLines()).slice(-3)).toEqual([
        "store:default> get k --format 'text'",
        'one two three',
        'store:default>',
      ]);
      await job.live.press('C-d');
      expect(await job.live.ended()).toBe(0);
    },
  );
});
