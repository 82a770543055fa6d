/** Runs a few lines over the process's terminal in a process of its own, started by a shell. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

export interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A folder that goes when the tests of this file are done. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kv-terminal-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Builds a program whose `body` has `terminal`, `say(text)` for a line on stderr, and `turns(n)`,
 * which gives the event loop as many turns. Returns the command that runs it. What the body throws
 * is said as `CODE: MESSAGE`, and is the exit status.
 */
export function program(
  folder: string,
  body: string,
  options: { color?: 'auto' | 'always' | 'never'; quiet?: boolean; input?: boolean } = {},
): string {
  const file = join(folder, `program-${programs++}.cjs`);
  const { color = 'auto', quiet = false, input = true } = options;
  buildSync({
    stdin: {
      resolveDir: sourceFolder,
      contents: `
        import { writeSync } from 'node:fs';
        import { asKvError } from '../errors.js';
        import { openTerminal } from './process-terminal.js';
        const say = (text) => writeSync(2, text + '\\n');
        const turns = async (count) => {
          for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
        };
        async function main() {
          const options = ${JSON.stringify({ color, quiet, input })};
          const terminal = await openTerminal({ ...options, env: process.env });
          ${body}
        }
        main().catch((thrown) => {
          const error = asKvError(thrown);
          say(error.code + ': ' + error.message);
          process.exitCode = error.exitCode;
        });`,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    logLevel: 'error',
  });
  return `"${process.execPath}" "${file}"`;
}

/** Starts a shell script in `folder`. */
export function start(folder: string, script: string): ChildProcessWithoutNullStreams {
  const env = { PATH: process.env.PATH, TERM: 'xterm' };
  return spawn('sh', ['-c', script], { cwd: folder, env });
}

/** Runs a shell script in `folder` to its end. */
export async function run(folder: string, script: string, stdin = ''): Promise<Ended> {
  const child = start(folder, script);
  child.stdin.on('error', () => {}).end(stdin);
  return ended(child);
}

/** What a child says from now to its end. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** Resolves when `stream` has said `text`. */
export async function until(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let heard = '';
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (bytes: Buffer) => {
      heard += bytes;
      if (heard.includes(text)) resolve();
    });
    stream.on('end', () => reject(new Error(`"${text}" was not said: ${JSON.stringify(heard)}`)));
  });
}

let programs = 0;

const sourceFolder = join(import.meta.dirname, '../../src/terminal');
