import { describe, expect, it } from 'vitest';
import { showsColor } from '../../src/terminal/style.js';

describe('colour', () => {
  it('follows the stream when nothing is said', () => {
    expect(showsColor('auto', {}, true)).toBe(true);
    expect(showsColor('auto', {}, false)).toBe(false);
  });

  it('is refused by TERM=dumb', () => {
    expect(showsColor('auto', { TERM: 'dumb' }, true)).toBe(false);
    expect(showsColor('auto', { TERM: 'xterm' }, true)).toBe(true);
  });

  it('is forced by FORCE_COLOR, before TERM=dumb', () => {
    expect(showsColor('auto', { FORCE_COLOR: '1', TERM: 'dumb' }, false)).toBe(true);
    expect(showsColor('auto', { FORCE_COLOR: '0' }, true)).toBe(false);
    expect(showsColor('auto', { FORCE_COLOR: '' }, false)).toBe(false);
  });

  it('is refused by NO_COLOR, before FORCE_COLOR, unless it is empty', () => {
    expect(showsColor('auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(showsColor('auto', { NO_COLOR: '' }, true)).toBe(true);
  });

  it('is decided by --color, before everything', () => {
    expect(showsColor('always', { NO_COLOR: '1', TERM: 'dumb' }, false)).toBe(true);
    expect(showsColor('never', { FORCE_COLOR: '1' }, true)).toBe(false);
  });
});
