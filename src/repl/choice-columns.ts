/** Shows completions in columns below the line. */
import { displayWidth, truncate } from '../terminal/display-width.js';

const GAP = 2;

/**
 * At most `rows` rows of `columns`, each ended by a newline; the last row says if there are more.
 */
export function choiceColumns(choices: readonly string[], columns: number, rows: number): string {
  const widest = Math.min(columns, Math.max(...choices.map(displayWidth)) + GAP);
  const columnCount = Math.max(1, Math.floor(columns / widest));
  const room = Math.max(1, Math.min(MAX_ROWS, rows) - 1);
  const shown = choices.slice(0, columnCount * room);
  const rowCount = Math.ceil(shown.length / columnCount);
  let text = '';
  for (let row = 0; row < rowCount; row++) {
    const cells = Array.from(
      { length: columnCount },
      (_, column) => shown[column * rowCount + row] ?? '',
    );
    text += `${cells
      .map((cell) => padded(cell, widest))
      .join('')
      .trimEnd()}\r\n`;
  }
  return shown.length < choices.length ? `${text}…\r\n` : text;
}

/** The most rows of a list, however high the screen is. */
const MAX_ROWS = 20;

function padded(cell: string, width: number): string {
  const text = truncate(cell, width - 1);
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
