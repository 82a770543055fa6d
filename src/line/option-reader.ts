/**
 * Reads what each word is to the options, by commander's rules: `-l0` is a cluster of letters,
 * `-oFILE` and `--output=FILE` carry a value, otherwise an option's value is the next word,
 * whatever it begins with; `-` and `-5` are arguments, `--` ends the options.
 */
import type { Option, Options } from '../command.js';
import { longFlag } from './spelling.js';

export type OptionRole =
  /** One option, or several in a cluster of letters. */
  | { readonly kind: 'options'; readonly given: readonly GivenOption[] }
  /** The value of an option in the word before. */
  | { readonly kind: 'value'; readonly of: GivenOption }
  /** `--`, which ends the options. */
  | { readonly kind: 'separator' }
  /** An unknown option, and all words after it. */
  | { readonly kind: 'unknown' };

export interface GivenOption {
  /** Its name in the declaration. */
  readonly key: string;
  readonly option: Option;
  /** False for an option that the verb declares. */
  readonly isGlobal: boolean;
  /** Where its value begins in the word, in UTF-16 units; absent if the word has no value. */
  readonly valueAt?: number;
}

/**
 * By the option's key: the text of its value, a list of them if it may repeat, or true for a
 * switch.
 */
export type Given = Readonly<Record<string, string | true | readonly string[]>>;

/** What the next word must be. */
export type OptionNext =
  | { readonly kind: 'value'; readonly option: Option }
  | { readonly kind: 'unknown' };

/** Reads only the options in the words after a verb. */
export function readOptions(
  words: readonly string[],
  options: Options,
): (OptionRole | undefined)[] {
  const reader = new OptionReader(options, {});
  return words.map((word) => reader.read(word));
}

/** The values that the words give to the global options, or to the verb's own. */
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

  /** Undefined if the options leave the next word open. */
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
    // The letters of a cluster, one after the other.
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

  /** `--output=FILE`, a negative number, or a word that is not an option. */
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

/** By commander's rule. */
function isNegativeNumber(word: string): boolean {
  return /^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(word);
}
