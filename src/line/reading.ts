/**
 * What each word of a line is, and what the next one may be: the one reader that running a verb, hints, the
 * history and completion have in common. The line may be unfinished or wrong, so nothing here throws.
 *
 * The rules are commander's, which takes the arguments of a verb apart when it runs: `-l0` is a
 * cluster of letters, `-oFILE` and `--output=FILE` carry a value, the value of an option is else the
 * next word whatever it begins with, `-` and `-5` are arguments, `--` ends the options.
 * test/line/reading.test.ts holds that both agree on every word.
 */
import type { Argument, Command, Option, Options, Registry, RegistryEntry } from '../command.js';
import { globalOptions, globalsBeside } from './globals.js';
import { longFlag } from './spelling.js';
import { findVerb } from './verbs.js';

export type Role =
  /** How often the verb is to run; at the prompt alone. */
  | { readonly kind: 'count' }
  /** The verb, or one of the two words of it. */
  | { readonly kind: 'verb' }
  /** One option, or in a cluster of letters several. */
  | { readonly kind: 'options'; readonly given: readonly GivenOption[] }
  /** The value of an option that the word before has given. */
  | { readonly kind: 'value'; readonly of: GivenOption }
  /** `--`, which ends the options. */
  | { readonly kind: 'separator' }
  | { readonly kind: 'argument'; readonly argument: Argument }
  /** An argument too many, an unknown option and all behind it, an unknown verb and all behind it. */
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

export type Next =
  /** `group` is the first word of a verb of two. */
  | { readonly kind: 'verb'; readonly group: string | undefined }
  | { readonly kind: 'value'; readonly option: Option }
  /** `remaining` are those that may still come, in order; none where another would be too many. */
  | { readonly kind: 'argument'; readonly remaining: readonly Argument[] }
  /** The line is not understood any more. */
  | { readonly kind: 'unknown' };

export interface Reading {
  /** One for each word. */
  readonly roles: readonly Role[];
  /** Undefined where no verb has come. */
  readonly command: Command | undefined;
  readonly next: Next;
  /** The options that are in force at the end; none behind `--`. */
  readonly options: Options;
}

/** The words up to the verb, which are read before it is loaded. */
export interface Front {
  /** One for each word up to the verb, or for all where no verb comes. */
  readonly roles: readonly Role[];
  /** The words of the verb's name so far; where it is unknown, they are no name. */
  readonly name: readonly string[];
  /** Undefined where no verb has come. */
  readonly entry: RegistryEntry | undefined;
  readonly next: Next;
  readonly options: Options;
}

/** Reads a line's words: those before the first pipe, without redirects and their files. */
export async function readLine(words: readonly string[], verbs: Registry): Promise<Reading> {
  const front = readFront(words, verbs, 'counted');
  if (front.entry === undefined) return { ...front, command: undefined };
  const command = await front.entry.load();
  const globals = globalsBeside(command.options);
  const reader = new OptionReader({ ...command.options, ...globals }, globals);
  const roles = [...front.roles];
  let remaining = command.arguments;
  for (const word of words.slice(roles.length)) {
    const role = reader.read(word) ?? argumentRole(remaining[0]);
    if (role.kind === 'argument' && !role.argument.variadic) remaining = remaining.slice(1);
    roles.push(role);
  }
  const next = reader.next ?? { kind: 'argument', remaining };
  return { roles, command, next, options: reader.options };
}

/** Reads up to the verb. Where it is `counted`, a number before it says how often it is to run. */
export function readFront(words: readonly string[], verbs: Registry, counted?: 'counted'): Front {
  const roles: Role[] = [];
  const name: string[] = [];
  let reader = new OptionReader(globalOptions, globalOptions);
  const front = (entry?: RegistryEntry): Front => {
    const next = reader.next ?? ({ kind: 'verb', group: name[0] } as const);
    return { roles, name, entry, next, options: reader.options };
  };
  for (const [at, word] of words.entries()) {
    const role = reader.read(word);
    if (role !== undefined) {
      roles.push(role);
      continue;
    }
    if (counted && at === 0 && isCount(word)) {
      roles.push({ kind: 'count' });
      continue;
    }
    name.push(word);
    const found = findVerb(name.join(' '), verbs);
    roles.push({ kind: found === undefined ? 'unknown' : 'verb' });
    if (found === 'group') {
      // `--` ends the options up to the next word of the verb.
      reader = new OptionReader(globalOptions, globalOptions);
    } else if (found === undefined) {
      reader.giveUp();
    } else {
      return front(found);
    }
  }
  return front();
}

/** Reads what stands behind a verb, for whoever needs the options alone. */
export function readOptions(words: readonly string[], options: Options): (Role | undefined)[] {
  const reader = new OptionReader(options, {});
  return words.map((word) => reader.read(word));
}

/** What the words give to the global options, or to those that the verb declares itself. */
export function givenBy(
  words: readonly string[],
  roles: readonly Role[],
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

/** Whether a word in the place of a verb says how often the next one is to run. */
export function isCount(word: string): boolean {
  return /^[1-9][0-9]*$/.test(word);
}

function argumentRole(argument: Argument | undefined): Role {
  return argument === undefined ? { kind: 'unknown' } : { kind: 'argument', argument };
}

class OptionReader {
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
  get next(): Next | undefined {
    if (this.#isLost) return { kind: 'unknown' };
    return this.#valueOf && { kind: 'value', option: this.#valueOf.option };
  }

  giveUp(): void {
    this.#isLost = true;
  }

  /** Undefined for a word that is no option, nor an option's value. */
  read(word: string): Role | undefined {
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

  #readOptions(word: string): Role | undefined {
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
  ): Role | undefined {
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
