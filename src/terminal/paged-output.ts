/** A terminal's output that goes through a pager if it is longer than the screen. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type CommandInput, openCommand } from './shell-command.js';
import type { Output } from './terminal.js';

/**
 * How long output is held back to see whether it fits the screen, in milliseconds: slow output
 * should be seen as it comes.
 */
const PATIENCE_MILLISECONDS = 150;

export class PagedOutput implements Output {
  readonly isTerminal = true;
  readonly laysOutJson = true;
  readonly style: Output['style'];
  readonly #target: Output;
  readonly #rows: number;
  readonly #env: NodeJS.ProcessEnv;
  #held: Buffer[] = [];
  #heldRows = 0;
  #state: 'holding' | 'through' | 'paging' = 'holding';
  #pager: CommandInput | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The write under way, so that a timer's and a verb's do not overlap. */
  #writing: Promise<void> = Promise.resolve();

  /** `rows` is the height of the screen. */
  constructor(target: Output, rows: number, env: NodeJS.ProcessEnv) {
    this.#target = target;
    this.#rows = rows;
    this.#env = env;
    this.style = target.style;
  }

  get columns(): number {
    return this.#target.columns;
  }

  /** Whether a pager has the screen. */
  get isPaging(): boolean {
    return this.#state === 'paging';
  }

  readonly write = (data: Uint8Array | string): Promise<void> => this.#next(() => this.#take(data));

  /** Shows what is held back, and from now on everything at once. */
  flush(): Promise<void> {
    return this.#next(async () => {
      if (this.#state !== 'holding') return;
      this.#state = 'through';
      await this.#release(this.#target);
    });
  }

  /** Shows what is held back, or waits until the person has left the pager. */
  async end(): Promise<void> {
    await this.flush();
    await this.#pager?.end();
  }

  async #take(data: Uint8Array | string): Promise<void> {
    if (this.#state === 'through') return this.#target.write(data);
    if (this.#pager) return this.#pager.write(data);
    // A copy: the caller may reuse its buffer.
    const bytes = Buffer.from(data as Uint8Array);
    this.#held.push(bytes);
    this.#heldRows += rowsOf(bytes, this.columns);
    if (this.#heldRows < this.#rows) {
      this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), PATIENCE_MILLISECONDS);
      return;
    }
    const command = pagerOf(this.#env);
    if (command === undefined) {
      this.#state = 'through';
      return this.#release(this.#target);
    }
    this.#state = 'paging';
    const { style, columns } = this;
    this.#pager = await openCommand(command, { env: this.#env, style, columns });
    await this.#release(this.#pager);
  }

  async #release(target: Output): Promise<void> {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = [];
    if (held.length > 0) await target.write(Buffer.concat(held));
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => {});
    return done;
  }
}

/** Rows that a text takes at least, with wrapped lines. */
function rowsOf(bytes: Buffer, columns: number): number {
  const text = bytes.toString().replace(/\x1b\[[0-9;]*m/g, '');
  const lines = text.split('\n');
  return lines.reduce((sum, line) => sum + Math.floor(line.length / columns), lines.length - 1);
}

/** `$PAGER`; if it is not set, less or more; undefined if there is none, or it is empty. */
function pagerOf({ PAGER, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (PAGER !== undefined) return PAGER === '' || PAGER === 'cat' ? undefined : PAGER;
  const isThere = (name: string) => PATH.split(delimiter).some((folder) => canRun(folder, name));
  // With -R less shows colours, and disarms other escape sequences.
  if (isThere('less')) return 'less -R';
  return isThere('more') ? 'more' : undefined;
}

function canRun(folder: string, name: string): boolean {
  try {
    accessSync(join(folder || '.', name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
