/** A shell for one test, with the built `kv` on its path and a store of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { StoreFigures } from './store-figures.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** The same as text. */
  readonly text: string;
  readonly stderr: string;
}

export interface ShellOptions {
  readonly stdin?: Uint8Array | string;
  /** Beside or in place of the shell's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export class Shell {
  /** Where scripts run; nothing is in it at first. */
  readonly folder: string;
  /** The default one, which no verb names. */
  readonly store: string;
  /** What a script finds: nothing of whoever runs the tests. */
  readonly env: Readonly<Record<string, string>>;

  /** In a fresh folder, or in an empty one that outlives the test; with these variables beside. */
  constructor(base = temporaryFolder(), env: Readonly<Record<string, string>> = {}) {
    for (const name of ['work', 'home', 'bin']) mkdirSync(join(base, name));
    symlinkSync(program, join(base, 'bin', 'kv'));
    // kv runs on the Node that runs the tests, whichever comes first on their path.
    symlinkSync(process.execPath, join(base, 'bin', 'node'));
    this.folder = join(base, 'work');
    this.store = join(base, 'home/.local/share/kv/store');
    this.env = {
      PATH: `${join(base, 'bin')}:${process.env.PATH}`,
      HOME: join(base, 'home'),
      LC_ALL: 'C.UTF-8',
      XDG_CACHE_HOME: process.env.KV_TEST_CACHES!,
      ...env,
    };
  }

  /** Runs a script of bash to its end. */
  async run(script: string, { stdin = '', env }: ShellOptions = {}): Promise<Ended> {
    const child = this.#spawn('bash', ['-c', script], env);
    child.stdin.on('error', () => {}).end(stdin);
    return ended(child);
  }

  /** Runs a script that must succeed, and returns what it prints. */
  async succeed(script: string, options?: ShellOptions): Promise<string> {
    const { status, signal, text, stderr } = await this.run(script, options);
    if (status !== 0) throw new Error(`${script}: ${status ?? signal}\n${stderr}`);
    return text;
  }

  /** Starts `kv` itself; it is stopped when the test has finished. */
  start(...words: string[]): ChildProcessWithoutNullStreams {
    return this.#spawn(process.execPath, [program, ...words]);
  }

  /** Starts a script in a process group of its own, as a terminal does. */
  startGroup(script: string): ChildProcessWithoutNullStreams {
    return this.#spawn('bash', ['-c', script], {}, true);
  }

  /** What `kv store info` says, found in the test's own process: many tests ask for it again and again. */
  async info(): Promise<StoreFigures> {
    const [{ openStore }, { figuresOf }] = await Promise.all([
      import('../../src/store/lmdb/open-store.js'),
      import('./store-figures.js'),
    ]);
    const store = (await openStore(this.store, 'read'))!;
    try {
      return figuresOf(store);
    } finally {
      await store.close();
    }
  }

  /** Waits until a process is in a transaction that writes to the store. */
  async isWrittenTo(): Promise<void> {
    const { LockFile } = await import('../../src/store/lmdb/lock-file.js');
    const lock = new LockFile(join(this.store, 'lock.mdb'));
    try {
      await until(() => lock.writer() !== 0);
    } finally {
      lock.close();
    }
  }

  /** The names of the files in a folder, the shell's own where none is given. */
  files(folder = this.folder): string[] {
    return readdirSync(folder).sort();
  }

  #spawn(
    command: string,
    words: readonly string[],
    more: ShellOptions['env'] = {},
    detached = false,
  ): ChildProcessWithoutNullStreams {
    const env = { ...this.env, ...more };
    const child = spawn(command, words, { cwd: this.folder, env, detached });
    onTestFinished(({ task }) => {
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (isRunning && task.result?.state === 'fail') console.error('still running:', words);
      child.kill('SIGKILL');
    });
    return child;
  }
}

/** What a child says from now to its end. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...how) => resolve(how));
  });
  return {
    status,
    signal,
    stdout: Buffer.concat(stdout),
    text: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

/**
 * Resolves when `holds` does. What it asks may take its time: between two questions it pauses as long
 * as one takes, so that what is waited for gets the processor. Where it never holds, it rejects with what
 * `seen` says of the state then.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  seen: () => unknown = () => holds,
): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MILLISECONDS;
  for (;;) {
    const start = performance.now();
    if (await holds()) return;
    if (start > end) throw new Error(`what is waited for has not come: ${seen()}`);
    await setTimeout(Math.max(SHORTEST_PAUSE_MILLISECONDS, performance.now() - start));
  }
}

const SHORTEST_PAUSE_MILLISECONDS = 10;

/** Half of what vitest gives a test, which would not say what is the matter. */
const LONGEST_WAIT_MILLISECONDS = 150_000;

const program = join(import.meta.dirname, '../../bin/kv.js');
