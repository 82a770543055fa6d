/** Commands of the shell, and programs, that run beside or in place of what kv says. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { ioError } from '../errors.js';
import { othersStopped } from './process-group.js';
import { startProgram } from './start-program.js';
import { plainStyle } from './style.js';
import { beforeStops } from './suspension.js';
import type { Output, Style } from './terminal.js';

/** The stdin of a command that has been started. */
export interface CommandInput extends Output {
  /** Says that no more will come, and waits for the command to end. */
  end(): Promise<CommandEnd>;
}

export interface CommandEnd {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  /** How its reader's terminal shows emphasis: a pager's; plain where it is not said. */
  readonly style?: Style;
  /** Columns of that terminal, where the reader is a pager. */
  readonly columns?: number;
}

/**
 * Starts a command line by `$SHELL -c`, or by /bin/sh where there is none; its output goes to the
 * terminal. What is written to it waits for the command to read, and rejects with `broken-pipe` when
 * that goes away. Throws `io` where the shell cannot be started.
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

/** Runs a command line by the same shell, with the terminal as its own. Throws `io` as well. */
export async function runCommand(line: string, env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const child = startProgram(env.SHELL || '/bin/sh', ['-c', line], env);
  const ended = endOf(child);
  ended.catch(() => {});
  await startOf(child, line);
  return ended;
}

/** These go to a program that runs in place of kv. */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** These a terminal sends to the program itself, which stands in the same group. */
const ofTheTerminal = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a program with the streams of this process as its own, and the signals that this process gets;
 * `started` is given what sends it others. Throws `io` where it cannot be started.
 */
export async function runProgram(
  [program = '', ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  started: (send: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<CommandEnd> {
  let child: ChildProcess | undefined;
  const pass = (signal: NodeJS.Signals) => void child?.kill(signal);
  const leave = () => {};
  const atKeys = [0, 1, 2].some((descriptor) => isatty(descriptor)) ? leave : pass;
  // Before the program is there: it would be left alone by a signal that ends this process as it starts.
  for (const signal of passedOn) process.on(signal, pass);
  for (const signal of ofTheTerminal) process.on(signal, atKeys);
  try {
    child = startProgram(program, words, env);
    const ended = endOf(child);
    ended.catch(() => {});
    await startOf(child, program);
    started(pass);
    return await ended;
  } finally {
    for (const signal of passedOn) process.off(signal, pass);
    for (const signal of ofTheTerminal) process.off(signal, atKeys);
  }
}

/** The exit status by which a shell would tell of an end. */
export function statusOf({ status, signal }: CommandEnd): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function startOf(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(ioError(`run "${line}"`, cause)));
  });
}

/** Until then this process stops after the command, which may have to give the screen back. */
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

/** What Node says of a stream that the reader's end has closed already is as good as EPIPE. */
function brokenPipe(cause: Error): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  const isGone =
    code === 'ERR_STREAM_DESTROYED' ||
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_WRITE_AFTER_END';
  return isGone ? { code: 'EPIPE' } : cause;
}
