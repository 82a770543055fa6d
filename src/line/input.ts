/** From split words to the input of a command: refuses missing, surplus and malformed words. */
import type { Argument, Command, Option, Options } from '../command.js';
import { KvError } from '../errors.js';
import type { SplitWords } from './grammar.js';
import { suggestion } from './nearest.js';
import type { Given } from './option-reader.js';
import { argumentName, longFlag } from './spelling.js';

/**
 * The value of every argument and option of the command. Throws `usage` for too few or too many
 * arguments, and for a value that its option cannot parse.
 */
export function inputOf(command: Command, split: SplitWords): Record<string, unknown> {
  const words = [...split.operands];
  const input = optionValues(command.options, split.given);
  for (const argument of command.arguments) {
    input[argument.name] = take(argument, words, split.isEnded);
  }
  const [surplus] = words;
  if (surplus !== undefined) {
    // redis-cli writes options as words, such as EX and NX.
    const meant = knownByOthers(`--${surplus.toLowerCase()}`, Object.keys(command.options));
    throw usage(`too many arguments: ${quote(surplus)} is not expected${meant}`);
  }
  return input;
}

/** The value of every option: its text parsed, true or false for a switch, undefined if absent. */
export function optionValues(options: Options, given: Given): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const key in options) values[key] = optionValue(key, options[key]!, given[key]);
  return values;
}

/** The options in `given` whose values can be parsed, for uses where a mistake must not matter. */
export function readableOnly(options: Options, given: Given): Given {
  const readable = Object.entries(given).filter(([key, text]) => {
    try {
      optionValue(key, options[key]!, text);
      return true;
    } catch {
      return false;
    }
  });
  return Object.fromEntries(readable);
}

/**
 * Throws `usage` for an unknown option, and for one without its value. `remedy` is the hint for an
 * unknown option that resembles no other.
 */
export function refuseFaults(
  { unknown, valueless }: SplitWords,
  options: Options,
  remedy: string,
): void {
  if (unknown !== undefined) throw unknownOption(unknown, options, remedy);
  if (valueless === undefined) return;
  const [, option] = findOption(valueless, options)!;
  throw usage(`missing value ${option.value} of option ${quote(valueless)}`);
}

function unknownOption(word: string, options: Options, remedy: string): KvError {
  const flag = word.startsWith('--') ? word.split('=', 1)[0]! : word;
  if (findOption(flag, options) !== undefined) return usage(`option ${quote(flag)} takes no value`);
  const keys = Object.keys(options);
  const meant = knownByOthers(flag, keys) || suggestion(flag, keys.map(longFlag));
  return usage(`unknown option ${quote(flag)}${meant || `: ${remedy}`}`);
}

/** Options of other programs, and kv's name for each: the first that the verb has. */
const otherFlags: Readonly<Record<string, readonly string[]>> = {
  '-v': ['--version'],
  '-V': ['--version'],
  '-?': ['--help'],
  '--silent': ['--quiet'],
  '--dir': ['--store'],
  '--path': ['--store'],
  '--db': ['--store'],
  '--database': ['--store'],
  '--ex': ['--ttl'],
  '--px': ['--ttl'],
  '--lease': ['--ttl'],
  '--exat': ['--expires'],
  '--pxat': ['--expires'],
  '--keepttl': ['--keep-ttl'],
  '--nx': ['--if-absent'],
  '--xx': ['--if-present'],
  '--no-clobber': ['--if-absent'],
  '--match': ['--glob'],
  '--pattern': ['--glob'],
  '--from': ['--start'],
  '--to': ['--end', '--to-bucket'],
  '--rev': ['--reverse'],
  '--desc': ['--reverse'],
  '--max': ['--limit'],
  '--null': ['--nul'],
  '--print0': ['--nul'],
  '--csv': ['--format'],
  '--tsv': ['--format'],
  '--ndjson': ['--format'],
  '--force': ['--yes', '--confirm'],
  '--recursive': ['--prefix'],
};

/**
 * `: did you mean "--ttl"?` for the flag of another program, if the verb has the option; else
 * empty.
 */
function knownByOthers(flag: string, keys: readonly string[]): string {
  const flags = keys.map(longFlag);
  const others = Object.hasOwn(otherFlags, flag) ? otherFlags[flag]! : [];
  const meant = others.find((other) => flags.includes(other));
  return meant === undefined ? '' : `: did you mean "${meant}"?`;
}

function findOption(flag: string, options: Options): [string, Option] | undefined {
  return Object.entries(options).find(
    ([key, { short }]) => flag === longFlag(key) || (short !== undefined && flag === `-${short}`),
  );
}

/** Takes the argument's words from the front of `words`. A list may be empty after `--`. */
function take(
  argument: Argument,
  words: string[],
  isEnded: boolean,
): string | string[] | undefined {
  if (words.length === 0 && argument.variadic && isEnded) return [];
  if (words.length === 0 && !argument.optional) {
    throw usage(`missing argument ${argumentName(argument)}`);
  }
  return argument.variadic && words.length > 0 ? words.splice(0) : words.shift();
}

function optionValue(key: string, option: Option, text: Given[string] | undefined): unknown {
  if (option.repeats) {
    const { repeats: _, ...single } = option;
    return [text ?? []].flat().map((one) => optionValue(key, single, one));
  }
  if (option.value === undefined) return text === true;
  if (typeof text !== 'string' || option.parse === undefined) return text;
  try {
    return option.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usage(`invalid ${longFlag(key)} ${quote(text)}: ${reason}`, cause);
  }
}

function usage(message: string, cause?: unknown): KvError {
  return new KvError('usage', message, cause === undefined ? {} : { cause });
}

/** Unescaped: a message is escaped where it is shown. */
function quote(text: string | undefined): string {
  return `"${text}"`;
}
