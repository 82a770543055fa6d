/** A `kv exec --keep-going --json` that is given its lines one by one. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { KV } from './kv-process.js';

/** What a line printed: the members of its answer, and those of its error. */
// biome-ignore lint/suspicious/noExplicitAny: the caller knows what its line prints
type Printed = any;

/** After each line, so that its end is seen: it prints one line, which no other prints. */
const MARK = 'exists end-of-line';

export class Coprocess {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  #printed: Printed = {};
  #done: (printed: Printed) => void = () => {};
  #failed: (error: Error) => void = () => {};

  constructor(cwd: string, store: string) {
    // One pipe for answers and errors, so that each is seen before the mark.
    const words = [process.execPath, KV, '-s', store, 'exec', '--keep-going', '--json'];
    this.#process = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...words], {
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.stdin.on('error', () => {});
    onTestFinished(() => void this.#process.kill('SIGKILL'));
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#take(line));
    once(this.#process, 'close').then(([status, signal]) =>
      this.#failed(new Error(`kv ended: ${signal ?? status}: ${JSON.stringify(this.#printed)}`)),
    );
  }

  /** Runs one line, and returns what it printed. */
  ask(line: string): Promise<Printed> {
    this.#printed = {};
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#process.stdin.write(`${line}\n${MARK}\n`);
    });
  }

  async end(): Promise<void> {
    const closed = once(this.#process, 'close');
    this.#process.stdin.end();
    await closed;
  }

  #take(line: string): void {
    const { error, ...answer } = JSON.parse(line);
    if (answer.key === 'end-of-line') this.#done(this.#printed);
    else Object.assign(this.#printed, answer, error);
  }
}
