/** Programs of the tests that run in processes of their own, which may die. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, onTestFinished } from 'vitest';
import { replacements } from '../../scripts/replacements.js';

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** The next message of the child. Rejects with what it said last when it ends without one. */
  message(): Promise<unknown>;
  send(message: unknown): void;
  /** Ends it as `kill -9` does. */
  kill(): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

/** Starts the program with its arguments. It is killed when the test ends before it. */
export type Start = (parameters?: readonly string[], options?: ForkOptions) => Child;

/**
 * Builds a program, `programs/NAME.ts` beside the test file, for all tests of the file. What it loads
 * of lmdb is what ships.
 */
export function program(url: string, name: string): Start {
  const folder = mkdtempSync(join(tmpdir(), 'kv-program-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(
    fileURLToPath(new URL('../../node_modules', import.meta.url)),
    `${folder}/node_modules`,
  );
  const file = join(folder, `${basename(name)}.mjs`);
  buildSync({
    entryPoints: [fileURLToPath(new URL(`programs/${name}.ts`, url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // As the build does.
    alias: replacements,
    drop: ['console'],
    logLevel: 'error',
  });
  return (parameters = [], options = {}) =>
    childOf(fork(file, parameters, { silent: true, execArgv: [], ...options }));
}

function childOf(process: ChildProcess): Child {
  onTestFinished(() => {
    process.kill('SIGKILL');
  });
  const messages: unknown[] = [];
  let arrived = () => {};
  process.on('message', (message) => {
    messages.push(message);
    arrived();
  });
  let stderr = '';
  process.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  process.stdout!.resume();
  let isOver = false;
  const ended = once(process, 'close').then(([status, signal]): Ended => {
    isOver = true;
    arrived();
    return { status, signal, stderr };
  });
  return {
    process,
    ended,
    async message() {
      while (messages.length === 0) {
        if (isOver) throw new Error(`it ended without a message: ${JSON.stringify(await ended)}`);
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      return messages.shift();
    },
    send: (message) => void process.send(message as object),
    kill() {
      process.kill('SIGKILL');
      return ended;
    },
  };
}
