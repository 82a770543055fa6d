/** A session of `kv` at a prompt, in a terminal of its own, and somebody who types. */
import { Shell } from './shell.js';
import { Screen } from './tmux.js';

export interface PromptOptions {
  /** Words of a `set-many` before the session. */
  readonly pairs?: readonly string[];
  readonly shell?: Shell;
  /** How the session is started. */
  readonly command?: string;
}

export class Prompt {
  readonly screen: Screen;

  private constructor(screen: Screen) {
    this.screen = screen;
  }

  /** Opens a terminal with a session in it, and waits for its first prompt. */
  static async open(options: PromptOptions = {}): Promise<Prompt> {
    const { pairs = [], shell = new Shell(), command = 'kv' } = options;
    if (pairs.length > 0) {
      await shell.succeed('xargs -0 kv set-many', { stdin: pairs.join('\0') });
    }
    const prompt = new Prompt(await Screen.open(shell));
    await prompt.start(command);
    return prompt;
  }

  get shell(): Shell {
    return this.screen.shell;
  }

  /** Starts a session where the last one has ended. */
  async start(command = 'kv'): Promise<void> {
    await this.screen.type(`clear; ${command}`);
    await this.waits();
    await this.screen.readsKeys();
  }

  /** Waits for a prompt with nothing typed. */
  async waits(prompt = 'store:default>'): Promise<void> {
    await this.screen.until((lines) => lines.at(-1) === prompt);
  }

  /** Runs a line to its end, and returns what it prints. `prompt` is what comes after it. */
  async run(line: string, prompt = 'store:default>'): Promise<string[]> {
    await this.screen.press('C-l');
    await this.screen.type(line);
    let printed: readonly string[] = [];
    await this.screen.until((lines) => {
      printed = lines.slice(1, -1);
      return lines.length > 1 && lines[0]!.endsWith(`> ${line}`) && lines.at(-1) === prompt;
    });
    return [...printed];
  }

  /** Types keys, and waits until the last line on the screen ends so. */
  async press(keys: readonly string[], end: string): Promise<void> {
    await this.screen.press(...keys);
    await this.screen.until((lines) => lines.at(-1)!.endsWith(end));
  }
}
