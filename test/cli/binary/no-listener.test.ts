/** SIGUSR1, which to Node is a wish for its debugger, ends the process; no port is ever opened. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guest } from '../../support/guests.js';
import { ended, Shell } from '../../support/shell.js';

/** The state of a socket that waits for connections, in /proc/net/tcp. */
const LISTEN = '0A';

it.each([
  ['exec', ['exec'], 'incr n\n'],
  ['run', ['run', guest('cat')], 'some bytes\n'],
])('kv %s listens on no port, and ends at SIGUSR1', async (_, words, input) => {
  const child = new Shell().start(...words);
  const end = ended(child);
  const answered = new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.write(input);
  await answered;
  expect(listeningSockets(child.pid!)).toEqual([]);
  child.kill('SIGUSR1');
  expect(await end).toMatchObject({ status: null, signal: 'SIGUSR1', stderr: '' });
});

it('a shell is told 138', async () => {
  const { text } = await new Shell().run(`coproc kv exec
    echo incr n >&"\${COPROC[1]}"; read -r _ <&"\${COPROC[0]}"
    kill -USR1 "$COPROC_PID"; wait "$COPROC_PID"; echo $?`);
  expect(text).toBe('138\n');
});

it('the check of sockets finds one that listens', async () => {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  expect(listeningSockets(process.pid)).toHaveLength(1);
  server.close();
});

/** The sockets of a process that wait for connections. */
function listeningSockets(pid: number): string[] {
  const listening = new Set(
    ['tcp', 'tcp6']
      .map((name) => `/proc/${pid}/net/${name}`)
      .filter((table) => existsSync(table))
      .flatMap((table) => readFileSync(table, 'utf8').trim().split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN)
      .map((columns) => `socket:[${columns[9]}]`),
  );
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .map((descriptor) => linkAt(`${folder}/${descriptor}`))
    .filter((link) => listening.has(link));
}

/** Empty for a descriptor that has been closed since it was listed. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
