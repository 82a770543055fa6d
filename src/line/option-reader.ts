/**
 * What words are to the options, by commander's rules: `-l0` is a cluster of letters, `-oFILE` and
 * `--output=FILE` carry a value, the value of an option is else the next word whatever it begins
 * with, `-` and `-5` are arguments, `--` ends the options.
 */
import type { Option, Options } from '../command.js';
import { longFlag } from './spelling.js';

export type OptionRole =
  /** One option, or in a cluster of letters several. */
  | { readonly kind: 'options'; readonly given: readonly GivenOption[] }
  /** The value of an option that the word before has given. */
  | { readonly kind: 'value'; readonly of: GivenOption }
  /** `--`, which ends the options. */
  | { readonly kind: 'separator' }
  /** An unknown option, and all behind it. */
  | { readonly kind: 'unknown' };

export interface GivenOption {
  /** Its name in the declaration. */
  readonly key: string;
  readonly option: Option;
  /** False for an option that the verb declares itself. */
  readonly isGlobal: boolean;
  /** Where in the word its value begins, in UTF-16 units; absent: it has none there. */
  readonly valueAt?: number;
}

/** By the option's key: the text of its value, all of them where it repeats, or true for a switch. */
export type Given = Readonly<Record<string, string | true | readonly string[]>>;

/** What the next word has to be. */
export type OptionNext =
  | { readonly kind: 'value'; readonly option: Option }
  | { readonly kind: 'unknown' };

/** Reads the words behind a verb for the options in them alone. */
export function readOptions(
  words: readonly string[],
  options: Options,
): (OptionRole | undefined)[] {
  const reader = new OptionReader(options, {});
  return words.map((word) => reader.read(word));
}

/** What the words give to the global options, or to those that the verb declares itself. */
export function givenBy(
  words: readonly string[],
  roles: readonly (OptionRole | { readonly kind: 'count' | 'verb' | 'argument' })[],
  which: 'global' | 'own',
): Given {
  const given: Record<string, string | true | readonly string[]> = {};
  const bind = ({ key, option, isGlobal }: GivenOption, text: string | true): void => {
    if (isGlobal !== (which === 'global')) return;
    given[key] = option.repeats ? ([given[key] ?? [], text as string].flat() as string[]) : text;
  };
  for (const [at, role] of roles.entries()) {
    if (role.kind === 'value') bind(role.of, words[at]!);
    if (role.kind !== 'options') continue;
    for (const one of role.given) {
      if (one.valueAt !== undefined) bind(one, words[at]!.slice(one.valueAt));
      else if (!takesNextWord(one.option)) bind(one, one.option.bare ?? true);
    }
  }
  return given;
}

export class OptionReader {
  readonly #options: Options;
  readonly #globals: Options;
  readonly #hasDigit: boolean;
  /** The option whose value the next word is. */
  #valueOf: GivenOption | undefined;
  #hasEnded = false;
  #isLost = false;

  constructor(options: Options, globals: Options) {
    this.#options = options;
    this.#globals = globals;
    this.#hasDigit = Object.values(options).some(({ short = '' }) => /\d/.test(short));
  }

  get options(): Options {
    return this.#hasEnded ? {} : this.#options;
  }

  /** Undefined where the options do not say what comes next. */
  get next(): OptionNext | undefined {
    if (this.#isLost) return { kind: 'unknown' };
    return this.#valueOf && { kind: 'value', option: this.#valueOf.option };
  }

  giveUp(): void {
    this.#isLost = true;
  }

  /** Undefined for a word that is neither an option nor an option's value. */
  read(word: string): OptionRole | undefined {
    if (this.#isLost) return { kind: 'unknown' };
    if (this.#valueOf !== undefined) {
      const of = this.#valueOf;
      this.#valueOf = undefined;
      return { kind: 'value', of };
    }
    if (this.#hasEnded || !word.startsWith('-') || word === '-') return undefined;
    if (word === '--') {
      this.#hasEnded = true;
      return { kind: 'separator' };
    }
    return this.#readOptions(word);
  }

  #readOptions(word: string): OptionRole | undefined {
    const given: GivenOption[] = [];
    // Of a cluster, one letter after the other.
    for (let at = 1; ; at++) {
      const rest = `-${word.slice(at)}`;
      const whole = this.#find(rest);
      if (whole !== undefined) {
        if (takesNextWord(whole.option)) this.#valueOf = whole;
        return { kind: 'options', given: [...given, whole] };
      }
      if (rest === '--') {
        this.#hasEnded = true;
        return { kind: 'options', given };
      }
      const letter = /^-[^-]./s.test(rest) ? this.#find(rest.slice(0, 2)) : undefined;
      if (letter === undefined) return this.#readLast(word, given, rest, at);
      if (letter.option.value !== undefined) {
        return { kind: 'options', given: [...given, { ...letter, valueAt: at + 1 }] };
      }
      given.push(letter);
    }
  }

  /** `--output=FILE`, a negative number, or no option at all. */
  #readLast(
    word: string,
    given: readonly GivenOption[],
    rest: string,
    at: number,
  ): OptionRole | undefined {
    const equals = /^--[^=]+=/.test(rest) ? rest.indexOf('=') : 0;
    const long = this.#find(rest.slice(0, equals));
    if (long?.option.value !== undefined) {
      return { kind: 'options', given: [...given, { ...long, valueAt: at + equals }] };
    }
    if (isNegativeNumber(word) && !this.#hasDigit) return undefined;
    this.giveUp();
    return { kind: 'unknown' };
  }

  #find(flag: string): GivenOption | undefined {
    for (const key in this.#options) {
      const option = this.#options[key]!;
      const isMeant =
        flag.length === 2 ? option.short === flag[1] : flag.length > 2 && longFlag(key) === flag;
      if (isMeant) return { key, option, isGlobal: key in this.#globals };
    }
    return undefined;
  }
}

function takesNextWord({ value, bare }: Option): boolean {
  return value !== undefined && bare === undefined;
}

/** As commander has it. */
function isNegativeNumber(word: string): boolean {
  return /^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(word);
}
