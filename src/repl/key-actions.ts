/** What the keys do at the prompt that type nothing, as readline in C has them. */
import type { Key } from '../terminal/keyboard.js';
import type { LineBuffer } from './line-buffer.js';

/** The line that is being edited, as a key acts on it. */
export interface KeyTarget {
  readonly buffer: LineBuffer;
  /** Ends the line, or begins another of it where it cannot end here. */
  accept(): void;
  /** Gives the line up, or leaves the prompt. */
  end(how: 'cleared' | 'left'): void;
  complete(): Promise<void>;
  /** Goes to the line before in the history, or with 1 to the next. */
  travel(step: -1 | 1): void;
  /** Begins a search of the history. */
  search(): void;
  clearScreen(): Promise<void>;
  /** Has the person's editor change the line. */
  edit(): Promise<void>;
}

type Action = (line: KeyTarget) => unknown;

/** By its chord, what a key does. */
export const keyActions: Readonly<Record<string, Action>> = {
  return: (line) => line.accept(),
  enter: (line) => line.accept(),
  'M-return': ({ buffer }) => buffer.insert('\n'),
  tab: (line) => line.complete(),
  'C-c': (line) => line.end('cleared'),
  'C-d': (line) => (line.buffer.text === '' ? line.end('left') : line.buffer.deleteRight()),
  'C-r': (line) => line.search(),
  'C-l': (line) => line.clearScreen(),
  up: (line) => line.buffer.up() || line.travel(-1),
  down: (line) => line.buffer.down() || line.travel(1),
  'C-p': (line) => line.travel(-1),
  'C-n': (line) => line.travel(1),
  left: ({ buffer }) => buffer.left(),
  right: ({ buffer }) => buffer.right(),
  'C-b': ({ buffer }) => buffer.left(),
  'C-f': ({ buffer }) => buffer.right(),
  'M-b': ({ buffer }) => buffer.wordLeft(),
  'M-f': ({ buffer }) => buffer.wordRight(),
  'C-left': ({ buffer }) => buffer.wordLeft(),
  'C-right': ({ buffer }) => buffer.wordRight(),
  'M-left': ({ buffer }) => buffer.wordLeft(),
  'M-right': ({ buffer }) => buffer.wordRight(),
  home: ({ buffer }) => buffer.lineStart(),
  end: ({ buffer }) => buffer.lineEnd(),
  'C-a': ({ buffer }) => buffer.lineStart(),
  'C-e': ({ buffer }) => buffer.lineEnd(),
  backspace: ({ buffer }) => buffer.deleteLeft(),
  'C-h': ({ buffer }) => buffer.deleteLeft(),
  delete: ({ buffer }) => buffer.deleteRight(),
  'C-w': ({ buffer }) => buffer.cutBlankWordLeft(),
  'C-backspace': ({ buffer }) => buffer.cutWordLeft(),
  'M-backspace': ({ buffer }) => buffer.cutWordLeft(),
  'M-d': ({ buffer }) => buffer.cutWordRight(),
  'C-u': ({ buffer }) => buffer.cutToStart(),
  'C-k': ({ buffer }) => buffer.cutToEnd(),
  'C-y': ({ buffer }) => buffer.paste(),
  'M-y': ({ buffer }) => buffer.pasteOlder(),
  'C-t': ({ buffer }) => buffer.transpose(),
  'C-x C-e': (line) => line.edit(),
};

/** The chord that another follows. */
export const FIRST_OF_TWO = 'C-x';

/** `C-a`, `M-b`, `up`. */
export function chordOf({ name, ctrl, meta }: Key): string {
  return `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${name}`;
}

/** Those of the keys that cut and put back: several of them in a row go together. */
export const cutChords = new Set('C-w C-backspace M-backspace M-d C-u C-k C-y M-y'.split(' '));
