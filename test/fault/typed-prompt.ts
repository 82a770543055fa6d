/** A prompt in a terminal of its own, and somebody who types lines, and Ctrl-C where one does not end. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { KV } from './kv-process.js';

/** How long a prompt may take to begin, in ms. */
const START_MS = 60_000;

/** How long a line may take before Ctrl-C is pressed, in ms. */
const PATIENCE_MS = 1_000;

/** How often that may be needed before the prompt is taken for dead. */
const TRIES = 30;

const CTRL_C = '\x03';
const CTRL_D = '\x04';

export class TypedPrompt {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  #printed = '';
  #heard: () => void = () => {};
  #sentinels = 0;
  #isClosed = false;

  /** `limits` are words of a program that runs what follows them. */
  constructor(cwd: string, env: NodeJS.ProcessEnv, limits: readonly string[]) {
    const kv = ['stty', 'cols', '60;', ...limits, process.execPath, KV, '--no-input', 'repl'];
    const command = `${kv.join(' ')}; echo "status=$?"`;
    // `script` makes the terminal.
    this.#process = spawn('script', ['-qc', command, '/dev/null'], { cwd, env });
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.setEncoding('utf8').on('data', (text) => {
      this.#printed += text;
      this.#heard();
    });
    this.#closed = once(this.#process, 'close').then(() => {
      this.#isClosed = true;
      this.#heard();
    });
  }

  /** Types a line, and returns what the screen got until the prompt answers again. */
  async line(text: string): Promise<string> {
    const start = this.#printed.length;
    this.#type(`${text}\r`);
    // A verb that is not there: its name stands together in the answer alone.
    const number = this.#sentinels++;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#type(`sentinel"${number}"\r`);
      if (await this.#shows(`sentinel${number}`, start)) return this.#printed.slice(start);
      if (this.#isClosed) break;
      this.#type(CTRL_C);
    }
    const state = this.#isClosed ? 'the prompt ended' : 'the prompt does not answer';
    throw new Error(`${state} after ${JSON.stringify(text)}: ${this.#printed.slice(start)}`);
  }

  /** Leaves, and returns the status. */
  async leave(): Promise<number> {
    const start = this.#printed.length;
    for (let tries = 0; tries < TRIES; tries++) {
      // No verb: history would bring it back to whoever presses Up.
      this.#type(`${CTRL_C}rollback\r${CTRL_C}${CTRL_D}`);
      if (!(await this.#shows('status=', start)) && !this.#isClosed) continue;
      this.#process.stdin.end();
      await this.#closed;
      return Number(/status=(\d+)/.exec(this.#printed)?.[1]);
    }
    throw new Error(`the prompt is not left: ${this.#printed.slice(start)}`);
  }

  /** Waits until it takes keys. */
  async begins(): Promise<void> {
    if (await this.#shows('\x1b[?2004h', 0, START_MS)) return;
    throw new Error(`the prompt does not begin: ${this.#printed}`);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async #shows(text: string, start: number, patience = PATIENCE_MS): Promise<boolean> {
    const end = Date.now() + patience;
    while (!this.#printed.includes(text, start)) {
      if (this.#isClosed || Date.now() >= end) return false;
      await this.#next(end - Date.now());
    }
    return true;
  }

  /** Waits until something is printed, or for so many ms. */
  #next(patience = PATIENCE_MS): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(patience, PATIENCE_MS));
      this.#heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #type(keys: string): void {
    this.#process.stdin.write(keys);
  }
}
