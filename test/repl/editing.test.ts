/** Typing a line into a keyboard that the test holds. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { CutRing } from '../../src/repl/cut-ring.js';
import { type Assistance, Editing } from '../../src/repl/editing.js';
import { History } from '../../src/repl/history.js';
import type { Keyboard, KeyEvent } from '../../src/terminal/keyboard.js';
import { plainStyle } from '../../src/terminal/style.js';

const nothing: Assistance = {
  complete: async (text, cursor) => ({ text, cursor, choices: [] }),
  hint: async () => '',
  edit: async (text) => text,
  isUnfinished: () => false,
};

/** Keys that come piece by piece, the next one as soon as somebody waits for it. */
function keyboardOf(pieces: readonly string[]): Keyboard {
  const coming = [...pieces];
  const events: KeyEvent[] = [];
  const come = () => {
    for (const text of coming.shift() ?? '') {
      const name = text === '\r' ? 'return' : text;
      const types = text === '\r' ? '' : text;
      events.push({ kind: 'key', key: { text: types, name, ctrl: false, meta: false } });
    }
  };
  return {
    columns: 60,
    rows: 24,
    get isPending() {
      return events.length > 0;
    },
    async rest() {
      if (events.length === 0) come();
    },
    async next() {
      if (events.length === 0) come();
      return events.shift()!;
    },
    takeInterrupt: () => false,
    take() {},
    release() {},
    async suspend() {},
  };
}

/** Types a line whose drawings seem to take so long, in ms: how often it is drawn, and what it is. */
async function typed(pieces: readonly string[], drawingTime: number) {
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    time += drawingTime;
    return time;
  });
  onTestFinished(() => clock.mockRestore());
  let drawings = 0;
  const output = {
    isTerminal: true,
    columns: 60,
    style: plainStyle,
    write: async () => {
      drawings++;
    },
  };
  const history = new History({ read: () => [], add() {} });
  const prompt = { text: '> ', width: 2 };
  const editing = new Editing(keyboardOf(pieces), output, history, nothing, prompt, new CutRing());
  return { line: await editing.run(new AbortController().signal), drawings };
}

const pieces = Array.from({ length: 100 }, (_, piece) => `${piece} `);

it('a line that is drawn at once is drawn after each piece of it that comes', async () => {
  const { line, drawings } = await typed([...pieces, '\r'], 1);
  expect(line).toEqual({ kind: 'line', text: pieces.join('') });
  expect(drawings).toBeGreaterThan(pieces.length);
});

it('a line that takes long to draw is drawn when nothing more comes, in however many pieces it comes', async () => {
  const { line, drawings } = await typed([...pieces, '\r'], 100);
  expect(line).toEqual({ kind: 'line', text: pieces.join('') });
  expect(drawings).toBeLessThan(5);
});
