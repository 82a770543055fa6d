/** The global options, declared like those of commands. */
import type { Input, Option, Options } from '../command.js';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import { parsePatience } from './duration.js';

export const globalOptions = {
  store: {
    short: 's',
    value: 'PATH',
    summary: 'folder of the store, or redis://HOST:PORT/NAME',
    completes: 'file',
    parse: readStorePath,
  },
  bucket: { short: 'b', value: 'NAME', summary: 'bucket to work in', completes: 'bucket' },
  json: { summary: 'print JSON: one object, or one a line for a list' },
  quiet: { short: 'q', summary: 'leave out remarks, and answers that the exit status gives' },
  color: {
    value: 'WHEN',
    summary: 'colour: auto, always or never',
    completes: ['auto', 'always', 'never'],
    parse: readColor,
  },
  noInput: { summary: 'never ask: refuse where an answer would be needed' },
  readOnly: { summary: 'refuse whatever would write to the store' },
  wait: {
    value: 'DUR',
    summary: 'how long to wait for another writer: 90s, 1h30m, or 0',
    parse: parsePatience,
  },
  version: { summary: 'print the version' },
  help: { short: 'h', summary: 'print help, of the verb where one is given' },
} as const satisfies Options;

/** The global options given; the others are absent. */
export type GlobalFlags = Partial<Input<readonly [], typeof globalOptions>>;

/**
 * The global options that a command allows after its verb. One that the command declares itself, by
 * name or by letter, has the command's meaning there.
 */
export function globalsBeside(options: Options): Options {
  const letters = new Set(Object.values(options).map((option) => option.short));
  const left = Object.entries<Option>(globalOptions).filter(([key]) => !(key in options));
  return Object.fromEntries(
    left.map(([key, { short, ...option }]) => [
      key,
      short === undefined || letters.has(short) ? option : { ...option, short },
    ]),
  );
}

function readStorePath(text: string): string {
  if (text === '') throw new KvError('usage', 'the path is empty');
  return text;
}

function readColor(text: string): Settings['color'] {
  if (text === 'auto' || text === 'always' || text === 'never') return text;
  throw new KvError('usage', 'auto, always or never is expected');
}
