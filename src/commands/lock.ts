import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { defineCommand } from '../command.js';
import type { Bucket, Context, HeldLock, LockHolder, LockRecord } from '../context.js';
import { asKvError, exitCodes, KvError } from '../errors.js';
import { parseDuration } from '../line/duration.js';
import { runProgram, statusOf } from '../terminal/shell-command.js';

/** How long a lock is held without renewal by default, in ms. */
const DEFAULT_TTL_MS = 30_000;

/** How often a lock is renewed during its time to live, so that a slow disk does not lose it. */
const RENEWALS = 3;

/** Milliseconds between two tries. */
const RETRY_MS = 50;

/** Milliseconds after which a person is told whose lock it waits for. */
const SILENCE_MS = 1000;

/** Characters of a command that its lock records. */
const COMMAND_CHARACTERS = 200;

export const command = defineCommand({
  name: 'lock',
  summary: 'Run a command while holding a lock',
  details: `The lock is the key NAME: its value says who holds it, and until when. It is renewed while COMMAND runs, and
goes when that ends; if kv is killed, it ends by itself after the DUR of --ttl. COMMAND gets the signals
that kv gets. Should the lock be lost all the same (after a long sleep of the machine, or because the
key was deleted), COMMAND gets SIGTERM. With --wait DUR or KV_WAIT nobody waits longer than that.`,
  access: 'write',
  inScripts: false,
  inSessions: false,
  arguments: [
    { name: 'name', summary: 'the name of the lock', completes: 'key' },
    { name: 'command', summary: 'a program and its words', variadic: true },
  ],
  options: {
    ttl: {
      value: 'DUR',
      summary: 'how long the lock outlives a holder that is killed; 30s if left out',
      parse: parseDuration,
    },
  },
  examples: [
    { line: 'kv lock nightly -- ./backup.sh', summary: 'never twice at once' },
    { line: 'kv lock deploy --wait 10s -- make deploy', summary: 'or give up, with 5' },
    { line: "kv lock job -- sh -c 'kv incr n; kv get n'", summary: 'the same store within' },
  ],
  exits: {
    [exitCodes.conditionFailed]: 'the key holds something that is no lock',
    [exitCodes.busy]: 'somebody else holds the lock, or it was lost; else the status of COMMAND',
  },

  async run(context, { name, command, ttl = DEFAULT_TTL_MS }, { env }) {
    if (command.length === 0) throw new KvError('usage', 'missing argument COMMAND');
    const bucket = context.bucketToWrite();
    const holder = {
      host: hostname(),
      pid: process.pid,
      command: command.join(' ').slice(0, COMMAND_CHARACTERS),
      token: randomUUID(),
    };
    // A signal that comes just as the lock is acquired would else leave it behind.
    return context.interruptible(async (signal) => {
      const held = await acquire(context, bucket, { name, holder, ttl }, signal);
      try {
        signal.throwIfAborted();
      } catch (reason) {
        context.keyvalue.locks.release(bucket, name, held);
        throw reason;
      }
      return runHolding(context, bucket, { name, holder, ttl, held }, command, env);
    });
  },
});

interface Lock {
  readonly name: string;
  readonly holder: LockHolder;
  /** In ms. */
  readonly ttl: number;
}

/** Runs the command, and returns its status. Throws `busy` if the lock is lost meanwhile. */
async function runHolding(
  context: Context,
  bucket: Bucket,
  lock: Lock & { readonly held: HeldLock },
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { locks } = context.keyvalue;
  const { name, holder, ttl } = lock;
  let held: HeldLock | undefined = lock.held;
  let isLost = false;
  let renewed = Date.now();
  let send: (signal: NodeJS.Signals) => void = () => {};
  const renew = () => {
    if (held === undefined) return;
    try {
      held = locks.renew(bucket, name, held, holder, ttl);
      renewed = Date.now();
    } catch (thrown) {
      // A busy store may be free at the next try.
      if (Date.now() - renewed < ttl && asKvError(thrown).code !== 'internal') return;
      held = undefined;
    }
    if (held) return;
    isLost = true;
    send('SIGTERM');
  };
  const timer = setInterval(renew, ttl / RENEWALS);
  let status: number;
  try {
    status = statusOf(
      await runProgram(command, env, (sending) => {
        send = sending;
        // The lock may have been lost while the program was started.
        if (isLost) send('SIGTERM');
      }),
    );
  } finally {
    clearInterval(timer);
    if (held && !locks.release(bucket, name, held)) isLost = true;
  }
  if (!isLost) return status;
  const end = `the command has ended with ${status}`;
  throw new KvError('busy', `lost lock "${name}" before its command was done: ${end}`);
}

/** Waits for the lock. Throws `busy` after the time limit, and the signal's reason. */
async function acquire(
  { keyvalue, settings, terminal }: Context,
  bucket: Bucket,
  { name, holder, ttl }: Lock,
  signal: AbortSignal,
): Promise<HeldLock> {
  const began = Date.now();
  let isTold = false;
  for (;;) {
    const lock = keyvalue.locks.acquire(bucket, name, holder, ttl);
    if (lock.kind === 'held') return lock;
    const waited = Date.now() - began;
    const left = (settings.wait ?? Number.POSITIVE_INFINITY) - waited;
    if (left <= 0) {
      throw new KvError('busy', `cannot lock "${name}": ${nameOf(lock.holder)} holds it`);
    }
    if (!isTold && waited >= SILENCE_MS) {
      isTold = true;
      await terminal.note(`waiting for lock "${name}": ${nameOf(lock.holder)} holds it`);
    }
    signal.throwIfAborted();
    await setTimeout(Math.min(RETRY_MS, left));
  }
}

function nameOf({ host, pid, command }: LockRecord): string {
  return `process ${pid} on ${host} (${command})`;
}
