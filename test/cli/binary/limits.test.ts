/** Low limits on the process: it works within them, or says in a line what is too low. No signal. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

/** What a verb says under a limit; undefined where it is not done, and Node itself does not start under it. */
async function under(shell: Shell, limit: string, words: string): Promise<string | undefined> {
  const { status, stderr } = await shell.run(
    `echo 'require("node:vm")' > starts.cjs
     ulimit ${limit}; kv ${words} > out && exit; status=$?
     node starts.cjs > /dev/null 2>&1 || exit 99; exit $status`,
  );
  if (status === 99) return undefined;
  // More is a signal.
  expect([limit, words, status! < 128]).toEqual([limit, words, true]);
  if (status !== 0) expect(stderr.split('\n')[0]).toMatch(/^kv: cannot /);
  return status === 0 ? 'done' : `${status}: ${stderr}`;
}

/**
 * Expects that a verb is done, or names the limit; and that it is done under the one that it advises,
 * but for a transaction of which nobody knows how large it becomes.
 */
async function expectAdvice(shell: Shell, words: string, said: string): Promise<void> {
  if (said === 'done') return;
  expect(said).toMatch(/^6: .* addresses is too low( for it)?\ntry: ulimit -v unlimited(, .*)?\n$/);
  const least = /at least ulimit (-v \d+)/.exec(said)?.[1];
  if (least === undefined) return;
  const then = await under(shell, least, words);
  if (then?.endsWith('try: ulimit -v unlimited\n')) expect(words).toMatch(/^bucket copy/);
  else expect([words, least, then]).toEqual([words, least, 'done']);
}

describe('a limit on addresses', () => {
  it('that is low names the store that was to be made', async () => {
    const shell = new Shell();
    const said = [];
    for (const kibibytes of [1_000_000, 1_500_000, 1_900_000, 2_100_000]) {
      said.push(await under(shell, `-v ${kibibytes}`, `-s new${kibibytes} set k v`));
    }
    const refused = said.filter((words) => words !== undefined && words !== 'done');
    // Under the lowest, the program itself does not start.
    const named = refused.filter((words) => !words!.startsWith('6: kv: cannot start: '));
    expect(named).not.toEqual([]);
    for (const words of named) {
      expect(words).toMatch(
        /^6: kv: cannot use store "new\d+": the limit on the process's addresses is too low for it\n/,
      );
    }
  });

  it('that is low is named, and one that is not is enough', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    for (const kibibytes of [800_000, 1_000_000, 1_500_000, 3_000_000, 8_000_000]) {
      for (const words of ['get k', 'set k v', 'keys']) {
        const said = await under(shell, `-v ${kibibytes}`, words);
        if (kibibytes >= 3_000_000) expect(said).toBe('done');
        else if (said !== undefined) await expectAdvice(shell, words, said);
      }
    }
  });

  it('that a store has outgrown, or a transaction would, is named, and the store stays', async () => {
    const shell = new Shell();
    const make = `node -e 'for (let i = 0; i < 60000; i++) console.log(JSON.stringify({ key: "k" + i, value: "v".repeat(4000) }))'`;
    await shell.succeed(`${make} | kv import`);
    for (const words of ['keys --count', 'set k0 v', 'bucket copy default copy']) {
      const said = await under(shell, '-v 1600000', words);
      if (said !== undefined) await expectAdvice(shell, words, said);
    }
    expect(await shell.succeed('kv keys --count')).toBe('60000\n');
  });
});

/** KiB that a Node has by itself, by their name in its `/proc/self/status`. */
async function memoryOfNode(shell: Shell): Promise<(name: 'VmSize' | 'VmData') => number> {
  const status = await shell.succeed(`node -p 'fs.readFileSync("/proc/self/status", "latin1")'`);
  return (name) => Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)![1]);
}

it('a limit on memory that Node starts under, and the program does not, is named', async () => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  const kibibytesOf = await memoryOfNode(shell);
  const said: (string | undefined)[] = [];
  for (const [flag, name] of [
    ['-v', 'VmSize'],
    ['-d', 'VmData'],
  ] as const) {
    for (const more of [4, 12, 20]) {
      said.push(await under(shell, `${flag} ${kibibytesOf(name) + more * 1024}`, 'get k'));
    }
  }
  const refused = said.filter((one) => one !== undefined);
  expect(refused.join('')).toContain('cannot start');
  const least = kibibytesOf('VmSize') + 4 * 1024;
  const { status, stderr } = await shell.run(`ulimit -v ${least}; kv --json get k`);
  expect([status, JSON.parse(stderr)]).toMatchObject([6, { error: { code: 'full' } }]);
  for (const one of refused) {
    // Node 24 starts the program under some of them, and the store is what has no room.
    if (!one.includes('cannot use store')) {
      expect(one).toMatch(
        /^6: kv: cannot start: the limit on the process's (addresses|data) is too low\ntry: ulimit -[vd] unlimited\n$/,
      );
    } else {
      expect(one).toMatch(
        /^6: kv: cannot use store "[^"]*": the limit on the process's (addresses|data) is too low for it\ntry: ulimit -[vd] unlimited, or at least ulimit -[vd] \d+\n$/,
      );
    }
  }
});

it('a limit on data that is low is named, and the one that is advised is enough', async () => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  const low = (await memoryOfNode(shell))('VmData') + 50 * 1024;
  for (const words of ['get k', 'set k v', '-s new set k v']) {
    const said = await under(shell, `-d ${low}`, words);
    expect(said).toMatch(/^6: kv: cannot use store "[^"]*": the limit on the process's data is/);
    const enough = /at least ulimit (-d \d+)/.exec(said!)![1]!;
    expect([words, enough, await under(shell, enough, words)]).toEqual([words, enough, 'done']);
  }
});

it('a limit on the stack that is low is named', async () => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  // Below, Node itself starts at some times and not at others.
  for (const kibibytes of [80, 100, 128, 256]) {
    for (const words of ['get k', 'set k v']) {
      const said = await under(shell, `-s ${kibibytes}`, words);
      if (kibibytes >= 128) expect(said).toBe('done');
      else if (said !== undefined) expect(said).toMatch(/^6: .* stack is too low for it\n/);
    }
  }
});

it('many stores in one process are opened, until one is refused', async () => {
  const shell = new Shell();
  const library = JSON.stringify(
    fileURLToPath(new URL('../../../dist/library.cjs', import.meta.url)),
  );
  const said = await shell.succeed(`node -e '
    const { openStore } = require(${library});
    (async () => {
      for (let count = 0; count < 200; count++) await openStore("s" + count, "write");
      console.log("opened");
    })().catch(({ code, message }) => console.log(code, message));
  '`);
  expect(said).toMatch(/^(opened|full cannot use store "s\d+.*": .* no addresses left for it)\n$/);
});

it('a limit on open files that is low is named', async () => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  for (const files of [18, 19, 20, 22, 24, 32]) {
    for (const words of [
      'get k',
      'set k v',
      `-s new${files} set k v`,
      `copy k k --to-store other${files}`,
    ]) {
      const said = await under(shell, `-n ${files}`, words);
      if (said === undefined) continue;
      if (files >= 32) expect(said).toBe('done');
      if (said === 'done') continue;
      expect(said).toMatch(/^5: .*: too many open files: the limit is \d+\ntry: ulimit -n \d+\n$/);
      expect(said).not.toContain('.making-');
      const enough = /ulimit (-n \d+)/.exec(said)![1]!;
      expect([words, enough, await under(shell, enough, words)]).toEqual([words, enough, 'done']);
    }
  }
});

it('a limit on open files that is too low for what a verb does besides is named', async () => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  let refused = 0;
  for (const files of [20, 22, 24]) {
    for (const words of ['store compact', 'lock l -- true']) {
      const said = await under(shell, `-n ${files}`, words);
      if (said === undefined || said === 'done') continue;
      refused++;
      expect(said).toMatch(
        /^5: .*: too many open files(: the limit is \d+)?\ntry: ulimit -n \d+\n$/,
      );
      const enough = /ulimit (-n \d+)/.exec(said)![1]!;
      expect([words, enough, await under(shell, enough, words)]).toEqual([words, enough, 'done']);
    }
  }
  expect(refused).toBeGreaterThan(0);
});

it("a file of LMDB's older data version is told from what is none, with the way over", async () => {
  const shell = new Shell();
  if ((await shell.run('command -v mdb_load mdb_dump')).status !== 0) {
    console.log('skipped: mdb_load and mdb_dump are not installed');
    return;
  }
  mkdirSync(`${shell.folder}/old`);
  await shell.succeed(`printf 'a\\n1\\nb\\n2\\n' | mdb_load -T old`);
  const { status, stderr } = await shell.run('kv -s old get a');
  expect(status).toBe(6);
  expect(stderr).toMatch(/^kv: .*: it is a file of LMDB's data version 1, and kv's have 2\n/);
  expect(stderr).toMatch(
    /\nto move its records: mdb_dump FOLDER \| kv --store NEW import --format mdb\n$/,
  );
  expect(await shell.succeed('mdb_dump old | kv -s new import --format mdb; kv -s new get b')).toBe(
    '2',
  );
});
