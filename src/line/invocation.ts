/**
 * From the words of a command line to what they ask for.
 *
 * Global options are accepted anywhere before `--`. The verb is found first, by the names in the
 * registry, and only that command is loaded, so that no verb's start-up pays for another's.
 */
import type { Command, Options, Registry } from '../command.js';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import { type GlobalFlags, globalOptions, globalsBeside } from './globals.js';
import { noneGiven, splitWords } from './grammar.js';
import { inputOf, optionValues, readableOnly, refuseFaults } from './input.js';
import { type Given, givenBy } from './option-reader.js';
import { type Front, readFront, readLine } from './reading.js';
import { overridden, resolveSettings } from './settings.js';
import { commandHint, groupHint } from './usage.js';
import { findPlace } from './verbs.js';

export type Invocation =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly input: Readonly<Record<string, unknown>>;
      readonly settings: Settings;
    }
  /** `topic` is the full name of a verb or group; undefined: the whole tool. */
  | { readonly kind: 'help'; readonly topic: string | undefined; readonly settings: Settings }
  | { readonly kind: 'version'; readonly settings: Settings }
  /** Without a verb. */
  | { readonly kind: 'bare'; readonly settings: Settings };

/**
 * What `argv`, the words after `kv`, asks for. `--help`, and after it `--version`, win over every
 * mistake except an unknown verb; as the value of another option they are only that.
 *
 * Throws `usage`, with the usage line as its hint. Writes nothing.
 */
export function parse(
  argv: readonly string[],
  registry: Registry,
  env: NodeJS.ProcessEnv,
): Promise<Invocation> {
  return parseWith(argv, registry, (flags) => resolveSettings(flags, env));
}

/** The same for a line of a script, whose settings default to those of the script. */
export function parseLine(
  words: readonly string[],
  registry: Registry,
  settings: Settings,
): Promise<Invocation> {
  return parseWith(words, registry, (flags) => overridden(settings, flags));
}

/** From the global options given to the settings. */
export type Resolve = (flags: GlobalFlags) => Settings;

async function parseWith(
  argv: readonly string[],
  registry: Registry,
  resolve: Resolve,
): Promise<Invocation> {
  const front = readFront(argv, registry);
  const { entry, name, roles } = front;
  const before = splitWords(globalOptions, optionWords(argv, front));
  if (entry === undefined) {
    // Throws for an unknown verb.
    const place = findPlace(name, registry);
    const topic = place.kind === 'group' ? place.name : undefined;
    return (
      answer(before.given, topic, resolve) ??
      hinted(
        () => groupHint(topic),
        () => {
          refuseFaults(before, globalOptions, "a verb's options go after the verb");
          if (place.kind === 'group') throw memberMissing(place.name, place.members);
          return { kind: 'bare', settings: resolve(flagsOf(before.given)) };
        },
      )
    );
  }
  const command = await entry.load();
  const { globals, options } = grammarOf(command);
  const after = splitWords(options, argv.slice(roles.length));
  const flags = both(before.given, globalsIn(after.given, globals));
  return (
    answer(flags, entry.name, resolve) ??
    hinted(
      () => commandHint(command),
      () => {
        refuseFaults(after, options, 'a word that is no option goes after "--"');
        const input = inputOf(command, after);
        return { kind: 'run', command, input, settings: resolve(flagsOf(flags)) };
      },
    )
  );
}

/**
 * The settings for reporting a failure of `parse`: from the words that can be understood. Never
 * throws.
 */
export function settingsOf(argv: readonly string[], env: NodeJS.ProcessEnv): Settings {
  return lenientSettings(splitWords(globalOptions, argv).given, (flags) =>
    resolveSettings(flags, env),
  );
}

/** The settings of a line that is still being typed, from the words that can be understood. */
export async function settingsOfUnfinished(
  words: readonly string[],
  registry: Registry,
  resolve: Resolve,
): Promise<Settings> {
  const { roles } = await readLine(words, registry);
  return lenientSettings(givenBy(words, roles, 'global'), resolve);
}

/**
 * The options before the verb: the words before the first that is neither an option nor part of the
 * verb.
 */
function optionWords(argv: readonly string[], { roles, name }: Front): readonly string[] {
  if (roles.length === name.length) return [];
  const end = roles.findIndex(({ kind }) => kind === 'unknown');
  const read = argv.slice(0, end === -1 ? roles.length : end + 1);
  return read.filter((_, at) => roles[at]!.kind !== 'verb' && roles[at]!.kind !== 'separator');
}

/** The answer to `--help` or `--version`. A mistake elsewhere does not withhold it. */
function answer(given: Given, topic: string | undefined, resolve: Resolve): Invocation | undefined {
  if (given.help) return { kind: 'help', topic, settings: lenientSettings(given, resolve) };
  if (given.version) return { kind: 'version', settings: lenientSettings(given, resolve) };
  return undefined;
}

function lenientSettings(given: Given, resolve: Resolve): Settings {
  const flags = flagsOf(readableOnly(globalOptions, given));
  // KV_WAIT may be malformed; and without a write nobody waits.
  return resolve({ ...flags, wait: flags.wait ?? Number.POSITIVE_INFINITY });
}

interface Grammar {
  readonly globals: Options;
  readonly options: Options;
}

/** A script uses the same few verbs again and again. */
const grammars = new WeakMap<Command, Grammar>();

function grammarOf(command: Command): Grammar {
  const known = grammars.get(command);
  if (known) return known;
  const globals = globalsBeside(command.options);
  const grammar = { globals, options: { ...command.options, ...globals } };
  grammars.set(command, grammar);
  return grammar;
}

function both(before: Given, after: Given): Given {
  return after === noneGiven ? before : { ...before, ...after };
}

function globalsIn(given: Given, globals: Options): Given {
  if (given === noneGiven) return given;
  return Object.fromEntries(Object.entries(given).filter(([key]) => key in globals));
}

function flagsOf(given: Given): GlobalFlags {
  if (given === noneGiven) return {};
  return optionValues(globalOptions, given) as GlobalFlags;
}

function memberMissing(group: string, members: Registry): KvError {
  const names = members.map(({ name }) => name.slice(group.length + 1)).join(', ');
  return new KvError('usage', `missing verb after "${group}": one of ${names}`);
}

/** Adds the helpful usage line to a usage error thrown by `work`. */
function hinted<T>(hint: () => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KvError)) throw error;
    throw new KvError('usage', error.message, { hint: hint(), cause: error.cause });
  }
}
