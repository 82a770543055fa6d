/** A terminal that tmux makes, with a program in it, and what its tests wait for. */
import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { type Shell, until } from './shell.js';

export class Pane {
  readonly shell: Shell;
  readonly #socket = `kv-test-${randomUUID()}`;

  constructor(shell: Shell) {
    this.shell = shell;
  }

  /** Starts a program in a terminal of this size. */
  protected async begin(columns: number, rows: number, program: string): Promise<void> {
    const size = ['-x', String(columns), '-y', String(rows)];
    await this.tmux('-f', '/dev/null', 'new-session', '-d', ...size, program);
  }

  /** Ends what runs in it. */
  close(): void {
    execFileSync('tmux', ['-L', this.#socket, 'kill-server']);
  }

  /** What stands on it, line by line, without the spaces at the ends. */
  async lines(): Promise<string[]> {
    return (await this.tmux('capture-pane', '-p')).trimEnd().split('\n');
  }

  /** The same, with each line that the terminal has broken in one piece, as it is copied. */
  async wholeLines(): Promise<string[]> {
    const text = await this.tmux('capture-pane', '-p', '-J');
    const lines = text.trimEnd().split('\n');
    return lines.map((line) => line.trimEnd());
  }

  /** Waits until the lines on it are such. */
  async until(
    are: (lines: readonly string[]) => boolean | Promise<boolean>,
    look: () => Promise<string[]> = () => this.lines(),
  ): Promise<void> {
    let lines: string[] = [];
    const holds = async () => {
      lines = await look();
      return are(lines);
    };
    await until(holds, () => `${are}; on the screen:\n${lines.join('\n')}`);
  }

  /** Presses keys by tmux's names, such as `Enter` and `C-c`, and others as they are. */
  async press(...keys: string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  /** Makes it larger or smaller, under whatever runs in it. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Waits until a program of that name has the terminal. */
  async runs(name: string): Promise<void> {
    let program = '';
    await this.until(async () => {
      program = (await this.#tells('#{pane_current_command}')).trim();
      return program === name;
    });
  }

  /** Waits until a program reads whole lines, as most do. */
  async readsLines(): Promise<void> {
    await this.#reads(/ icanon/);
  }

  /** Waits until a program reads key by key. */
  async readsKeys(): Promise<void> {
    await this.#reads(/-icanon/);
  }

  async #reads(how: RegExp): Promise<void> {
    const terminal = (await this.#tells('#{pane_tty}')).trim();
    await this.until(async () => how.test(await this.shell.succeed(`stty -a -F ${terminal}`)));
  }

  #tells(format: string): Promise<string> {
    return this.tmux('display-message', '-p', format);
  }

  protected async tmux(...words: string[]): Promise<string> {
    // A history would be written while the test's folder goes.
    const env = { ...this.shell.env, TERM: 'xterm-256color', HISTFILE: '/dev/null' };
    const options = { cwd: this.shell.folder, env };
    const { stdout } = await promisify(execFile)('tmux', ['-L', this.#socket, ...words], options);
    return stdout;
  }
}
