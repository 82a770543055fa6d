/** Runs shell commands and other programs, beside kv or in its place. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { ioError } from '../errors.js';
import { nextTurn } from './event-loop.js';
import { othersStopped } from './process-group.js';
import { startProgram } from './start-program.js';
import { plainStyle } from './style.js';
import { beforeStops } from './suspension.js';
import type { Output, Style } from './terminal.js';

/** The stdin of a running command. */
export interface CommandInput extends Output {
  /** Closes it, and waits for the command to end. */
  end(): Promise<CommandEnd>;
}

export interface CommandEnd {
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The emphasis of its reader's terminal, if the reader is a pager; absent: plain. */
  readonly style?: Style;
  /** Columns of that terminal, if the reader is a pager. */
  readonly columns?: number;
}

/**
 * Starts a command line with `$SHELL -c`, or /bin/sh if SHELL is not set; its output goes to the
 * terminal. A write waits for the command to read, and rejects with `broken-pipe` when the command
 * has gone. Throws `io` if the shell cannot be started.
 */
export async function openCommand(
  line: string,
  { env, style = plainStyle, columns }: CommandOptions,
): Promise<CommandInput> {
  const child = startProgram(env.SHELL || '/bin/sh', ['-c', line], env, 'pipe');
  const ended = endOf(child);
  // Whoever awaits it gets the failure; until then it must not end the process.
  ended.catch(() => {});
  const stdin = child.stdin!;
  stdin.on('error', () => {});
  await startOf(child, line);
  return {
    isTerminal: columns !== undefined,
    columns: columns ?? 80,
    style,
    write: (data) =>
      new Promise((resolve, reject) => {
        stdin.write(data, (cause) =>
          cause ? reject(ioError('write to the command', brokenPipe(cause))) : resolve(),
        );
      }),
    async whenUnread(tell) {
      stdin.once('close', tell);
      if (stdin.closed) tell();
      return () => void stdin.off('close', tell);
    },
    end() {
      stdin.end();
      return ended;
    },
  };
}

/**
 * Runs a command line with the same shell, on the terminal. `signal` is aborted at Ctrl-C. Throws
 * `io` as well, and the reason of `signal` if the command was not started.
 */
export async function runCommand(
  line: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<CommandEnd> {
  signal.throwIfAborted();
  const child = startProgram(env.SHELL || '/bin/sh', ['-c', line], env);
  const ended = endOf(child);
  ended.catch(() => {});
  await startOf(child, line);
  if (signal.aborted) child.kill('SIGINT');
  return ended;
}

/** Signals that are forwarded to a program that runs in place of kv. */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Signals that the terminal sends to the program itself, which is in the same group. */
const ofTheTerminal = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a program with this process's streams, and forwards this process's signals; `started` gets a
 * function that sends it others. Throws `io` if it cannot be started.
 */
export async function runProgram(
  [program = '', ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  started: (send: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<CommandEnd> {
  let child: ChildProcess | undefined;
  const pass = (signal: NodeJS.Signals) => void child?.kill(signal);
  let isStarting = true;
  const passEarly = (signal: NodeJS.Signals) => {
    if (isStarting) pass(signal);
  };
  const atKeys = [0, 1, 2].some((descriptor) => isatty(descriptor)) ? passEarly : pass;
  // Before the program starts: a signal that ends this process meanwhile would leave the program
  // alone.
  for (const signal of passedOn) process.on(signal, pass);
  for (const signal of ofTheTerminal) process.on(signal, atKeys);
  try {
    child = startProgram(program, words, env);
    const ended = endOf(child);
    ended.catch(() => {});
    await startOf(child, program);
    isStarting = false;
    started(pass);
    return await ended;
  } finally {
    for (const signal of passedOn) process.off(signal, pass);
    for (const signal of ofTheTerminal) process.off(signal, atKeys);
  }
}

/** The exit status that a shell would report for an end. */
export function statusOf({ status, signal }: CommandEnd): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/**
 * Resolves when the child runs, and the signals have been heard that the terminal sent before there
 * was a child to get them.
 */
async function startOf(child: ChildProcess, line: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(ioError(`run "${line}"`, cause)));
  });
  await nextTurn(2);
}

/** Until then this process stops only after the command, which may have to restore the screen. */
async function endOf(child: ChildProcess): Promise<CommandEnd> {
  const endStops = beforeStops(() => othersStopped());
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve({ status, signal }));
    });
  } finally {
    endStops();
  }
}

/** Node's error for a stream whose reader has closed already is equivalent to EPIPE. */
function brokenPipe(cause: Error): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  const isGone =
    code === 'ERR_STREAM_DESTROYED' ||
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_WRITE_AFTER_END';
  return isGone ? { code: 'EPIPE' } : cause;
}
