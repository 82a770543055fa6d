/** Outputs that are open already, that are closed, and that must not be written to. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guest } from '../../support/guests.js';
import { Prompt } from '../../support/prompt.js';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';
import { hasTmux } from '../../support/tmux.js';

const record = '{"key":"k","value":"value"}\n';
const rejected = /"line":1,"reason":"the key is there already"/;

async function shellWithLog(): Promise<Shell> {
  const shell = new Shell();
  await shell.succeed(`kv set k value; echo before > log; printf '%s' '${record}' > records`);
  return shell;
}

describe('an output that is open already is written to as it stands', () => {
  it('with its position', async () => {
    const shell = await shellWithLog();
    for (const script of [
      'kv export -o /dev/stderr 2>> log',
      'kv export -o /dev/stdout >> log',
      'kv export -o /dev/fd/3 3>> log',
      'kv export -o /proc/self/fd/3 3>> log',
      'exec 3> log; echo before >&3; kv export -o /dev/fd/3',
      'ln -s /dev/fd/3 to-descriptor; kv export -o to-descriptor 3>> log',
      'kv export -o log 2>> log',
      'kv export -o log >> log',
      'ln -s log to-log; kv export -o to-log 5>> log',
    ]) {
      await shell.succeed('echo before > log; ls -i log > inode');
      await shell.succeed(`${script}; ls -i log | cmp - inode`);
      const log = await shell.succeed('cat log');
      expect([script, log]).toEqual([script, `before\n${record}`]);
    }
    expect(shell.files().filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('also by get and by import', async () => {
    const shell = await shellWithLog();
    await shell.succeed('kv get k -o /dev/stderr 2>> log');
    const insert = 'kv -q import records --mode insert --on-error skip --rejects';
    expect((await shell.run(`${insert} /dev/fd/3 3>> log`)).status).toBe(4);
    expect(await shell.succeed('cat log')).toMatch(/^before\nvalue\{.*\n$/);
    expect(await shell.succeed('tail -n 1 log')).toMatch(rejected);
  });

  it('also by store backup', async () => {
    const shell = await shellWithLog();
    await shell.succeed('kv store backup /dev/fd/3 3>> log; tail -c +8 log > backup');
    await shell.succeed('mkfifo pipe; cat pipe > from-pipe & kv store backup pipe; wait');
    for (const file of ['backup', 'from-pipe']) {
      expect(await shell.succeed(`kv store restore --list ${file}`)).toContain('whole');
    }
    expect(await shell.succeed('head -n 1 log')).toBe('before\n');
  });

  it('a pipe', async () => {
    const shell = await shellWithLog();
    expect(await shell.succeed('kv get k -o /dev/fd/3 3>&1 >/dev/null | tr a-z A-Z')).toBe('VALUE');
  });

  it('not one that is open to be read, which is replaced', async () => {
    const shell = await shellWithLog();
    await shell.succeed('kv get k -o log < log');
    expect(await shell.succeed('cat log')).toBe('value');
  });

  it('and one that is not open is refused', async () => {
    const shell = await shellWithLog();
    expectRefusal(await shell.run('kv get k -o /dev/fd/9'), {
      status: 6,
      message: 'cannot write "/dev/fd/9": it is not open for that',
    });
    expectRefusal(await shell.run('kv get k -o /dev/fd/3 3< log'), {
      status: 6,
      message: 'cannot write "/dev/fd/3": it is not open for that',
    });
    expect(await shell.succeed('cat log')).toBe('before\n');
  });

  it.runIf(hasTmux)('from the prompt', async () => {
    const shell = await shellWithLog();
    const prompt = await Prompt.open({ shell, command: 'kv 3>> log' });
    expect(await prompt.run('get k > /dev/fd/3')).toEqual([]);
    expect(await prompt.run('get k > log')).toEqual([]);
    expect(await shell.succeed('cat log')).toBe('before\nvaluevalue');
    await shell.succeed(`ln -s ${shell.store} s`);
    const [refusal] = await prompt.run('get k >> s/data.mdb');
    expect(refusal).toMatch(/^kv: cannot write "s\/data\.mdb": it is a file of/);
    expect(await prompt.run('get k')).toEqual(['value']);
  });

  it("and so is one of Node's own, where what is written would be lost, and what is read never comes", async () => {
    const shell = await shellWithLog();
    const numbers = Array.from({ length: 20 }, (_, index) => index + 3);
    const lines = numbers.map((n) => `get k -o /dev/fd/${n}\nset new -f /proc/self/fd/${n}\n`);
    const { status, stderr } = await shell.run('kv exec --keep-going', { stdin: lines.join('') });
    expect([status, stderr.match(/: cannot write/g)?.length]).toEqual([6, numbers.length]);
  });
});

describe("the store's own files are refused as an output", () => {
  it('by whatever path, of whatever verb', async () => {
    const shell = await shellWithLog();
    const { store } = shell;
    await shell.succeed(`ln -s ${store}/data.mdb link; ln ${store}/data.mdb other`);
    for (const script of [
      `kv export -o ${store}/data.mdb`,
      `kv get k -o ../work/..${store.slice(dirname(shell.folder).length)}/lock.mdb`,
      'kv export -o link',
      'kv export -o other',
      'kv import records --rejects link',
      'echo "get k -o link" | kv exec',
    ]) {
      const { status, stderr } = await shell.run(script);
      expect([script, status]).toEqual([script, 2]);
      expect(stderr).toMatch(/cannot write ".*": it is a file of the store ".*store"\n/);
    }
    // Closed again, it would take the locks of the process along.
    const { status, stderr } = await shell.run(`kv set new -f ${store}/lock.mdb`);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^kv: cannot read ".*": it is a file of/),
    ]);
    expect(await shell.succeed('kv get k; kv keys')).toBe('valuek\n');
  });

  it('where there is no store yet', async () => {
    const shell = new Shell();
    mkdirSync(shell.store, { recursive: true });
    const { status } = await shell.run(`kv export -o ${shell.store}/data.mdb`);
    expect([status !== 0, shell.files(shell.store)]).toEqual([true, []]);
  });
});

describe('a closed', () => {
  it('stdout is an error of a verb that prints', async () => {
    const shell = await shellWithLog();
    for (const words of ['get k', 'export', 'keys', 'help']) {
      const message = 'cannot write to stdout: it is closed';
      expectRefusal(await shell.run(`kv ${words} >&-`), { status: 6, message });
    }
    expectRefusal(await shell.run('kv incr n >&-'), {
      status: 6,
      message: 'cannot write to stdout: it is closed; the change was made',
      hint: '1',
    });
  });

  it('stdout, stdin and stderr are no error of a verb that needs none', async () => {
    const shell = await shellWithLog();
    await shell.succeed(
      'kv set a b <&- >&- 2>&-; kv delete log <&- >&- 2>&-; exec >&-; kv set c d',
    );
    expect(await shell.succeed('kv keys; kv get a')).toBe('a\nc\nk\nb');
    expect((await shell.run('kv get nope 2>&-')).status).toBe(1);
  });

  it('stdin is an error of a verb that reads it', async () => {
    const shell = await shellWithLog();
    for (const words of [
      'set k -',
      'set k -f /dev/stdin',
      'import -',
      'exec -',
      'exec - --atomic',
    ]) {
      const { status, stderr } = await shell.run(`kv ${words} <&-`);
      expect([words, status]).toEqual([words, 6]);
      expect(stderr).toMatch(/^kv: cannot read stdin: it is closed\n/);
    }
    expect(await shell.succeed('kv get k')).toBe('value');
  });

  it('stdout is told from one that nobody wants', async () => {
    const shell = await shellWithLog();
    expect(await shell.run('kv get k > /dev/null; kv set e - < /dev/null')).toMatchObject({
      status: 0,
      stderr: '',
    });
    // As a program starts another whose output it does not want, and that one a third.
    const start = `const { spawnSync } = require('node:child_process');
      const stdio = ['ignore', 'ignore', 'inherit'];
      for (const words of [['kv', 'get', 'k'], ['bash', '-c', 'kv get k; kv incr n']]) {
        process.exitCode ||= spawnSync(words[0], words.slice(1), { stdio }).status;
      }`;
    expect(await shell.run(`node -e "$SCRIPT"`, { env: { SCRIPT: start } })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await shell.succeed('kv get n')).toBe('1');
  });

  it('stdout is an error of a component that prints, whether it looks or not', async () => {
    const shell = await shellWithLog();
    const write = 'cannot write to stdout';
    const ran = 'the component ran, and it ended with 0';
    for (const [to, why] of [
      ['>&-', 'it is closed'],
      ['>/dev/full', 'no space is left on the device'],
    ]) {
      const count = await shell.run(`kv run ${guest('count')} ${to}`);
      expect([count.status, count.stderr]).toEqual([6, `kv: ${write}: ${why}; ${ran}\n`]);
      // It looks, and says so by its own status.
      const cat = await shell.run(`echo text | kv run ${guest('cat')} ${to}`);
      expect([cat.status, cat.stderr]).toEqual([1, 'a stream failed\n']);
    }
    expect(await shell.succeed('kv get runs')).toBe('2');
    const watch = `kv run --watch ${guest('watcher')} >/dev/full & w=$!`;
    const change = 'while kill -0 $w 2>/dev/null; do kv -q incr n > n; done; wait $w';
    expect((await shell.run(`${watch}; ${change}`)).status).toBe(6);
  });
});

describe('a program that kv starts', () => {
  it('has what kv was started with, and nothing of the store', async () => {
    const shell = await shellWithLog();
    const look = 'for at in /proc/self/fd/*; do readlink $at; done >> links; true';
    for (const script of [
      `kv lock l -- bash -c 'echo 3 >&3; echo 9 >&9; echo 20 >&20; ${look}' 3>three 9>nine 20>twenty`,
      `VISUAL='bash -c "echo 3 >&3; ${look.replaceAll('$', '\\$')}"' kv edit k 3>>three`,
    ]) {
      await shell.succeed(script);
    }
    expect(await shell.succeed('cat three nine twenty')).toBe('3\n3\n9\n20\n');
    expect(await shell.succeed('cat links')).not.toMatch(/mdb/);
  });

  it('finds closed what was closed', async () => {
    const shell = await shellWithLog();
    const echo = await shell.run('kv lock l -- bash -c "echo lost" >&-');
    expect(echo).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Bad file descriptor'),
    });
    expect((await shell.run('kv lock l -- cat <&-')).status).toBe(1);
    expectRefusal(await shell.run('kv lock l -- kv get k >&-'), {
      status: 6,
      message: 'cannot write to stdout: it is closed',
    });
    expect(await shell.run('kv lock l -- kv get k >/dev/null')).toMatchObject({ status: 0 });
  });
});
