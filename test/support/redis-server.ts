/** A Redis server for tests: real, on loopback, with nothing on the disk. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServer {
  /** `redis://HOST:PORT` */
  readonly address: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Whether there is a redis-server here: without it, what needs one is shown as skipped. */
export const hasRedis = isThere('redis-server');

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts one with more of its options; resolves when it answers. `port` absent: one that is free. */
export async function startRedis(
  options: readonly string[] = [],
  port?: number,
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kv-redis-'));
  const own = port ?? (await freePort());
  const words = [
    ['--port', String(own), '--bind', '127.0.0.1', '--dir', folder],
    ['--save', '', '--appendonly', 'no'],
    options,
  ].flat();
  const server = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const kill = () => server.kill('SIGKILL');
  // Also where the tests are ended from outside.
  process.once('exit', kill);
  for await (const lines of server.stdout!) {
    if (String(lines).includes('Ready to accept connections')) break;
  }
  if (server.exitCode !== null) throw new Error(`no Redis server began at port ${own}`);
  const stop = async () => {
    kill();
    await ended;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: `redis://127.0.0.1:${own}`, port: own, process: server, stop };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
