/** `kv run --watch`: a component that is called for what changes. */
import { closeSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { guest } from '../../support/guests.js';
import { componentOf } from '../../support/hostile-guest.js';
import { expectRefusal } from '../../support/refusal.js';
import { ended, Shell, until } from '../../support/shell.js';

vi.setConfig({ testTimeout: 180_000 });

const watcher = guest('watcher');

/** Begins to watch, and resolves when the component is called; what it says of probes is left out. */
async function watching(
  shell: Shell,
  words: readonly string[] = [],
  path = watcher,
  bucket = 'default',
) {
  const child = shell.start('run', '--watch', path, ...words);
  const end = ended(child);
  const lines: string[] = [];
  const told = { lines, stderr: '', probes: 0 };
  let rest = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const all = (rest + bytes).split('\n');
    rest = all.pop()!;
    lines.push(...all.filter((line) => !line.includes('probe')));
    told.probes += all.filter((line) => line.includes('probe')).length;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    told.stderr += bytes;
  });
  const probe = shell.start('-b', bucket, 'exec');
  const over = ended(probe);
  let number = 0;
  await until(() => {
    probe.stdin.write(`set a/probe ${number++}\n`);
    return told.probes > 0;
  });
  probe.stdin.end();
  expect((await over).status).toBe(0);
  const says = async (...expected: string[]) => {
    await until(
      () => lines.length >= expected.length,
      () => `${lines}\n${told.stderr}`,
    );
    expect(lines.splice(0)).toEqual(expected);
  };
  return Object.assign(told, { child, end, says });
}

async function shellWithStore(): Promise<Shell> {
  const shell = new Shell();
  await shell.succeed('kv set first 1');
  return shell;
}

test.each([
  ['0.2.0-draft', guest('watcher')],
  ['0.2.0-draft2', guest('watcher2')],
])('a watcher of %s is called for what is set, deleted and expires, in order', async (_, path) => {
  const shell = await shellWithStore();
  const { says, lines } = await watching(shell, [], path);
  await shell.succeed('kv set z 1');
  await says('set z 1');
  await shell.succeed('kv delete z');
  await says('delete z');
  await shell.succeed('printf "set z 1\\nset b 2\\nset m 3\\n" | kv exec --atomic');
  await says('set z 1', 'set b 2', 'set m 3');
  await shell.succeed('kv set short-lived 1 --ttl 1h');
  await says('set short-lived 1');
  await shell.succeed('kv expire short-lived 1s');
  // That it is to expire is told as well, where there is a look before it does.
  await until(
    () => lines.includes('delete short-lived'),
    () => lines,
  );
  expect(lines.splice(0).filter((line) => line !== 'set short-lived 1')).toEqual([
    'delete short-lived',
  ]);
  // The bucket that it is given is one to write to; what it writes is told as well.
  await shell.succeed('kv set copy/one 5');
  await says('set copy/one 5', 'set copied/one 5');
});

test('each bucket is followed, with --prefix alone what begins with it', async () => {
  const shell = await shellWithStore();
  await shell.succeed('kv bucket create one; kv bucket create two');
  const words = ['-b', 'x=one', '-b', 'two:ro', '-b', 'again=one:ro', '--prefix', 'a/'];
  const { says } = await watching(shell, words, watcher, 'one');
  await shell.succeed('kv -b one set b/1 no; kv set a/2 no; kv -b one set a/3 3');
  await says('set a/3 3');
  await shell.succeed('kv -b two set a/4 4');
  await says('set a/4 4');
  await shell.succeed('kv bucket delete one --confirm one');
  await says('delete a/3');
  await shell.succeed('kv -b two set a/5 5');
  await says('set a/5 5');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it', async (signal) => {
  const shell = await shellWithStore();
  const { child, end } = await watching(shell);
  child.kill(signal);
  expect((await end).signal).toBe(signal);
  await shell.succeed('kv store check');
});

test('a signal ends it in the midst of a call that never returns', async () => {
  const shell = await shellWithStore();
  const { child, end, says } = await watching(shell);
  await shell.succeed('printf "set a 1\\nset b loop\\n" | kv exec --atomic');
  await says('set a 1');
  child.kill('SIGINT');
  expect((await end).signal).toBe('SIGINT');
});

test('a call that traps ends it, and its key is named', async () => {
  const shell = await shellWithStore();
  const { end } = await watching(shell);
  await shell.succeed('kv set bad trap');
  const { status, stderr } = await end;
  expect([status, stderr]).toEqual([
    71,
    expect.stringContaining('that "bad" in bucket "default" was set: it trapped: `unreachable`'),
  ]);
});

test('with --keep-going a new instance goes on after a call that traps, or lasts', async () => {
  const shell = await shellWithStore();
  const told = await watching(shell, ['--keep-going', '--timeout', '2s']);
  await shell.succeed('kv set n count');
  await until(() => told.lines.length > 0);
  told.lines.length = 0;
  await shell.succeed(
    'printf "set b trap\\nset a 1\\nset l loop\\nset c count\\n" | kv exec --atomic',
  );
  await told.says('set a 1', 'set c 1');
  expect(told.stderr).toContain('"b" in bucket "default" was set: it trapped');
  expect(told.stderr).toContain('"l" in bucket "default" was set: it was stopped after 2000 ms');
});

describe('before it is called for the first time', () => {
  test.each([
    ['traps', 'unreachable', 71, 'it trapped: `unreachable` instruction executed'],
    ['has no end', '(loop $again (br $again))', 5, 'it was stopped after 500 ms'],
  ])('a start function that %s is named, with --keep-going too', async (_, core, status, state) => {
    const shell = await shellWithStore();
    writeFileSync(join(shell.folder, 'x.wasm'), await watcherThatStarts(core));
    for (const options of ['', '--keep-going']) {
      const run = await shell.run(`kv run --watch x.wasm --timeout 500ms ${options}`);
      expectRefusal(run, { status, message: `cannot run "x.wasm": ${state}` });
    }
  });

  test('a pipe whose writer says nothing is given up in time, and at a signal', async () => {
    const shell = await shellWithStore();
    await shell.succeed('mkfifo pipe');
    const writer = openSync(join(shell.folder, 'pipe'), 'r+');
    onTestFinished(() => closeSync(writer));
    expectRefusal(await shell.run('kv run --watch pipe --timeout 300ms'), {
      status: 5,
      message: 'cannot run "pipe": it was stopped after 300 ms',
    });
    const run = shell.start('run', '--watch', 'pipe');
    await until(() => opened(run.pid!).includes(join(shell.folder, 'pipe')));
    run.kill('SIGTERM');
    expect((await ended(run)).signal).toBe('SIGTERM');
  });
});

test('what it passes to exit is its status', async () => {
  const shell = await shellWithStore();
  const { end } = await watching(shell);
  await shell.succeed('kv set a exit');
  expect((await end).status).toBe(3);
});

test('it ends when nobody reads what it prints', async () => {
  const shell = await shellWithStore();
  const { child, end } = await watching(shell);
  child.stdout.destroy();
  await until(async () => {
    if (child.exitCode === null && child.signalCode === null) await shell.run('kv incr a');
    return child.exitCode !== null || child.signalCode !== null;
  });
  const { status, signal } = await end;
  expect(signal ?? status).toSatisfy((how) => how === 'SIGPIPE' || how === 141);
});

test('beside eight writers every last value is told, and no key missed', async () => {
  const shell = await shellWithStore();
  const { lines, child, end } = await watching(shell, ['--sync', '50ms']);
  const steps = guest('steps');
  const writers = Array.from({ length: 8 }, (_, writer) => {
    const sets = Array.from({ length: 80 }, (_, at) => `set w${writer}-${at % 40} ${at}`);
    const deletes = Array.from({ length: 10 }, (_, at) => `delete w${writer}-${at}`);
    return writer % 2 === 0
      ? shell.succeed('kv exec', { stdin: [...sets, ...deletes].join('\n') })
      : shell.succeed(`kv run ${steps} --sync exit -- ${sets.join(' ')} adds n${writer} 30`);
  });
  await Promise.all(writers);
  await shell.succeed('kv set last 1');
  await until(
    () => lines.includes('set last 1'),
    () => lines,
  );
  const state = new Map<string, string>();
  for (const line of lines) {
    const [event, key, value] = line.split(' ');
    if (event === 'set') state.set(key!, value!);
    else expect(state.delete(key!), line).toBe(true);
  }
  const stored = (await shell.succeed('kv export --format ndjson'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { key: string; value: string })
    .filter(({ key }) => key !== 'first' && key !== 'a/probe');
  expect([...state].sort()).toEqual(stored.map(({ key, value }) => [key, value]).sort());
  child.kill('SIGINT');
  await end;
});

test('between calls it holds nothing of the store', async () => {
  const shell = await shellWithStore();
  const { says } = await watching(shell);
  const rounds = 12;
  for (let round = 0; round < rounds; round++) {
    await shell.succeed('head -c 1000000 /dev/zero | kv set large');
    await says('set large 1000000');
  }
  expect((await shell.info()).fileSize).toBeLessThan((rounds / 2) * 1e6);
});

describe('kv run refuses', () => {
  test.each([
    ['run --prefix a', 2, 'only with --watch'],
    ['run --keep-going', 2, 'only with --watch'],
    ['run', 4, 'kv run --watch'],
  ])('%s of a watcher', async (words, status, said) => {
    const shell = await shellWithStore();
    const run = await shell.run(`kv ${words} ${watcher}`);
    expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(said)]);
  });

  test('--watch of a component that exports no watcher', async () => {
    const shell = await shellWithStore();
    const run = await shell.run(`kv run --watch ${guest('count')}`);
    expect(run.status).toBe(4);
    expect(run.stderr).toContain('it does not export wasi:keyvalue/watcher@0.2.0-draft');
  });
});

/** The files that a process has open. */
function opened(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      // It has been closed since.
      return [];
    }
  });
}

/** A watcher with these instructions as its start function. */
function watcherThatStarts(core: string): Promise<Uint8Array> {
  return componentOf(`(component $C
    (import "wasi:keyvalue/store@0.2.0-draft2" (instance $store
      (export "bucket" (type (sub resource)))))
    (alias export $store "bucket" (type $bucket))
    (core module $m (memory (export "memory") 1) (func $start ${core}) (start $start)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "set") (param i32 i32 i32 i32 i32))
      (func (export "delete") (param i32 i32 i32)))
    (core instance $i (instantiate $m))
    (alias core export $i "memory" (core memory $memory))
    (alias core export $i "realloc" (core func $realloc))
    (func $set (param "bucket" (own $bucket)) (param "key" string) (param "value" (list u8))
      (canon lift (core func $i "set") (memory $memory) (realloc $realloc)))
    (func $delete (param "bucket" (own $bucket)) (param "key" string)
      (canon lift (core func $i "delete") (memory $memory) (realloc $realloc)))
    (instance $watcher (export "on-set" (func $set)) (export "on-delete" (func $delete)))
    (export "wasi:keyvalue/watcher@0.2.0-draft2" (instance $watcher)))`);
}
