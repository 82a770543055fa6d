/** Command lines that somebody might type who knows the verbs, and does not care. */
import fc from 'fast-check';
import type { Command } from '../../src/command.js';
import { registry } from '../../src/commands/index.js';
import { globalOptions } from '../../src/line/globals.js';

/** Words that verbs take for keys, values, numbers, sizes, files, lines or formats. */
const WORDS = [
  ...['a', 'b', 'c/1', 'c/2', 'default', 'other', 'nope', '', ' ', '-', '--', '-x', '--nope'],
  ...['0', '1', '-5', '18446744073709551615', '18446744073709551616', '1e9', '007', 'NaN', '1.5'],
  ...['1s', '90m', '-1d', '1y', '9999999999d', '2026-01-01T00:00:00Z', '9999-12-31', 'never'],
  ...['64KiB', '1MB', '0B', '99999999TB', '[', '(a+)+$', '*', '?*', '{"a":1}', 'a=1', '=', '=1'],
  ...['json', 'csv', 'raw', 'hex', 'text', 'base64', 'ndjson', 'always', 'upsert', 'stop', 'bash'],
  ...['in.ndjson', 'in.csv', 'lines', 'guest.wasm', 'backup', 'new', 'new/deep', '.', 'missing/x'],
  ...['/dev/null', '/dev/full', 'get', 'true', 'false', 'help', '"', "'", '\\', '$HOME', '#', ';'],
  ...[
    'é',
    '日本語',
    '👩‍👩‍👧',
    '\u202e',
    '\u001b[2J',
    '\r',
    '\n',
    '\t',
    '\u0085',
    '\ufeff',
    '\u007f',
  ],
  ...['x'.repeat(300), 'k'.repeat(2_000), 'é'.repeat(1_000)],
];

/** Verbs that start what was asked for, in a person's editor, wait for a person, or go on for ever. */
const LEFT_OUT = new Set(['repl', 'edit', 'watch']);

/** A command line, with the words that follow `kv`. */
export async function randomLines(): Promise<fc.Arbitrary<string[]>> {
  const commands = await Promise.all(registry.map((entry) => entry.load()));
  const own = commands.filter(({ name }) => !LEFT_OUT.has(name)).map(lineOf);
  const garbage = fc.array(word, { maxLength: 5 });
  return fc.oneof({ weight: 12, arbitrary: fc.oneof(...own) }, { weight: 1, arbitrary: garbage });
}

const word = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map(withoutNul) },
);

function lineOf({ name, arguments: declared, options }: Command): fc.Arbitrary<string[]> {
  const names = Object.keys({ ...options, ...globalOptions }).map(
    (option) => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  const option = fc.oneof(
    fc.constantFrom(...names).map((given) => [given]),
    fc.tuple(fc.constantFrom(...names), word),
    fc.tuple(fc.constantFrom(...names), word).map((pair) => [pair.join('=')]),
  );
  const words = fc
    .integer({ min: Math.max(0, declared.length - 1), max: declared.length + 1 })
    .chain((count) => fc.array(word, { minLength: count, maxLength: count }));
  return fc
    .tuple(words, fc.array(option, { maxLength: 3 }))
    .map(([given, chosen]) => [...name.split(' '), ...given, ...chosen.flat()]);
}

/** No argument of a program can hold a NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
