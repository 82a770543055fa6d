/**
 * The global options and environment variables, declared as commands declare theirs, and the
 * settings they amount to: a flag beats the environment, which beats the default.
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Input, Option, Options } from '../command.js';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import { parseDuration } from './duration.js';

export const globalOptions = {
  store: {
    short: 's',
    value: 'PATH',
    summary: 'folder of the store',
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
    summary: 'how long to wait for another writer: 500ms, 90s, 1h30m',
    parse: parseDuration,
  },
  version: { summary: 'print the version' },
  help: { short: 'h', summary: 'print help, of the verb where one is given' },
} as const satisfies Options;

/** The global options as given; what is absent was not. */
export type GlobalFlags = Partial<Input<readonly [], typeof globalOptions>>;

/**
 * The global options that a command leaves in force after its verb: one that it declares itself,
 * by name or by letter, means there what the command says.
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

/** What the environment says, for help and the man page. */
export const environment = {
  KV_STORE: 'folder of the store, where no --store is given',
  KV_BUCKET: 'bucket to work in, where no --bucket is given',
  KV_WAIT: 'how long to wait for another writer, where no --wait is given',
  XDG_DATA_HOME:
    'where the default store is: $XDG_DATA_HOME/kv/store, else ~/.local/share/kv/store',
  NO_COLOR: 'no colour, where --color does not say otherwise',
  FORCE_COLOR: 'colour even in a pipe or a file; NO_COLOR beats it',
  TERM: 'when "dumb", no colour',
  KV_DEBUG: 'when 1, errors come with their stack trace',
} as const;

/**
 * The settings for one invocation. An empty environment variable counts as unset. A path is kept as
 * it was given, so that messages show what was typed.
 */
export function resolveSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv): Settings {
  return {
    store: flags.store ?? (env.KV_STORE || defaultStore(env)),
    isStoreNamed: flags.store !== undefined || Boolean(env.KV_STORE),
    bucket: flags.bucket ?? (env.KV_BUCKET || 'default'),
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    color: flags.color ?? 'auto',
    input: !flags.noInput,
    readOnly: flags.readOnly ?? false,
    wait: flags.wait ?? waitOf(env),
  };
}

/** Settings with what flags say in their place; the same object where they say nothing. */
export function overridden(settings: Settings, flags: GlobalFlags): Settings {
  const { store, bucket, json, quiet, color, noInput, readOnly, wait } = flags;
  if (!(store || bucket !== undefined || json || quiet || color || noInput || readOnly || wait)) {
    return settings;
  }
  return {
    store: store ?? settings.store,
    isStoreNamed: store !== undefined || settings.isStoreNamed,
    bucket: bucket ?? settings.bucket,
    json: json || settings.json,
    quiet: quiet || settings.quiet,
    color: color ?? settings.color,
    input: !noInput && settings.input,
    readOnly: readOnly || settings.readOnly,
    wait: wait ?? settings.wait,
  };
}

function waitOf({ KV_WAIT: text }: NodeJS.ProcessEnv): number | undefined {
  if (!text) return undefined;
  try {
    return parseDuration(text);
  } catch (error) {
    throw new KvError('usage', `KV_WAIT: ${(error as Error).message}`);
  }
}

function defaultStore(env: NodeJS.ProcessEnv): string {
  const data = env.XDG_DATA_HOME ?? '';
  // The XDG specification has a relative path ignored.
  if (isAbsolute(data)) return join(data, 'kv', 'store');
  const home = env.HOME || homeOfUser();
  return home && join(home, '.local', 'share', 'kv', 'store');
}

/** Empty for a user whom the system does not know, as in a container that runs under any number. */
function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

function readStorePath(text: string): string {
  if (text === '') throw new KvError('usage', 'the path is empty');
  return text;
}

function readColor(text: string): Settings['color'] {
  if (text === 'auto' || text === 'always' || text === 'never') return text;
  throw new KvError('usage', 'auto, always or never is expected');
}
