/** Keys and text that careless programs trip over. */

/** Text that takes over a terminal that gets to see it. */
export const hostile = 'k\x1b]0;owned\x07\x9b2J\x7f\u202e\u2028\r\x1b[31m';

/** What no stored text may bring to a terminal; newlines are left to the test. */
export const controls = /[\0-\t\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** The longest key there may be. */
export const longestKey = 'k'.repeat(1978);

export const oddKeys = [
  'user@host@2',
  'UPPER',
  'upper',
  'with space ',
  'line\nbreak',
  'tab\tand\\backslash',
  'NUL\0inside',
  '__proto__',
  'constructor',
  '-dash',
  '--json',
  'a=b',
  'ünïcödé',
  '\u{1f600}',
  '\ufffd',
  hostile,
  longestKey,
];
