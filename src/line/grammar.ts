/**
 * Splits words into options and operands, by commander's rules: `-l0` is a cluster, `-oFILE` and
 * `--output=FILE` carry a value, the value of an option is the next word whatever it begins with
 * (`--start -x`), the last of a repeated option wins unless its values are a list,
 * `-` and `-5` are operands, `--` ends options.
 *
 * Only the splitting is commander's. What is wrong with the words is returned, not thrown or
 * printed, because the message, and whether `--help` excuses it, is the caller's to say.
 */
import { CommanderError, Command as Program, Option as ProgramOption } from 'commander';
import type { Option, Options } from '../command.js';
import { longFlag } from './spelling.js';

export interface Reading {
  /** By the option's key: the text of its value, all of them where it repeats, or true for a switch. */
  readonly given: Given;
  readonly operands: readonly string[];
  /** Whether `--` ended the words, so that no operand at all is what was meant. */
  readonly isEnded: boolean;
  /** The first word that looks like an option and is none. */
  readonly unknown: string | undefined;
  /** The flag that ends the words although it takes a value. */
  readonly valueless: string | undefined;
}

export type Given = Readonly<Record<string, string | true | readonly string[]>>;

/** No option at all, as in most lines of a script. */
export const noneGiven: Given = {};

const nothingRead: Reading = {
  given: noneGiven,
  operands: [],
  isEnded: false,
  unknown: undefined,
  valueless: undefined,
};

/** With `toFirstOperand`, everything from the first operand on is left as it is, in `operands`. */
export function readWords(
  options: Options,
  words: readonly string[],
  extent: 'all' | 'toFirstOperand' = 'all',
): Reading {
  // Most lines of a script: nothing that could be an option.
  const [first] = words;
  const isPlain = extent === 'all' ? !words.some(mayBeOption) : first && !mayBeOption(first);
  if (isPlain) return { ...nothingRead, operands: words };
  const program = programOf(options).passThroughOptions(extent === 'toFirstOperand');
  try {
    const { operands, unknown } = program.parseOptions(guardBareOptions(options, words));
    const given = givenIn(program);
    const isEnded = words.at(-1) === '--' && !Object.values(given).flat().includes('--');
    return { ...nothingRead, given, operands, isEnded, unknown: unknown[0] };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Only an option without its value gets here, and only the last word can lack one.
    const last = words.at(-1) ?? '';
    const valueless = last.startsWith('--') ? last : `-${last.at(-1)}`;
    return { ...nothingRead, given: givenIn(program), valueless };
  }
}

function mayBeOption(word: string): boolean {
  return word.startsWith('-');
}

function programOf(options: Options): Program {
  const silent = { writeOut() {}, writeErr() {}, outputError() {} };
  const program = new Program().exitOverride().configureOutput(silent);
  for (const [key, option] of Object.entries(options))
    program.addOption(programOption(key, option));
  if (Object.values(options).some(isBare)) program.addOption(new ProgramOption(GUARD));
  return program;
}

function programOption(key: string, option: Option): ProgramOption {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const value = option.value === undefined ? '' : isBare(option) ? ' [value]' : ' <value>';
  const declared = new ProgramOption(`${short}${longFlag(key)}${value}`);
  // To commander `--no-input` is `input: false`; here it is a switch like any other.
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
 * Commander lets `--tree` take the next word, as long as it is no option. So each word that may be
 * such an option is followed by an option that does nothing. Where the word turns out to be the
 * value of another option, the guard still does nothing.
 */
function guardBareOptions(options: Options, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.flatMap((word, index) => {
    const inOptions = end === -1 || index < end;
    return inOptions && mayEndInBareOption(options, word) ? [word, GUARD] : [word];
  });
}

function mayEndInBareOption(options: Options, word: string): boolean {
  return Object.entries(options).some(
    ([key, option]) =>
      isBare(option) &&
      (word === longFlag(key) || (option.short !== undefined && isCluster(word, option.short))),
  );
}

function isCluster(word: string, lastLetter: string): boolean {
  return /^-[^-]/.test(word) && word.endsWith(lastLetter);
}

function isBare(option: Option): boolean {
  return option.value !== undefined && option.bare !== undefined;
}
