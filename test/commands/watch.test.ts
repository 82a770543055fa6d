/** Watching among real processes. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LimitedStore } from '../support/limited-store.js';
import { keyvalueOver } from '../support/open-test-store.js';
import { Prompt } from '../support/prompt.js';
import { kvInMemory, kvOnDisk, kvOver } from '../support/run-command.js';
import { ended, Shell, until } from '../support/shell.js';
import { hasTmux } from '../support/tmux.js';

/** What a child has printed so far. */
class Printed {
  text = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
  }

  /** Resolves when there is such a line. */
  line(end: string): Promise<void> {
    return this.until(() => this.text.split('\n').some((line) => line.endsWith(end)));
  }

  /** Resolves when what is printed is such. */
  until(is: () => boolean): Promise<void> {
    return until(is, () => `${is}; printed:\n${this.text}`);
  }

  get events(): Record<string, unknown>[] {
    const lines = this.text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** A watch that has told what was there, with the key `ready` at the end of it. */
async function watching(shell: Shell, ...words: string[]) {
  await shell.succeed('kv set zz-ready ""');
  const child = shell.start('watch', '--initial', ...words);
  const printed = new Printed(child);
  await printed.until(() => printed.text.includes('zz-ready'));
  return { child, printed };
}

/** The transactions whose states others hold. */
async function heldBy(shell: Shell): Promise<number[]> {
  const { readers } = JSON.parse(await shell.succeed('kv store readers --json'));
  return readers
    .map(({ transaction }: { transaction: number | null }) => transaction)
    .filter((transaction: number | null) => transaction !== null);
}

describe('kv watch', () => {
  it('prints a line for each change, as it happens, and ends by Ctrl-C', async () => {
    const shell = new Shell();
    await shell.succeed("kv set there 1; kv set 'tab\there' 1");
    const { child, printed } = await watching(shell);
    const count = printed.text.length;
    const before = printed.text.trim().split('\n');
    await shell.succeed('kv set k value --ttl 1h; kv incr n; kv delete there');
    await printed.until(() => /^delete/m.test(printed.text) && /^set.*\tn$/m.test(printed.text));
    await shell.succeed('kv expire k 1s');
    await printed.until(() => printed.text.includes('expire'));
    const lines = [...before, ...printed.text.slice(count).trim().split('\n').sort()];
    const time = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
    for (const [index, line] of [
      `set\t1\t3\t${time}\ttab\\\\there`,
      `set\t1\t2\t${time}\tthere`,
      `set\t0\t4\t${time}\tzz-ready`,
      `delete\t1\t2\t${time}\tthere`,
      `expire\t5\t7\t${time}\tk`,
      `set\t1\t6\t${time}\tn`,
      `set\t5\t5\t${time}\tk`,
    ].entries()) {
      expect(lines[index]).toMatch(new RegExp(`^${line}$`));
    }
    // That it is to expire is told as well, where there is a look before it does.
    expect(lines.slice(7).filter((line) => !/^set\t5\t7\t.*\tk$/.test(line))).toEqual([]);
    const end = once(child, 'close');
    child.kill('SIGINT');
    expect(await end).toEqual([null, 'SIGINT']);
  });

  it('prints JSON with values, which a loop of a shell reads at once', async () => {
    const shell = new Shell();
    await shell.succeed('kv set zz-ready ""');
    const loop = shell.startGroup(
      'kv watch --initial --json --values | while read -r line; do echo "$line"; done',
    );
    const printed = new Printed(loop);
    await printed.line('Z"}');
    await shell.succeed("kv set k $'a\\tb' --expires 2100-01-01; printf '\\xff' | kv set bin");
    await printed.until(() => printed.events.length === 3);
    await shell.succeed('kv delete k');
    await printed.until(() => printed.events.length === 4);
    const [, set, binary, gone] = printed.events;
    expect(set).toMatchObject({
      event: 'set',
      key: 'k',
      value: 'a\tb',
      size: 3,
      expires: '2100-01-01T00:00:00.000Z',
    });
    expect(binary).toMatchObject({
      event: 'set',
      key: 'bin',
      value: '/w==',
      base64: true,
      size: 1,
    });
    expect(gone).toEqual({
      event: 'delete',
      key: 'k',
      size: 3,
      version: set!.version,
      time: expect.any(String),
      expires: '2100-01-01T00:00:00.000Z',
    });
  });

  it('ends with 141 when nobody reads it any more', async () => {
    const shell = new Shell();
    await shell.succeed('kv set a 1');
    const script = `
      { kv watch --initial; echo "status $?" >&2; } | { read -r line; echo "$line"; }
    `;
    const child = shell.startGroup(script);
    const printed = new Printed(child);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await printed.line('\ta');
    await until(async () => {
      await shell.succeed('kv incr n');
      return stderr !== '';
    });
    expect(stderr).toBe('status 141\n');
  });

  it('ends with 141 though nothing changes, when whoever reads its pipe goes', async () => {
    const shell = new Shell();
    await shell.succeed('kv set a 1');
    // The second one has not begun to print, the third waits for a store.
    for (const [words, store] of [
      ['--initial', shell.store],
      ['none/', shell.store],
      ['', join(shell.folder, '../home/none')],
    ]) {
      const script = `{ kv watch ${words}; echo "status $?" >&2; } | head -c 1`;
      const child = shell.startGroup(
        store === shell.store ? script : `export XDG_DATA_HOME=${store}; ${script}`,
      );
      const end = ended(child);
      // Without a first line head reads on, until it is ended.
      if (words !== '--initial') {
        await until(async () => (await shell.run(`pkill -P ${child.pid} head`)).status === 0);
      }
      expect((await end).stderr.replace(/^.*Terminated.*\n/m, '')).toBe('status 141\n');
    }
  });

  it('ends the same way when whoever reads its socket goes', async () => {
    const shell = new Shell();
    // What Node gives a child as its stdout is a socket.
    const { child } = await watching(shell);
    const end = once(child, 'exit');
    child.stdout.destroy();
    expect(await end).toEqual([141, null]);
  });

  it('ends after --limit changes', async () => {
    const shell = new Shell();
    await shell.succeed('kv set a 1; kv set b 2; kv set c 3');
    expect(await shell.succeed('kv watch --initial --limit 2 --json | jq -r .key')).toBe('a\nb\n');
    expect(await shell.succeed('kv watch --limit 0')).toBe('');
  });

  it('tells of a range alone, with what expires in it, and what is set anew before that', async () => {
    const shell = new Shell();
    await shell.succeed('kv set-many a=1 b=1 bb=1 c=1 d=1; kv set cc 1 --ttl 1h');
    const child = shell.start('watch', '--start', 'b', '--end', 'd', '--initial', '--json');
    const printed = new Printed(child);
    await printed.until(() => printed.text.includes('"cc"'));
    await shell.succeed(
      'kv set d 2; kv set a 2; kv delete c; kv expire cc never; kv expire bb 1s; kv set-many e=1 bz=1',
    );
    await printed.until(() => printed.text.includes('expire"') && printed.text.includes('"bz"'));
    const told = printed.events.map(({ event, key }) => `${event} ${key}`);
    expect(told.slice(0, 4)).toEqual(['set b', 'set bb', 'set c', 'set cc']);
    // That it is to expire is told as well, where there is a look before it does.
    const later = told.slice(4).filter((line) => line !== 'set bb');
    expect(later.sort()).toEqual(['delete c', 'expire bb', 'set bz', 'set cc']);
    child.kill('SIGINT');
  });

  it('begins before there is a store, and ends where a named one is not there', async () => {
    const shell = new Shell();
    const child = shell.start('watch', '--json', '--limit', '1');
    const end = ended(child);
    await until(async () => {
      await shell.succeed('kv incr n');
      return child.exitCode !== null;
    });
    const { status, text } = await end;
    expect([status, JSON.parse(text)]).toMatchObject([0, { event: 'set', key: 'n' }]);
    expect((await shell.run('kv -s ./none watch')).status).toBe(6);
    expect((await shell.run('kv -b none watch')).status).toBe(6);
  });

  it('tells every last value of eight writers, and misses no key', async () => {
    const shell = new Shell();
    const { child, printed } = await watching(shell, '--json', '--values');
    const writer = `for i in $(seq 1 150); do echo "set w$1/$((i % 40)) $i"; done
      for i in $(seq 0 9); do echo "delete w$1/$i"; done`;
    await shell.succeed(
      `for w in 1 2 3 4 5 6 7 8; do bash -c '${writer}' - $w | kv & done; wait; kv set last ""`,
    );
    await printed.until(() => printed.text.includes('"last"'));
    const state = new Map<string, unknown>();
    const versions = new Set<unknown>();
    for (const { event, key, value, version } of printed.events) {
      if (event === 'set') {
        expect(versions.has(version)).toBe(false);
        versions.add(version);
        state.set(key as string, value);
      } else state.delete(key as string);
    }
    const stored = await shell.succeed('kv export');
    const records = stored
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([...state].sort()).toEqual(records.map(({ key, value }) => [key, value]).sort());
    expect(state.size).toBe(8 * 30 + 2);
    child.kill('SIGINT');
  });

  it('holds no state while it is stopped by Ctrl-Z, and then tells what has changed', async () => {
    const shell = new Shell();
    await shell.succeed('kv set a 1; kv set b 1; kv set zz-ready ""');
    // A job of its own, which is stopped as a terminal stops it.
    const group = shell.startGroup(
      'set -m; kv watch --initial --json & echo "{\\"pid\\":$!}"; exec sleep 600',
    );
    const printed = new Printed(group);
    await printed.until(() => printed.text.includes('zz-ready') && printed.text.includes('pid'));
    const pid = printed.events.find((event) => 'pid' in event)!.pid as number;
    expect(await heldBy(shell)).toEqual([expect.any(Number)]);
    process.kill(-pid, 'SIGTSTP');
    await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T '));
    expect(await heldBy(shell)).toEqual([]);
    await shell.succeed('kv delete a; kv set b 2; kv set c 3; kv delete c');
    const count = printed.events.length;
    process.kill(-pid, 'SIGCONT');
    await printed.until(() => printed.events.length === count + 2);
    expect(printed.events.slice(count)).toMatchObject([
      { event: 'delete', key: 'a' },
      { event: 'set', key: 'b' },
    ]);
  });

  it('holds no state for a reader who does not read, and tells him all later', async () => {
    const shell = new Shell();
    const name = (number: number) => `${number}`.padStart(1000, '0');
    const lines = Array.from({ length: 2000 }, (_, number) =>
      JSON.stringify({ key: name(number), value: '' }),
    );
    await shell.succeed('kv import --create', { stdin: lines.join('\n') });
    const child = shell.start('watch', '--initial', '--json');
    // More than the pipe holds, and what Node reads of what nobody asks for.
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    await until(async () => (await heldBy(shell)).length === 0);
    const [first, last] = [name(0), name(1999)];
    await shell.succeed(`kv delete ${first} ${last}; kv set new 1`);
    const printed = new Printed(child);
    await printed.until(() => printed.text.includes('"new"'));
    const told = printed.events.map(({ event, key }) => `${event} ${key}`);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toContain(`delete ${first}`);
    // What had not been told is not told as gone.
    expect(told.includes(`delete ${last}`)).toBe(told.includes(`set ${last}`));
    const sets = told.filter((line) => line.startsWith('set 0') && !line.endsWith(last));
    expect(sets).toEqual(Array.from({ length: 1999 }, (_, number) => `set ${name(number)}`));
  });

  it('ends where its store is replaced', async () => {
    const shell = new Shell();
    const { child } = await watching(shell);
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes;
    });
    const end = once(child, 'close');
    await shell.succeed('kv store backup a.kvb && kv store restore --force a.kvb');
    const [status] = await end;
    expect(status).toBe(6);
    // Between the two there is none for a moment.
    const [message = '', ...rest] = stderr.split(': another is in its place\n');
    expect([message.replace(/: it is gone\n$/, ''), rest.join('')]).toEqual([
      `kv: cannot go on watching store "${shell.store}"`,
      '',
    ]);
  });

  it('goes on while its store is compacted', async () => {
    const shell = new Shell();
    await shell.succeed(
      'seq 1 20000 | sed "s/.*/{\\"key\\":\\"&\\",\\"value\\":\\"v\\"}/" | kv import --create',
    );
    await shell.succeed('kv delete --prefix 1 -y');
    const { child, printed } = await watching(shell, '--json');
    const count = printed.events.length;
    await shell.succeed('kv store compact && kv set after 1');
    await printed.until(() => printed.text.includes('"after"'));
    expect(printed.events.slice(count)).toMatchObject([{ event: 'set', key: 'after' }]);
    child.kill('SIGINT');
  });

  it('is no part of a script or a transaction', async () => {
    for (const kv of [kvInMemory(), await kvOnDisk()]) {
      await kv('set k 1');
      const script = await kv('exec', { stdin: 'watch\n' });
      expect([script.outcome, script.error?.message]).toEqual([
        2,
        'stdin:1: "watch" cannot be part of a script',
      ]);
      const within = await kv.keyvalue.transactions.hold(() => kv('watch'));
      expect([within.outcome, within.error?.message]).toEqual([
        2,
        'cannot watch bucket "default": a transaction is under way',
      ]);
      expect((await kv('watch --initial --limit 1 --json')).text).toMatch(
        /^\{"event":"set","key":"k","size":1,"version":\d+,"time":"[^"]+"\}\n$/,
      );
    }
  });

  it('is refused by a store that cannot tell', async () => {
    const { outcome, error } = await kvOver(keyvalueOver(new LimitedStore()))('watch');
    expect([outcome, error?.message, error?.hint]).toEqual([
      2,
      'cannot watch bucket "default": store ":memory:" does not support watch',
      'try: kv keys --newer',
    ]);
  });

  it('shows a person what a stored byte must not do', async () => {
    const kv = await kvOnDisk();
    await kv(['set', 'a\u001b[31m', 'x\u0007']);
    const { text, stderr } = await kv('watch --initial --values --limit 1', {
      stdoutIsTerminal: true,
      stderrIsTerminal: true,
    });
    expect(text).toMatch(/^\d\d:\d\d:\d\d {2}set {5}\S+ {2}\(2 B, v\d+\)\t\S+\n$/);
    expect(text).not.toMatch(/[\u0007\u001b]/);
    expect(stderr).toBe('watching bucket "default", until Ctrl-C\n');
  });
});

describe.runIf(hasTmux)('watch at the prompt', () => {
  it('ends by Ctrl-C, and the prompt goes on', async () => {
    const prompt = await Prompt.open({ pairs: ['k=v'] });
    await prompt.screen.type('watch --initial');
    await prompt.screen.shows('set     k');
    await prompt.shell.succeed('kv set other 1');
    await prompt.screen.shows('set     other');
    await prompt.screen.press('C-c');
    await prompt.waits();
    expect(await prompt.run('get k')).toEqual(['v']);
  });

  it('ends when the program that it is piped to does', async () => {
    const prompt = await Prompt.open({ pairs: ['k=v'] });
    const beginning = 'watching bucket "default", until Ctrl-C';
    const run = (line: string) => prompt.run(line);
    expect(await run('watch --initial | head -n 1 | cut -c 1-3')).toEqual([beginning, 'set']);
    expect(await run('watch | true')).toEqual([beginning]);
    expect(await prompt.run('get k')).toEqual(['v']);
  });
});
