/** Editing one line at the prompt, from its first key to its last. */
import { asKvError } from '../errors.js';
import type { Key, Keyboard, KeyEvent } from '../terminal/keyboard.js';
import type { Output } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';
import { choiceColumns } from './choice-columns.js';
import type { Completion } from './completion.js';
import type { CutRing } from './cut-ring.js';
import type { Prompt } from './drawing.js';
import type { History } from './history.js';
import { HistorySearch } from './history-search.js';
import { HistoryWalk } from './history-walk.js';
import { chordOf, cutChords, FIRST_OF_TWO, type KeyTarget, keyActions } from './key-actions.js';
import { LineBuffer } from './line-buffer.js';
import { LineScreen } from './line-screen.js';
import { Paste } from './paste.js';

/** How the editing of a line ended. */
export type Typed =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'cleared' }
  /** Ctrl-D on an empty line, or the terminal has gone. */
  | { readonly kind: 'left' };

export interface Assistance {
  /** Completes a text. */
  complete(text: string, cursor: number): Promise<Completion>;
  /** The arguments that may still follow a text. */
  hint(text: string): Promise<string>;
  /** The text as the person's editor changes it. Throws the editor's failure. */
  edit(text: string): Promise<string>;
  /** Whether Enter adds another line to the same text. */
  isUnfinished(text: string): boolean;
}

/** A drawing that took no longer than this delays nobody, in ms. */
const BRIEF_MS = 5;

const BELL = '\x07';

const ADVICE = 'a value of any bytes comes from a file: set KEY < FILE';

export class Editing implements KeyTarget {
  readonly buffer: LineBuffer;
  readonly #screen: LineScreen;
  readonly #history: History;
  readonly #walk: HistoryWalk;
  readonly #keyboard: Keyboard;
  readonly #assistance: Assistance;
  readonly #prompt: Prompt;
  #typed: Typed | undefined;
  #search: HistorySearch | undefined;
  /** The paste so far; undefined if none is under way. */
  #paste: Paste | undefined;
  /** How long the last drawing took, in ms. */
  #drawingTime = 0;
  /** Whether the last key was the first of a pair. */
  #isAfterFirst = false;

  constructor(
    keyboard: Keyboard,
    output: Output,
    history: History,
    assistance: Assistance,
    prompt: Prompt,
    cuts: CutRing,
  ) {
    this.#keyboard = keyboard;
    this.#screen = new LineScreen(keyboard, output);
    this.#history = history;
    this.#walk = new HistoryWalk(history);
    this.#assistance = assistance;
    this.#prompt = prompt;
    this.buffer = new LineBuffer(cuts);
  }

  async run(signal: AbortSignal): Promise<Typed> {
    for (;;) {
      // Keys that have arrived, or arrive meanwhile, are taken first: a paste is drawn once,
      // however many pieces it comes in.
      if (this.#drawingTime > BRIEF_MS) await this.#keyboard.rest(this.#drawingTime);
      if (!this.#keyboard.isPending) await this.#draw();
      const event = await this.#keyboard.next(signal);
      await this.#hear(event);
      if (this.#typed !== undefined) {
        await this.#leave(this.#typed);
        return this.#typed;
      }
    }
  }

  accept(): void {
    const { text } = this.buffer;
    if (!this.#assistance.isUnfinished(text)) {
      this.#typed = { kind: 'line', text };
      return;
    }
    this.buffer.moveTo(text.length);
    this.buffer.insert('\n');
  }

  end(kind: 'cleared' | 'left'): void {
    this.#typed = { kind };
  }

  search(): void {
    this.#search = new HistorySearch(this.#history, this.buffer.text);
  }

  async complete(): Promise<void> {
    const { text, cursor } = this.buffer;
    const completion = await this.#assistance.complete(text, cursor);
    if (completion.text !== text || completion.cursor !== cursor) {
      this.buffer.replace(completion.text, completion.cursor);
    } else if (completion.choices.length > 0) {
      const { columns, rows } = this.#keyboard;
      await this.#say(
        this.#screen.style.hint(choiceColumns(completion.choices, columns, rows - 2)),
      );
    }
  }

  travel(step: -1 | 1): void {
    const text = this.#walk.step(step, this.buffer.text);
    if (text !== undefined) this.buffer.replace(text);
  }

  async clearScreen(): Promise<void> {
    await this.#screen.clear();
  }

  async edit(): Promise<void> {
    await this.#say('');
    this.#keyboard.release();
    let failure = '';
    try {
      this.buffer.replace(await this.#assistance.edit(this.buffer.text));
    } catch (thrown) {
      failure = this.#screen.style.hint(visibleMessage(asKvError(thrown).message));
    } finally {
      this.#keyboard.take();
    }
    await this.#screen.return(failure && `${failure}\r\n`);
  }

  async #suspend(): Promise<void> {
    await this.#say('');
    await this.#keyboard.suspend();
    await this.#screen.return();
  }

  async #hear(event: KeyEvent): Promise<void> {
    switch (event.kind) {
      case 'key':
        return this.#take(event.key);
      case 'resize':
        this.#screen.resize();
        break;
      case 'stop':
        return this.#suspend();
      case 'continued':
        this.#screen.forget();
        break;
      case 'damaged':
        if (this.#paste) this.#paste.isDamaged = true;
        else await this.#refuse('what was typed is not UTF-8, and is left out');
        break;
      default:
        event satisfies never;
    }
  }

  /** Writes a message below the line, which is then drawn again. */
  async #say(text: string): Promise<void> {
    await this.#draw(false);
    await this.#screen.leave(text);
  }

  async #refuse(reason: string): Promise<void> {
    const { style } = this.#screen;
    await this.#say(`${BELL}${style.hint(reason)}\r\n${style.hint(ADVICE)}\r\n`);
  }

  async #take(key: Key): Promise<void> {
    if (chordOf(key) === 'C-z') await this.#suspend();
    else if (key.name === 'paste-start') this.#paste = new Paste();
    else if (key.name === 'paste-end') await this.#endPaste();
    else if (this.#paste) this.#paste.add(key);
    else if (this.#search) await this.#searchOn(this.#search, key);
    else await this.#edit(key);
  }

  async #endPaste(): Promise<void> {
    const paste = this.#paste;
    this.#paste = undefined;
    if (paste?.isDamaged) await this.#refuse('what was pasted is not UTF-8, and is left out');
    else this.buffer.insert(paste?.text ?? '');
  }

  async #edit(key: Key): Promise<void> {
    const isSecond = this.#isAfterFirst;
    const chord = isSecond ? `${FIRST_OF_TWO} ${chordOf(key)}` : chordOf(key);
    this.#isAfterFirst = chord === FIRST_OF_TWO;
    const action = keyActions[chord];
    if (!cutChords.has(chord)) this.buffer.breakOff();
    if (action) await action(this);
    else if (key.text !== '' && !isSecond) this.buffer.insert(key.text);
  }

  /** A key that a search does not know ends it, keeps the line found, and has its usual effect. */
  async #searchOn(search: HistorySearch, key: Key): Promise<void> {
    const took = search.take(chordOf(key), key.text);
    this.buffer.replace(...search.found);
    if (took === 'more') return;
    this.#search = undefined;
    if (took === 'unknown') await this.#edit(key);
  }

  async #draw(withHint = true): Promise<void> {
    const began = performance.now();
    const { text, cursor } = this.buffer;
    const isAtEnd = cursor === text.length;
    const showsHint =
      withHint && isAtEnd && !this.#search && this.#screen.tellsHints && !text.includes('\n');
    await this.#screen.draw({
      prompt: this.#search?.prompt ?? this.#prompt,
      text,
      cursor,
      hint: showsHint ? await this.#assistance.hint(text) : '',
    });
    this.#drawingTime = performance.now() - began;
  }

  /** Leaves the line on the screen without its hint, and goes below it. */
  async #leave(typed: Typed): Promise<void> {
    this.#search = undefined;
    await this.#draw(false);
    await this.#screen.leave('', typed.kind === 'cleared' ? this.#screen.style.detail('^C') : '');
  }
}
