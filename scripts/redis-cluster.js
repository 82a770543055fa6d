/**
 * A Redis Cluster for trying, on this machine alone: three primaries, each with a replica, on loopback, at
 * ports that are free. `node scripts/redis-cluster.js COMMAND…` runs a command, such as a shell, with its
 * address in KV_STORE, and then ends it with all that it held. The tests use it as well. It takes redis-server
 * and redis-cli, as Debian's redis-server package brings them.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Slots of every cluster, and how many primaries share them. */
const SLOTS = 16_384;
const PRIMARIES = 3;

/** How often it is looked whether the cluster stands, in ms. */
const LOOK_MS = 50;

/**
 * Starts one, with more options for each server, and resolves when all of it stands. Nodes come in the order
 * of their slots, their replicas behind all primaries.
 */
export async function startCluster(options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'kv-redis-cluster-'));
  const ports = await freePorts(2 * PRIMARIES);
  const start = (port) => startNode(folder, port, options);
  const nodes = await Promise.all(ports.map(start));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await join_(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const servers = ports.slice(0, PRIMARIES).map((port) => `127.0.0.1:${port}`);
  return { address: `redis+cluster://${servers.join(',')}`, nodes, stop };
}

/** Has servers know each other, and gives each primary its slots and its replica. */
async function join_(nodes) {
  const primaries = nodes.slice(0, PRIMARIES);
  const replicas = nodes.slice(PRIMARIES);
  const share = Math.ceil(SLOTS / PRIMARIES);
  await Promise.all(
    primaries.map((node, index) => {
      const last = Math.min((index + 1) * share, SLOTS) - 1;
      return node.ask('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    }),
  );
  for (const { port } of nodes.slice(1)) await nodes[0].ask('CLUSTER', 'MEET', '127.0.0.1', port);
  await until(nodes, 'CLUSTER', 'INFO', new RegExp(`cluster_known_nodes:${nodes.length}\\b`));
  for (const [index, node] of replicas.entries()) {
    const id = (await primaries[index].ask('CLUSTER', 'MYID')).trim();
    await asked(() => node.ask('CLUSTER', 'REPLICATE', id), /^OK/);
  }
  await until(nodes, 'CLUSTER', 'INFO', /cluster_state:ok/);
  await until(replicas, 'INFO', 'replication', /master_link_status:up/);
  await until(primaries, 'INFO', 'replication', /connected_slaves:1/);
  await until(nodes, 'CLUSTER', 'NODES', new RegExp(`(?:slave .*\\n[^]*){${PRIMARIES}}`));
}

/** Waits until all of them answer so. */
async function until(nodes, ...question) {
  const answer = question.pop();
  await Promise.all(nodes.map((node) => asked(() => node.ask(...question), answer)));
}

async function asked(ask, answer) {
  while (!answer.test(await ask())) await wait(LOOK_MS);
}

async function startNode(folder, port, options) {
  const words = [
    ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`],
    ['--cluster-node-timeout', '1500', '--repl-diskless-sync-delay', '0'],
    options,
  ];
  const server = spawn('redis-server', words.flat().map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  for await (const lines of server.stdout) {
    if (String(lines).includes('Ready to accept connections')) break;
  }
  return {
    port,
    process: server,
    /** What it answers, as text. */
    async ask(...question) {
      const words = ['-p', port, ...question].map(String);
      return (await run('redis-cli', words)).stdout;
    },
    async stop() {
      kill();
      await ended;
      process.off('exit', kill);
    },
    /** The same server again, after it was stopped. */
    restart: () => startNode(folder, port, options),
  };
}

/** Ports below those that the system gives away, each with its bus's port 10,000 above. */
async function freePorts(count) {
  const ports = [];
  while (ports.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (!ports.includes(port) && (await isFree(port)) && (await isFree(port + 10_000))) {
      ports.push(port);
    }
  }
  return ports;
}

async function isFree(port) {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command = process.env.SHELL ?? 'sh', ...words] = process.argv.slice(2);
  const cluster = await startCluster();
  const env = { ...process.env, KV_STORE: cluster.address };
  // Signals are for the command, which shares the terminal.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  const child = spawn(command, words, { stdio: 'inherit', env });
  const [status] = await Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(() => [127]),
  ]);
  await cluster.stop();
  process.exitCode = status ?? 1;
}
