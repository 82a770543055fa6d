/** A terminal of 60 columns with a shell in it, which tmux makes, and somebody who types. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { Shell, until } from './shell.js';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** The prompt says how the last command ended, and which command comes next. */
const prompt = /<(\d+)>(\d+)$/;

export class Screen {
  readonly shell: Shell;
  readonly #socket = `kv-test-${randomUUID()}`;
  #prompt = '';

  private constructor(shell: Shell) {
    this.shell = shell;
  }

  /** Opens the terminal and waits for its shell. */
  static async open(shell = new Shell()): Promise<Screen> {
    const screen = new Screen(shell);
    const size = ['-x', '60', '-y', '40'];
    await screen.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, 'bash --norc --noprofile');
    onTestFinished(() => void execFileSync('tmux', ['-L', screen.#socket, 'kill-server']));
    // What bash would write when the terminal goes, the test's folder no longer has a place for.
    await screen.type("unset HISTFILE; PS1='<$?>\\#'");
    await screen.status();
    return screen;
  }

  /** What stands on it, line by line, without the spaces at the ends. */
  async lines(): Promise<string[]> {
    const text = await this.#tmux('capture-pane', '-p');
    return text.trimEnd().split('\n');
  }

  /** The same, with each line that the terminal has broken in one piece, as it is copied. */
  async wholeLines(): Promise<string[]> {
    const text = await this.#tmux('capture-pane', '-p', '-J');
    return text.split('\n').map((line) => line.trimEnd());
  }

  /** Whether a text stands on it, wherever its lines are broken. */
  async says(text: string): Promise<boolean> {
    return (await this.lines()).join('').replaceAll(' ', '').includes(text.replaceAll(' ', ''));
  }

  /** Waits until a text stands on it. */
  async shows(text: string): Promise<void> {
    await until(() => this.says(text));
  }

  /** Types keys as they are; `Enter` and `C-c` are keys of tmux. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  /** Makes it larger or smaller, under whatever runs in it. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Writes every byte that reaches it from now on to a file as well. */
  async record(file: string): Promise<void> {
    await this.#tmux('pipe-pane', `cat > ${file}`);
    await until(() => existsSync(file));
  }

  /** Pastes a text, as a terminal does that says where a paste begins and ends. */
  async paste(text: string): Promise<void> {
    await this.#tmux('set-buffer', text);
    await this.#tmux('paste-buffer', '-p');
  }

  /** Types bytes, of which not all terminals would make characters. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#tmux('send-keys', '-H', ...Array.from(bytes, (byte) => byte.toString(16)));
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#tmux('send-keys', '-l', line);
    await this.press('Enter');
  }

  /** Waits until a program of that name has the terminal. */
  async runs(name: string): Promise<void> {
    await until(
      async () =>
        (await this.#tmux('display-message', '-p', '#{pane_current_command}')) === `${name}\n`,
    );
  }

  /** Waits until a program reads whole lines, as most do. */
  async readsLines(): Promise<void> {
    const terminal = (await this.#tmux('display-message', '-p', '#{pane_tty}')).trim();
    await until(async () => / icanon/.test(await this.shell.succeed(`stty -a -F ${terminal}`)));
  }

  /** Waits until a program reads key by key. */
  async readsKeys(): Promise<void> {
    const terminal = (await this.#tmux('display-message', '-p', '#{pane_tty}')).trim();
    await until(async () => /-icanon/.test(await this.shell.succeed(`stty -a -F ${terminal}`)));
  }

  /** Waits for the next prompt: the status of the command before it. */
  async status(): Promise<number> {
    let ended = 0;
    await until(async () => {
      const last = (await this.lines()).at(-1)!;
      const [, status, number] = prompt.exec(last) ?? [];
      if (number === undefined || number === this.#prompt) return false;
      this.#prompt = number;
      ended = Number(status);
      return true;
    });
    return ended;
  }

  /** Runs a command to its end: its status, and what it leaves on the screen. */
  async run(command: string): Promise<{ status: number; lines: string[] }> {
    await this.type(`clear; ${command}`);
    const status = await this.status();
    return { status, lines: (await this.lines()).slice(0, -1) };
  }

  async #tmux(...words: string[]): Promise<string> {
    // A history would be written while the test's folder goes.
    const env = { ...this.shell.env, TERM: 'xterm-256color', HISTFILE: '/dev/null' };
    const options = { cwd: this.shell.folder, env };
    const { stdout } = await promisify(execFile)('tmux', ['-L', this.#socket, ...words], options);
    return stdout;
  }
}
