/** `kv run --sync`: what is stored, and who waits, however the component ends. */
import { expect, test } from 'vitest';
import { guest } from '../../support/guests.js';
import { ended, Shell, until } from '../../support/shell.js';

const steps = guest('steps');

async function shellWithStore(): Promise<Shell> {
  const shell = new Shell();
  await shell.succeed('kv set first 1');
  return shell;
}

/** Starts the guest, and resolves when it has said "ready". */
async function ready(shell: Shell, sync: string, ...words: string[]) {
  const child = shell.start('run', steps, '--sync', sync, '--', ...words);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes;
  });
  await until(() => said.includes('ready\n'));
  return child;
}

test.each([
  ['returns', 'set a 1', 0],
  ['fails', 'set a 1 nonsense', 1],
  ['exits', 'set a 1 exit 7', 7],
  ['traps', 'set a 1 trap', 71],
  ['computes beyond its time', 'set a 1 say ready loop', 5],
  ['calls beyond its time', 'set a 1 say ready spin 600000', 5],
])('all is committed where the component %s', async (_, words, status) => {
  for (const sync of ['each', '100ms', 'exit']) {
    const shell = await shellWithStore();
    // On a busy machine its time may be over before it has come to "ready".
    for (let time = 500; ; time *= 2) {
      const limit = status === 5 ? `--timeout ${time}ms` : '';
      const run = await shell.run(`kv run ${steps} --sync ${sync} ${limit} -- ${words}`);
      expect(run.status, run.stderr).toBe(status);
      if (status !== 5 || run.text === 'ready\n') break;
    }
    expect(await shell.succeed('kv get a')).toBe('1');
  }
});

test('what is written is seen by the component at once', async () => {
  const shell = await shellWithStore();
  const words = 'set a 1 get a add n 41 add n 1 get n large a 3 set a 2 get a get b';
  expect(await shell.succeed(`kv run ${steps} --sync exit -- ${words}`)).toBe('1\n42\n2\n-\n');
});

test('an error of a call loses nothing', async () => {
  const shell = await shellWithStore();
  const run = await shell.run(`kv run ${steps} --sync exit -- set a x add a 1`);
  expect([run.status, run.stderr]).toEqual([1, expect.stringContaining('not a counter')]);
  expect(await shell.succeed('kv get a')).toBe('x');
});

test('kill -9 loses what is not committed, and each write that is', async () => {
  for (const [sync, isThere] of [
    ['each', true],
    ['exit', false],
  ] as const) {
    const shell = await shellWithStore();
    const child = await ready(shell, sync, 'set', 'a', '1', 'say', 'ready', 'loop');
    const end = ended(child);
    child.kill('SIGKILL');
    expect((await end).signal).toBe('SIGKILL');
    expect((await shell.run('kv exists a')).status).toBe(isThere ? 0 : 1);
    expect((await shell.run('kv store check')).status).toBe(0);
  }
});

test('with a time it is committed when that is over', async () => {
  const shell = await shellWithStore();
  await ready(shell, '50ms', 'set', 'a', '1', 'say', 'ready', 'spin', '600000');
  await until(async () => (await shell.run('kv exists a')).status === 0);
});

test('it is committed when another process waits to write', async () => {
  const shell = await shellWithStore();
  const child = await ready(shell, 'exit', 'set', 'a', '1', 'say', 'ready', 'spin', '600000');
  await shell.succeed('kv set b 2');
  expect(await shell.succeed('kv get a')).toBe('1');
  expect(child.exitCode).toBe(null);
});

test.each([
  ['a clock', ['sleep', '600000']],
  ['input', ['read']],
])('it is committed before the component waits for %s', async (_, words) => {
  const shell = await shellWithStore();
  const child = await ready(shell, 'exit', 'set', 'a', '1', 'say', 'ready', ...words);
  await shell.succeed('kv --wait 30s set b 2');
  expect(await shell.succeed('kv get a')).toBe('1');
  expect(child.exitCode).toBe(null);
});

test('counters stay exact in several processes at once', async () => {
  const shell = await shellWithStore();
  const all = ['exit', '20ms', 'exit'].map((sync) =>
    shell.succeed(`kv run ${steps} --sync ${sync} -- adds n 1000`),
  );
  await Promise.all(all);
  expect(await shell.succeed('kv get n')).toBe('3000');
});

test('what is no time is refused', async () => {
  const shell = await shellWithStore();
  const run = await shell.run(`kv run ${steps} --sync soon -- set a 1`);
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('each, exit or a length of time such as 100ms is expected');
});
