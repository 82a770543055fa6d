/** A shell of any kind in a terminal of its own, with the completions of `kv`, and somebody who types. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pane } from './pane.js';
import type { Shell } from './shell.js';

export type Kind = 'bash' | 'zsh' | 'fish';

const programs: Record<Kind, string> = {
  bash: 'bash --norc --noprofile',
  zsh: 'zsh -f',
  fish: 'fish --no-config',
};

/** Prompts say how the last command ended and how many there were; PS2 asks for more of a line. */
const setups: Record<Kind, (script: string) => string> = {
  bash: (script) => `source ${script}; PS2='<more>' PS1='<$?>\\#'`,
  zsh: (script) =>
    `autoload -Uz compinit; compinit -u -D; source ${script}; setopt PROMPT_SUBST; n=0; ` +
    `precmd() { n=$((n + 1)) }; PS2='<more>' PS1='<%?>$n'`,
  fish: (script) =>
    `source ${script}; set -g n 0; set -g fish_autosuggestion_enabled 0; ` +
    'function count_up --on-event fish_prompt; set -g n (math $n + 1); end; ' +
    "function fish_prompt; printf '<%s>%s' $status $n; end",
};

/** The prompt, and what stands behind it. */
const prompt = /^<(\d+)>(\d+)(.*)$/;

export function hasShell(kind: Kind): boolean {
  return [kind, 'tmux'].every((name) => spawnSync('which', [name]).status === 0);
}

export class LiveShell extends Pane {
  #prompts = 0;

  private constructor(shell: Shell) {
    super(shell);
  }

  /**
   * Opens the terminal and waits until the shell is ready. `before` is what it runs before it reads
   * the completions: options of its own. `close` is to be called in the end.
   */
  static async open(kind: Kind, shell: Shell, before = ''): Promise<LiveShell> {
    const live = new LiveShell(shell);
    await live.begin(150, 50, programs[kind]);
    await live.tmux('pipe-pane', `cat > ${join(shell.folder, '../bytes')}`);
    const script = join(import.meta.dirname, '../../completions', files[kind]);
    if (before !== '') {
      await live.type(before);
      await live.press('Enter');
    }
    await live.type(setups[kind](script));
    await live.press('Enter');
    await live.ended();
    return live;
  }

  async type(text: string): Promise<void> {
    // tmux would take a semicolon at the end for the end of its own command.
    await this.tmux('send-keys', '-l', '--', text.replace(/;$/, '\\;'));
  }

  /** Presses Enter and waits for the command to end: its status. */
  async enter(): Promise<number> {
    await this.press('Enter');
    return this.ended();
  }

  /** Types a line, completes it by Tab, and runs it: its status. */
  async complete(line: string): Promise<number> {
    await this.type(line);
    await this.press('Tab');
    return this.enter();
  }

  /** Waits until what stands behind the prompt is neither what was typed nor its beginning, and returns it. */
  async line(before: string): Promise<string> {
    let line = before;
    await this.shows((lines) => {
      const prompts = lines.filter((one) => prompt.test(one));
      line = prompt.exec(prompts.at(-1) ?? '')?.[3] ?? before;
      return !before.startsWith(line);
    });
    return line;
  }

  /** Waits until the last line on the screen is such. */
  async ends(is: (last: string) => boolean): Promise<void> {
    await this.shows((lines) => is(lines.at(-1)!));
  }

  /** Waits until the lines on the screen are such, each in one piece. */
  async shows(are: (lines: readonly string[]) => boolean | Promise<boolean>): Promise<void> {
    await this.until(are, () => this.wholeLines());
  }

  /** Everything that the shell and its programs have ever sent to the terminal. */
  bytes(): string {
    return readFileSync(join(this.shell.folder, '../bytes'), 'utf8');
  }

  /** Waits for the next prompt with nothing behind it. A line that is not complete is given up. */
  async ended(): Promise<number> {
    let ended = 0;
    await this.shows(async (lines) => {
      const last = lines.at(-1)!;
      if (last.startsWith('<more>')) await this.press('C-c');
      const [, status, number, rest] = prompt.exec(last) ?? [];
      if (rest !== '' || Number(number) <= this.#prompts) return false;
      this.#prompts = Number(number);
      ended = Number(status);
      return true;
    });
    return ended;
  }
}

const files: Record<Kind, string> = { bash: 'kv.bash', zsh: '_kv', fish: 'kv.fish' };
