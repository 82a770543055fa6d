/**
 * Splits the words after a verb, or the options before it, into options and operands, with
 * commander; where commander would take a word too many, `option-reader.ts` says so.
 *
 * Errors in the words are returned, neither thrown nor printed, because the caller words the
 * message, and decides whether `--help` excuses it.
 */
import { CommanderError, Command as Program, Option as ProgramOption } from 'commander';
import type { Option, Options } from '../command.js';
import { type Given, type OptionRole, readOptions } from './option-reader.js';
import { longFlag } from './spelling.js';

export interface SplitWords {
  /**
   * By the option's key: the text of its value, a list of them if it may repeat, or true for a
   * switch.
   */
  readonly given: Given;
  readonly operands: readonly string[];
  /** Whether `--` ended the options, so that an empty list of operands is meant. */
  readonly isEnded: boolean;
  /** The first word that looks like an option and is not one. */
  readonly unknown: string | undefined;
  /** The flag of a last option that lacks its value. */
  readonly valueless: string | undefined;
}

/** No options, as in most lines of a script. */
export const noneGiven: Given = {};

const nothingSplit: SplitWords = {
  given: noneGiven,
  operands: [],
  isEnded: false,
  unknown: undefined,
  valueless: undefined,
};

export function splitWords(options: Options, words: readonly string[]): SplitWords {
  // Most lines of a script have no options.
  if (!words.some(mayBeOption)) return { ...nothingSplit, operands: words };
  const program = programOf(options);
  const roles = readOptions(words, options);
  // commander would take `-q5` for `-q` and an invented argument -5.
  const refused = words.find((_, at) => roles[at]?.kind === 'unknown');
  const isEnded = roles.at(-1)?.kind === 'separator';
  try {
    const { operands, unknown } = program.parseOptions(guarded(words, roles));
    const given = givenIn(program);
    return { ...nothingSplit, given, operands, isEnded, unknown: unknown[0] ?? refused };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Only the last word can be an option without its value.
    const valueless = refused === undefined ? lastFlag(words, roles) : undefined;
    return { ...nothingSplit, given: givenIn(program), unknown: refused, valueless };
  }
}

function lastFlag(
  words: readonly string[],
  roles: readonly (OptionRole | undefined)[],
): string | undefined {
  const role = roles.at(-1);
  const last = role?.kind === 'options' ? role.given.at(-1) : undefined;
  if (last === undefined) return undefined;
  const long = longFlag(last.key);
  return words.at(-1)!.endsWith(long.slice(1)) ? long : `-${last.option.short}`;
}

function mayBeOption(word: string): boolean {
  return word.startsWith('-');
}

/** A script uses the same few verbs again and again. */
const programs = new WeakMap<Options, Program>();

function programOf(options: Options): Program {
  const known = programs.get(options);
  if (known) {
    known.restoreStateBeforeParse();
    return known;
  }
  const silent = { writeOut() {}, writeErr() {}, outputError() {} };
  const program = new Program().exitOverride().configureOutput(silent);
  for (const [key, option] of Object.entries(options))
    program.addOption(programOption(key, option));
  if (Object.values(options).some(isBare)) program.addOption(new ProgramOption(GUARD));
  program.saveStateBeforeParse();
  programs.set(options, program);
  return program;
}

function programOption(key: string, option: Option): ProgramOption {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const value = option.value === undefined ? '' : isBare(option) ? ' [value]' : ' <value>';
  const declared = new ProgramOption(`${short}${longFlag(key)}${value}`);
  // For commander `--no-input` is `input: false`; here it is a switch like any other.
  declared.negate = false;
  if (option.repeats) {
    declared.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  }
  return option.bare === undefined ? declared : declared.preset(option.bare);
}

function givenIn(program: Program): Given {
  const { [GUARD_KEY]: _, ...given } = program.opts<Record<string, string | true | string[]>>();
  return given;
}

/** A switch that nobody can type, because the system ends a word at NUL. */
const GUARD_KEY = '\0';
const GUARD = `--${GUARD_KEY}`;

/**
 * commander lets `--tree` take the next word unless it is an option, so an option without effect
 * follows it.
 */
function guarded(words: readonly string[], roles: readonly (OptionRole | undefined)[]): string[] {
  return words.flatMap((word, at) => (isBareAt(roles[at]) ? [word, GUARD] : [word]));
}

function isBareAt(role: OptionRole | undefined): boolean {
  const last = role?.kind === 'options' ? role.given.at(-1) : undefined;
  return last !== undefined && last.valueAt === undefined && isBare(last.option);
}

function isBare(option: Option): boolean {
  return option.value !== undefined && option.bare !== undefined;
}
