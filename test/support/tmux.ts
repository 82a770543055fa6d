/** A terminal of 60 columns with a shell in it, and somebody who types. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { Pane } from './pane.js';
import { Shell, until } from './shell.js';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** The prompt says how the last command ended, and which command comes next. */
const prompt = /<(\d+)>(\d+)$/;

export class Screen extends Pane {
  #prompt = '';

  private constructor(shell: Shell) {
    super(shell);
  }

  /** Opens the terminal and waits for its shell. */
  static async open(shell = new Shell()): Promise<Screen> {
    const screen = new Screen(shell);
    await screen.begin(60, 40, 'bash --norc --noprofile');
    onTestFinished(() => screen.close());
    // What bash would write when the terminal goes, the test's folder no longer has a place for.
    await screen.type("unset HISTFILE; PS1='<$?>\\#'");
    await screen.status();
    return screen;
  }

  /** Whether a text stands on it, wherever its lines are broken. */
  async says(text: string): Promise<boolean> {
    return say(await this.lines(), text);
  }

  /** Waits until a text stands on it. */
  async shows(text: string): Promise<void> {
    await this.until((lines) => say(lines, text));
  }

  /** Writes every byte that reaches it from now on to a file as well. */
  async record(file: string): Promise<void> {
    await this.tmux('pipe-pane', `cat > ${file}`);
    await until(() => existsSync(file));
  }

  /** Pastes a text, as a terminal does that says where a paste begins and ends. */
  async paste(text: string): Promise<void> {
    await this.tmux('set-buffer', text);
    await this.tmux('paste-buffer', '-p');
  }

  /** Types bytes, of which not all terminals would make characters. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.tmux('send-keys', '-H', ...Array.from(bytes, (byte) => byte.toString(16)));
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.tmux('send-keys', '-l', line);
    await this.press('Enter');
  }

  /** Waits for the next prompt: the status of the command before it. */
  async status(): Promise<number> {
    let ended = 0;
    await this.until((lines) => {
      const [, status, number] = prompt.exec(lines.at(-1)!) ?? [];
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
}

function say(lines: readonly string[], text: string): boolean {
  return lines.join('').replaceAll(' ', '').includes(text.replaceAll(' ', ''));
}
