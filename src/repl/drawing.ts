/** Lays a line that is being edited out on the screen: its rows, and the cursor. */
import { displayWidth, truncate } from '../terminal/display-width.js';
import type { Style } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';

/**
 * The text before a line, escaped; `text` may contain colours, which are not part of its `width` in
 * columns.
 */
export interface Prompt {
  readonly text: string;
  readonly width: number;
}

export interface Picture {
  /** Before the first row. */
  readonly prompt: Prompt;
  /** Before the rows after a newline. */
  readonly continuation: string;
  readonly text: string;
  readonly cursor: number;
  /** Shown after the text if there is room on its row. */
  readonly hint: string;
  readonly style: Style;
}

/** A line, with the text before and after it. */
export type ShownLine = Pick<Picture, 'prompt' | 'text' | 'cursor' | 'hint'>;

export interface Drawing {
  /** None is wider than the screen. */
  readonly rows: readonly string[];
  /** The width of each row, in columns. */
  readonly widths: readonly number[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Lays a line out in rows of at most `columns`. */
export function draw(picture: Picture, columns: number): Drawing {
  const { text, cursor, style } = picture;
  const rows: string[] = [];
  const widths: number[] = [];
  let { text: row, width } = picture.prompt;
  let cursorRow = 0;
  let cursorColumn = width;
  const breakRow = () => {
    rows.push(row);
    widths.push(width);
    row = '';
    width = 0;
  };
  /** As many plain characters as fit on the row; 0 if the next is not plain. */
  const plainOnRow = (at: number) => {
    plain.lastIndex = at;
    return plain.test(text) ? Math.min(plain.lastIndex - at, columns - width) : 0;
  };
  for (let at = 0; at < text.length; ) {
    const fitting = plainOnRow(at);
    if (fitting > 0) {
      if (cursor >= at && cursor < at + fitting) {
        [cursorRow, cursorColumn] = [rows.length, width + cursor - at];
      }
      row += text.slice(at, at + fitting);
      width += fitting;
      at += fitting;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at)!);
    if (at === cursor) [cursorRow, cursorColumn] = [rows.length, width];
    at += character.length;
    if (character === '\n') {
      breakRow();
      row = style.detail(picture.continuation);
      width = displayWidth(picture.continuation);
      continue;
    }
    const shown = visibleMessage(character);
    const shownWidth = displayWidth(shown);
    if (width + shownWidth > columns) {
      breakRow();
      if (at - character.length === cursor) [cursorRow, cursorColumn] = [rows.length, 0];
    }
    row += shown === character ? shown : style.detail(shown);
    width += shownWidth;
  }
  if (cursor === text.length) {
    if (width >= columns) breakRow();
    [cursorRow, cursorColumn] = [rows.length, width];
    // The last column stays empty: a terminal may break the row after it.
    const hint = truncate(visibleMessage(picture.hint), columns - width - 1);
    if (picture.hint !== '' && columns - width > HINT_COLUMNS) {
      row += style.hint(hint);
      width += displayWidth(hint);
    }
  }
  breakRow();
  return { rows, widths, cursorRow, cursorColumn };
}

/** Characters shown as they are, one column wide: most of a long line, many at a time. */
const plain = /[ -~]{1,1000}/y;

/** The fewest columns for a hint. */
const HINT_COLUMNS = 4;

/**
 * Computes what to write to turn the drawing on the screen into another; if it has more rows than
 * the screen, those around the cursor are shown.
 */
export class Canvas {
  #cursorRow = 0;
  #widths: readonly number[] = [];
  #cursorColumn = 0;

  /** The output that replaces the present drawing. */
  replace(drawing: Drawing, height: number): string {
    const top = Math.max(0, Math.min(drawing.cursorRow - height + 2, drawing.rows.length - height));
    const rows = drawing.rows.slice(top, top + height);
    const cursorRow = drawing.cursorRow - top;
    const begin = this.#toTop();
    this.#cursorRow = cursorRow;
    this.#cursorColumn = drawing.cursorColumn;
    this.#widths = drawing.widths.slice(top, top + height);
    return `${begin}\x1b[J${rows.join('\r\n')}${up(rows.length - 1 - cursorRow)}\r${right(drawing.cursorColumn)}`;
  }

  /** Called when the terminal has another width, which breaks rows that no longer fit. */
  resize(columns: number): void {
    const above = this.#widths.slice(0, this.#cursorRow);
    const broken = above.map((width) => Math.max(1, Math.ceil(width / columns)));
    const within = Math.floor(this.#cursorColumn / columns);
    this.#cursorRow = broken.reduce((sum, rows) => sum + rows, 0) + within;
    this.#widths = [];
  }

  /** Goes below the drawing, with a mark at its end, and forgets it. */
  leave(mark = ''): string {
    const below = this.#widths.length - 1 - this.#cursorRow;
    const end = mark && `\r${right(this.#widths.at(-1) ?? 0)}${mark}`;
    this.forget();
    return `${down(below)}${end}\r\n`;
  }

  /** The screen is empty, or another program has written below. */
  forget(): void {
    this.#cursorRow = 0;
    this.#cursorColumn = 0;
    this.#widths = [];
  }

  #toTop(): string {
    return `${up(this.#cursorRow)}\r`;
  }
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : '';
}

function down(rows: number): string {
  return rows > 0 ? `\x1b[${rows}B` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\x1b[${columns}C` : '';
}
