/** The built kv as a process of a test, which may be killed. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { LONG_MS } from '../support/length.js';

export const KV = join(import.meta.dirname, '../../bin/kv.js');

/** How long a process may take, in ms: one that hangs is ended, and its signal seen. */
export const HANG_MS = LONG_MS / 2;

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
}

export interface Options {
  readonly env?: NodeJS.ProcessEnv;
  /** In ms, 0 for none. */
  readonly limit?: number;
  /** Words of a program that runs what follows them. */
  readonly under?: readonly string[];
}

/** Starts kv in a folder. Its stdin is open, until the caller ends it. */
export function startKv(
  cwd: string,
  words: readonly string[],
  { env = {}, limit = HANG_MS, under = [] }: Options = {},
): Running {
  const [program, ...rest] = [...under, process.execPath, KV, ...words];
  const child = spawn(program!, rest, {
    cwd,
    env: { ...process.env, ...env },
    timeout: limit,
    killSignal: 'SIGABRT',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  // It may have ended before it has read all.
  child.stdin.on('error', () => {});
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Runs kv to its end on an input. */
export async function runKv(
  cwd: string,
  words: readonly string[],
  { input = '', ...options }: Options & { readonly input?: string } = {},
): Promise<Ended> {
  const { process: child, ended } = startKv(cwd, words, options);
  child.stdin.end(input);
  return ended;
}
