/** The keys at the prompt that do not type a character, as in readline. */
import type { Key } from '../terminal/keyboard.js';
import type { LineBuffer } from './line-buffer.js';

/** The line that is being edited, as keys act on it. */
export interface KeyTarget {
  readonly buffer: LineBuffer;
  /** Ends the line, or adds another line to it if it is unfinished. */
  accept(): void;
  /** Gives up the line, or leaves the prompt. */
  end(how: 'cleared' | 'left'): void;
  complete(): Promise<void>;
  /** Goes to the previous line of the history, or with 1 to the next. */
  travel(step: -1 | 1): void;
  /** Begins a search of the history. */
  search(): void;
  clearScreen(): Promise<void>;
  /** Opens the line in the person's editor. */
  edit(): Promise<void>;
}

type Action = (line: KeyTarget) => unknown;

/** The action of each key, by its chord. */
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

/** The first chord of a pair. */
export const FIRST_OF_TWO = 'C-x';

/** `C-a`, `M-b`, `up`. */
export function chordOf({ name, ctrl, meta }: Key): string {
  return `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${name}`;
}

/** The keys that cut and paste: several in a row act together. */
export const cutChords = new Set('C-w C-backspace M-backspace M-d C-u C-k C-y M-y'.split(' '));
