/** The text of a line that is being edited, with the cursor. */
import { CutRing } from './cut-ring.js';

export class LineBuffer {
  #text = '';
  #cursor = 0;
  readonly #cuts: CutRing;
  /** Whether the previous key cut, so that the next cut is added to it. */
  #isCutting = false;
  /** The text that the previous key pasted before the cursor; empty if it did not paste. */
  #pasted = '';

  constructor(cuts = new CutRing()) {
    this.#cuts = cuts;
  }

  get text(): string {
    return this.#text;
  }

  /** In UTF-16 units, never inside a character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The text up to the cursor. */
  get before(): string {
    return this.#text.slice(0, this.#cursor);
  }

  /** Called for a key that neither cuts nor pastes: it ends a series of those. */
  breakOff(): void {
    this.#isCutting = false;
    this.#pasted = '';
  }

  /** Replaces the whole text; the cursor goes to its end, or to `cursor`. */
  replace(text: string, cursor = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
  }

  insert(text: string): void {
    this.replace(
      this.#text.slice(0, this.#cursor) + text + this.#text.slice(this.#cursor),
      this.#cursor + text.length,
    );
  }

  moveTo(position: number): void {
    this.#cursor = position;
  }

  left(): void {
    this.#cursor = this.#previous();
  }

  right(): void {
    this.#cursor = this.#next();
  }

  wordLeft(): void {
    this.#cursor = this.#wordStart();
  }

  wordRight(): void {
    this.#cursor = this.#wordEnd();
  }

  /** To the beginning of the cursor's line, among several. */
  lineStart(): void {
    this.#cursor = this.#startOfLine();
  }

  lineEnd(): void {
    this.#cursor = this.#endOfLine();
  }

  /** To the line above; false if this is the first. */
  up(): boolean {
    const start = this.#startOfLine();
    if (start === 0) return false;
    const above = this.#text.lastIndexOf('\n', start - 2) + 1;
    this.#cursor = this.#whole(Math.min(above + this.#cursor - start, start - 1));
    return true;
  }

  /** To the line below; false if this is the last. */
  down(): boolean {
    const end = this.#endOfLine();
    if (end === this.#text.length) return false;
    const column = this.#cursor - this.#startOfLine();
    this.#cursor = end + 1;
    this.#cursor = this.#whole(Math.min(end + 1 + column, this.#endOfLine()));
    return true;
  }

  deleteLeft(): void {
    this.#remove(this.#previous(), this.#cursor);
  }

  deleteRight(): void {
    this.#remove(this.#cursor, this.#next());
  }

  /** Cuts back to a blank, as Ctrl-W does in a shell. */
  cutBlankWordLeft(): void {
    const [word = ''] = /\S*\s*$/.exec(this.before) ?? [];
    this.#cutOut(this.#cursor - word.length, this.#cursor);
  }

  cutWordLeft(): void {
    this.#cutOut(this.#wordStart(), this.#cursor);
  }

  cutWordRight(): void {
    this.#cutOut(this.#cursor, this.#wordEnd());
  }

  cutToStart(): void {
    this.#cutOut(this.#startOfLine(), this.#cursor);
  }

  cutToEnd(): void {
    this.#cutOut(this.#cursor, this.#endOfLine());
  }

  /** Pastes what was cut last. */
  paste(): void {
    this.#putBack(this.#cuts.newest);
  }

  /** Replaces the text just pasted by the cut before it. */
  pasteOlder(): void {
    if (this.#pasted === '' || !this.before.endsWith(this.#pasted)) return;
    this.#remove(this.#cursor - this.#pasted.length, this.#cursor);
    this.#putBack(this.#cuts.older);
  }

  /** Swaps the characters around the cursor, or the two before it at the end. */
  transpose(): void {
    const middle = this.#cursor === this.#text.length ? this.#previous() : this.#cursor;
    const start = boundaryBefore(this.#text, middle);
    const end = boundaryAfter(this.#text, middle);
    if (start === middle || end === middle) return;
    const swapped = this.#text.slice(middle, end) + this.#text.slice(start, middle);
    this.replace(this.#text.slice(0, start) + swapped + this.#text.slice(end), end);
  }

  #putBack(text: string): void {
    this.insert(text);
    this.#pasted = text;
    this.#isCutting = false;
  }

  #cutOut(start: number, end: number): void {
    if (start === end) return;
    const text = this.#text.slice(start, end);
    if (this.#isCutting) this.#cuts.extend(text, end === this.#cursor ? 'before' : 'behind');
    else this.#cuts.add(text);
    this.#remove(start, end);
    this.#isCutting = true;
    this.#pasted = '';
  }

  #remove(start: number, end: number): void {
    this.replace(this.#text.slice(0, start) + this.#text.slice(end), start);
  }

  #previous(): number {
    return boundaryBefore(this.#text, this.#cursor);
  }

  #next(): number {
    return boundaryAfter(this.#text, this.#cursor);
  }

  /** The position, or the one before if it is inside a character. */
  #whole(at: number): number {
    return /[\udc00-\udfff]/.test(this.#text[at] ?? '') ? at - 1 : at;
  }

  #startOfLine(): number {
    return this.#cursor === 0 ? 0 : this.#text.lastIndexOf('\n', this.#cursor - 1) + 1;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#cursor);
    return end === -1 ? this.#text.length : end;
  }

  #wordStart(): number {
    const [word = ''] = /[\p{L}\p{N}_]*[^\p{L}\p{N}_]*$/u.exec(this.before) ?? [];
    return this.#cursor - word.length;
  }

  #wordEnd(): number {
    const [word = ''] =
      /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]*/u.exec(this.#text.slice(this.#cursor)) ?? [];
    return this.#cursor + word.length;
  }
}

/** UTF-16 units before and after a position that a grapheme may span. */
const CLUSTER_UNITS = 64;

/** Where the grapheme before a position begins. */
function boundaryBefore(text: string, at: number): number {
  if (at <= 1 || isPlain(text, at - 2)) return Math.max(0, at - 1);
  const from = Math.max(0, at - CLUSTER_UNITS);
  let last = from;
  for (const { index } of segments(text.slice(from, at))) last = from + index;
  return last;
}

/** Where the grapheme after a position ends. */
function boundaryAfter(text: string, at: number): number {
  if (at >= text.length - 1 || isPlain(text, at)) return Math.min(text.length, at + 1);
  const [first] = segments(text.slice(at, at + CLUSTER_UNITS));
  return at + (first?.segment.length ?? 0);
}

/** Whether the two units at a position are ASCII, and so graphemes of their own. */
function isPlain(text: string, at: number): boolean {
  return text.charCodeAt(at) < 0x80 && text.charCodeAt(at + 1) < 0x80;
}

function segments(text: string): Intl.Segments {
  return new Intl.Segmenter().segment(text);
}
