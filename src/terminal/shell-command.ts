/** A command of the shell that reads what would else go to the terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { ioError } from '../errors.js';
import { plainStyle } from './style.js';
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
  const child = spawn(env.SHELL || '/bin/sh', ['-c', line], {
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = endOf(child);
  // Heard of where it matters, and not before.
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
    end() {
      stdin.end();
      return ended;
    },
  };
}

/** Runs a command line by the same shell, with the terminal as its own. Throws `io` as well. */
export async function runCommand(line: string, env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const child = spawn(env.SHELL || '/bin/sh', ['-c', line], { env, stdio: 'inherit' });
  const ended = endOf(child);
  ended.catch(() => {});
  await startOf(child, line);
  return ended;
}

function startOf(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(ioError(`run "${line}"`, cause)));
  });
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
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
