import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw } from '../../src/repl/drawing.js';
import { displayWidth } from '../../src/terminal/display-width.js';
import { plainStyle } from '../../src/terminal/style.js';
import { controls } from '../support/odd-text.js';

const plain = {
  prompt: { text: '> ', width: 2 },
  continuation: '. ',
  hint: '',
  style: plainStyle,
};

function drawn(text: string, columns: number, cursor = text.length, hint = '') {
  return draw({ ...plain, text, cursor, hint }, columns);
}

describe('a line on the screen', () => {
  it('is broken at the width of the screen', () => {
    expect(drawn('abcdefghijkl', 6).rows).toEqual(['> abcd', 'efghij', 'kl']);
  });

  it('of plain characters and others has the cursor where the character is that it stands before', () => {
    const text = 'abc漢de\u0301f\x07ghi'.repeat(3);
    const shown = [...text].map((one) => (one === '\x07' ? '\\x07' : one));
    for (let columns = 6; columns < 40; columns++) {
      let [row, column, cursor] = [0, 2, 0];
      for (const [at, one] of shown.entries()) {
        const width = displayWidth(one);
        if (column + width > columns) [row, column] = [row + 1, 0];
        const { cursorRow, cursorColumn } = drawn(text, columns, cursor);
        expect([at, cursorRow, cursorColumn]).toEqual([at, row, column]);
        column += width;
        cursor += [...text][at]!.length;
      }
      expect(drawn(text, columns).rows.join('')).toBe(`> ${shown.join('')}`);
    }
  });

  it('that fills its row has the cursor at the beginning of the next', () => {
    expect(drawn('abcd', 6)).toMatchObject({ rows: ['> abcd', ''], cursorRow: 1, cursorColumn: 0 });
  });

  it('shows its newlines, and the rows after them with a mark', () => {
    expect(drawn('a\nb', 20)).toMatchObject({
      rows: ['> a', '. b'],
      cursorRow: 1,
      cursorColumn: 3,
    });
  });

  it('shows a hint where there is room, and never breaks for it', () => {
    expect(drawn('get ', 20, 4, 'KEY').rows).toEqual(['> get KEY']);
    expect(drawn('get ', 12, 4, 'KEY and more').rows).toEqual(['> get KEY …']);
    expect(drawn('get ', 9, 4, 'KEY').rows).toEqual(['> get ']);
  });

  it('shows what is typed harmlessly, in rows that fit, whatever it is', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\n', '\x1b', '\x9b', '\u202e', '\u4e00', '\t'),
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 10, max: 50 }), (typed, columns) => {
        const { rows, widths, cursorRow, cursorColumn } = drawn(typed, columns);
        for (const [at, row] of rows.entries()) {
          expect(row).not.toMatch(controls);
          expect(displayWidth(row)).toBe(widths[at]);
          expect(displayWidth(row)).toBeLessThanOrEqual(columns);
        }
        expect(cursorRow).toBe(rows.length - 1);
        expect(cursorColumn).toBe(widths.at(-1));
        expect(cursorColumn).toBeLessThan(columns);
      }),
      { numRuns: 500 },
    );
  });
});
