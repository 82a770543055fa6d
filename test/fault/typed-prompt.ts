/** A prompt in a terminal of its own, and somebody who types lines, and Ctrl-C where one does not end. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { HANG_MS, KV } from './kv-process.js';

/** How long a line may take before Ctrl-C is pressed, in ms. */
const PATIENCE_MS = 1_000;

/** How often that may be needed before the prompt is taken for dead. */
const TRIES = 60;

const CTRL_C = '\x03';
const CTRL_D = '\x04';

/** What the prompt writes when it has begun to take keys: no key that comes later is the system's. */
const TAKES_KEYS = '\x1b[?2004h';

export class TypedPrompt {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<[status: number | null]>;
  #printed = '';
  #heard: () => void = () => {};
  #sentinels = 0;
  #isClosed = false;

  /** `limits` are words of a program that runs what follows them. */
  constructor(cwd: string, env: NodeJS.ProcessEnv, limits: readonly string[]) {
    const kv = [...limits, process.execPath, KV, '--no-input', 'repl'].join(' ');
    // `script` makes the terminal, and ends with the status of kv; a shell between them would hear Ctrl-C too.
    const words = ['-qec', `stty cols 60; exec ${kv}`, '/dev/null'];
    this.#process = spawn('script', words, { cwd, env });
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.setEncoding('utf8').on('data', (text) => {
      this.#printed += text;
      this.#heard();
    });
    this.#closed = once(this.#process, 'close').then(([status]) => {
      this.#isClosed = true;
      this.#heard();
      return [status];
    });
  }

  /** Types a line, and returns what the screen got until the prompt has answered and takes keys again. */
  async line(text: string): Promise<string> {
    const start = this.#printed.length;
    this.#type(`${text}\r`);
    for (let tries = 0; tries < TRIES; tries++) {
      // A verb that is not there: its name stands together in the answer alone. Each has another, so that
      // nothing that was typed is left when the last one is answered.
      const number = this.#sentinels++;
      this.#type(`sentinel"${number}"\r`);
      if (await this.#shows(`sentinel${number}`, start)) {
        const answer = this.#printed.indexOf(`sentinel${number}`, start);
        if (await this.#shows(TAKES_KEYS, answer, HANG_MS)) return this.#printed.slice(start);
      }
      if (this.#isClosed) break;
      this.#type(CTRL_C);
    }
    const state = this.#isClosed ? 'the prompt ended' : 'the prompt does not answer';
    throw new Error(`${state} after ${JSON.stringify(text)}: ${this.#printed.slice(start)}`);
  }

  /** Leaves, and returns the status. */
  async leave(): Promise<number> {
    // No verb: history would bring it back to whoever presses Up.
    await this.line('rollback');
    const start = this.#printed.length;
    this.#type(CTRL_D);
    const end = setTimeout(() => this.kill(), HANG_MS);
    const [status] = await this.#closed;
    clearTimeout(end);
    if (status === null) throw new Error(`the prompt is not left: ${this.#printed.slice(start)}`);
    return status;
  }

  /** Waits until it takes keys. */
  async begins(): Promise<void> {
    if (await this.#shows(TAKES_KEYS, 0, HANG_MS)) return;
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
