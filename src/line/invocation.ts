/**
 * From the words of a command line to what they ask for.
 *
 * Global options are accepted anywhere before `--`. The verb is found first, by the names in the
 * registry, and only that command is loaded, so that no verb's start-up pays for another's.
 */
import type { Command, Options, Registry, RegistryEntry } from '../command.js';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import {
  type GlobalFlags,
  globalOptions,
  globalsBeside,
  overridden,
  resolveSettings,
} from './globals.js';
import { type Given, noneGiven, type Reading, readWords } from './grammar.js';
import { inputOf, optionValues, readableOnly, refuseFaults } from './input.js';
import { commandHint, groupHint } from './usage.js';
import { findPlace, type Place } from './verbs.js';

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
  /** No verb at all. */
  | { readonly kind: 'bare'; readonly settings: Settings };

/**
 * What `argv`, the words after `kv`, asks for. `--help`, and after it `--version`, win over every
 * mistake but an unknown verb; as the value of another option they are only that.
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

/** The same for a line of a script, whose settings are those of the script where it says no other. */
export function parseLine(
  words: readonly string[],
  registry: Registry,
  settings: Settings,
): Promise<Invocation> {
  return parseWith(words, registry, (flags) => overridden(settings, flags));
}

/** From the global options as given to the settings they amount to. */
type Resolve = (flags: GlobalFlags) => Settings;

async function parseWith(
  argv: readonly string[],
  registry: Registry,
  resolve: Resolve,
): Promise<Invocation> {
  const front = readFront(argv, registry);
  return 'entry' in front ? parseVerb(front, resolve) : parseVerbless(front, resolve);
}

/** The settings to report a failure of `parse` with: whatever can be understood. Never throws. */
export function settingsOf(argv: readonly string[], env: NodeJS.ProcessEnv): Settings {
  return lenientSettings(readWords(globalOptions, argv).given, (flags) =>
    resolveSettings(flags, env),
  );
}

/**
 * The settings of a line that is still being typed, as far as they can be understood. Throws
 * `usage` for an unknown verb.
 */
export async function settingsOfUnfinished(
  words: readonly string[],
  registry: Registry,
  env: NodeJS.ProcessEnv,
): Promise<Settings> {
  const resolve: Resolve = (flags) => resolveSettings(flags, env);
  const front = readFront(words, registry);
  if (!('entry' in front)) return lenientSettings(front.given, resolve);
  const { globals, options } = grammarOf(await front.entry.load());
  const after = globalsIn(readWords(options, front.rest).given, globals);
  return lenientSettings(both(front.given, after), resolve);
}

/** A verb, the global options before it, and the words after it. */
interface Verb {
  readonly entry: RegistryEntry;
  readonly given: Given;
  readonly rest: readonly string[];
}

/** The words end, or stumble, where a verb is still to come. */
interface Verbless {
  readonly place: Exclude<Place, { kind: 'verb' }>;
  readonly given: Given;
  readonly reading: Reading;
}

function readFront(
  argv: readonly string[],
  registry: Registry,
  verb: readonly string[] = [],
  before: Given = noneGiven,
): Verb | Verbless {
  const place = findPlace(verb, registry);
  if (place.kind === 'verb') return { entry: place.entry, given: before, rest: argv };
  const reading = readWords(globalOptions, argv, 'toFirstOperand');
  const given = both(before, reading.given);
  const [word, ...rest] = reading.operands;
  if (word === undefined) return { place, given, reading };
  return readFront(rest, registry, [...verb, word], given);
}

function parseVerbless({ place, given, reading }: Verbless, resolve: Resolve): Invocation {
  const topic = topicOf(place);
  return (
    answer(given, topic, resolve) ??
    hinted(
      () => groupHint(topic),
      () => {
        refuseFaults(reading, globalOptions, "a verb's options go after the verb");
        if (place.kind === 'group') throw memberMissing(place.name, place.members);
        return { kind: 'bare', settings: resolve(flagsOf(given)) };
      },
    )
  );
}

async function parseVerb({ entry, given, rest }: Verb, resolve: Resolve): Promise<Invocation> {
  const command = await entry.load();
  const { globals, options } = grammarOf(command);
  const reading = readWords(options, rest);
  const flags = both(given, globalsIn(reading.given, globals));
  return (
    answer(flags, entry.name, resolve) ??
    hinted(
      () => commandHint(command),
      () => {
        refuseFaults(reading, options, 'a word that is no option goes after "--"');
        const input = inputOf(command, reading);
        return { kind: 'run', command, input, settings: resolve(flagsOf(flags)) };
      },
    )
  );
}

/** What `--help` or `--version` ask for. A mistake elsewhere does not keep the answer back. */
function answer(given: Given, topic: string | undefined, resolve: Resolve): Invocation | undefined {
  if (given.help) return { kind: 'help', topic, settings: lenientSettings(given, resolve) };
  if (given.version) return { kind: 'version', settings: lenientSettings(given, resolve) };
  return undefined;
}

function lenientSettings(given: Given, resolve: Resolve): Settings {
  return resolve(flagsOf(readableOnly(globalOptions, given)));
}

interface Grammar {
  readonly globals: Options;
  readonly options: Options;
}

/** A script asks for the same few verbs again and again. */
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

function topicOf(place: Verbless['place']): string | undefined {
  return place.kind === 'group' ? place.name : undefined;
}

function memberMissing(group: string, members: Registry): KvError {
  const names = members.map(({ name }) => name.slice(group.length + 1)).join(', ');
  return new KvError('usage', `missing verb after "${group}": one of ${names}`);
}

/** Gives a usage error thrown by `work` the usage line that helps. */
function hinted<T>(hint: () => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KvError)) throw error;
    throw new KvError('usage', error.message, { hint: hint(), cause: error.cause });
  }
}
