import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/repl/line-buffer.js';

/** A buffer from a text with a bar where the cursor is. */
function bufferOf(text: string): LineBuffer {
  const buffer = new LineBuffer();
  buffer.replace(text.replace('|', ''), text.indexOf('|'));
  return buffer;
}

function shown({ text, cursor }: LineBuffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe('a line', () => {
  it.each<[string, (buffer: LineBuffer) => unknown, string]>([
    ['ab|c', (buffer) => buffer.insert('xy'), 'abxy|c'],
    ['ab|c', (buffer) => buffer.deleteLeft(), 'a|c'],
    ['|abc', (buffer) => buffer.deleteLeft(), '|abc'],
    ['ab|c', (buffer) => buffer.deleteRight(), 'ab|'],
    ['a\u{1f469}\u200d\u{1f469}|b', (buffer) => buffer.deleteLeft(), 'a|b'],
    ['a|e\u0301b', (buffer) => buffer.right(), 'ae\u0301|b'],
    ['get a b|', (buffer) => buffer.wordLeft(), 'get a |b'],
    ['|get a', (buffer) => buffer.wordRight(), 'get| a'],
    ['get user/1|', (buffer) => buffer.cutWordLeft(), 'get user/|'],
    ['get user/1 |x', (buffer) => buffer.cutBlankWordLeft(), 'get |x'],
    ['get a|bc d', (buffer) => buffer.cutWordRight(), 'get a| d'],
    ['get a|b', (buffer) => buffer.cutToStart(), '|b'],
    ['get a|b', (buffer) => buffer.cutToEnd(), 'get a|'],
    ['ab|', (buffer) => buffer.transpose(), 'ba|'],
    ['a|bc', (buffer) => buffer.transpose(), 'ba|c'],
    ['one\ntw|o', (buffer) => buffer.lineStart(), 'one\n|two'],
    ['one\ntw|o', (buffer) => buffer.up(), 'on|e\ntwo'],
    ['long line\nx|', (buffer) => buffer.up(), 'l|ong line\nx'],
    ['on|e\nt', (buffer) => buffer.down(), 'one\nt|'],
    ['|\nt', (buffer) => buffer.up(), '|\nt'],
  ])('%j becomes what the key makes of it', (before, press, after) => {
    const buffer = bufferOf(before);
    press(buffer);
    expect(shown(buffer)).toBe(after);
  });

  it('gets back what was cut', () => {
    const buffer = bufferOf('get a|b');
    buffer.cutToStart();
    buffer.lineEnd();
    buffer.paste();
    expect(shown(buffer)).toBe('bget a|');
  });

  it('puts back what several keys in a row have cut, in its order', () => {
    const buffer = new LineBuffer();
    buffer.replace('one two three four');
    buffer.cutBlankWordLeft();
    buffer.cutBlankWordLeft();
    buffer.paste();
    expect(shown(buffer)).toBe('one two three four|');
    buffer.moveTo(4);
    buffer.breakOff();
    buffer.cutWordRight();
    buffer.cutToStart();
    buffer.cutToEnd();
    expect(shown(buffer)).toBe('|');
    buffer.paste();
    expect(shown(buffer)).toBe('one two three four|');
  });

  it('puts back what was cut before, and before that, in the place of the last', () => {
    const buffer = new LineBuffer();
    for (const word of ['one', 'two', 'three']) {
      buffer.breakOff();
      buffer.replace(word);
      buffer.cutToStart();
    }
    buffer.paste();
    const seen = [buffer.text];
    for (let time = 0; time < 3; time++) {
      buffer.pasteOlder();
      seen.push(buffer.text);
    }
    expect(seen).toEqual(['three', 'two', 'one', 'three']);
    buffer.breakOff();
    buffer.pasteOlder();
    expect(buffer.text).toBe('three');
  });

  it('never has its cursor within a character, nor beyond its ends', () => {
    const moves = ['left', 'right', 'wordLeft', 'wordRight', 'lineStart', 'lineEnd', 'up', 'down'];
    const cuts = [
      'deleteLeft',
      'deleteRight',
      'cutWordLeft',
      'cutWordRight',
      'paste',
      'pasteOlder',
      'transpose',
    ];
    const step = fc.constantFrom(...moves, ...cuts) as fc.Arbitrary<keyof LineBuffer>;
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\u{1f600}', 'e\u0301', '\u4e00'),
    });
    fc.assert(
      fc.property(text, fc.array(step), (start, steps) => {
        const buffer = new LineBuffer();
        buffer.replace(start);
        for (const name of steps) (buffer[name] as () => void).call(buffer);
        expect(buffer.cursor).toBeGreaterThanOrEqual(0);
        expect(buffer.cursor).toBeLessThanOrEqual(buffer.text.length);
        expect(buffer.text.isWellFormed()).toBe(true);
        expect(buffer.before.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
