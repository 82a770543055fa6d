/**
 * What each word of a line is, also of one that is not finished: the verb, an option, the value of
 * one, an argument; and what may stand next. For help while somebody types, so it never throws: the
 * line is read for good when it is run.
 */

import type { Argument, Command, Option, Options, Registry, RegistryEntry } from '../command.js';
import { globalOptions, globalsBeside } from './globals.js';
import { longFlag } from './spelling.js';
import { groupOf } from './verbs.js';

export type Part =
  /** How often the verb is to run. */
  | { readonly kind: 'count' }
  | { readonly kind: 'verb' }
  /** `key` is its name in the declaration; `text` the value in the same word, where there is one. */
  | { readonly kind: 'option'; readonly key: string; readonly text?: string }
  | { readonly kind: 'value'; readonly key: string }
  /** `--`, which ends the options. */
  | { readonly kind: 'separator' }
  | { readonly kind: 'argument'; readonly argument: Argument }
  /** An argument too many, an option that is unknown, no verb. */
  | { readonly kind: 'unknown' };

export type Next =
  /** `group` is the first word of a verb of two. */
  | { readonly kind: 'verb'; readonly group: string | undefined }
  | { readonly kind: 'value'; readonly option: Option }
  | { readonly kind: 'argument' }
  /** What stands here is not understood. */
  | { readonly kind: 'unknown' };

export interface LineReading {
  /** One for each word. */
  readonly parts: readonly Part[];
  readonly next: Next;
  /** Where there is a verb already. */
  readonly command: Command | undefined;
  /** What the verb may still take, in order. */
  readonly remaining: readonly Argument[];
  /** The options that may still be given. */
  readonly options: Options;
  /** Whether options have been ended by `--`. */
  readonly isLiteral: boolean;
}

/** Whether a word in the place of a verb says how often the next one is to run. */
export function isCount(word: string): boolean {
  return /^[1-9][0-9]*$/.test(word);
}

/** Reads the words that come before the first pipe; redirects and their files left out. */
export async function readLineParts(
  words: readonly string[],
  verbs: Registry,
): Promise<LineReading> {
  const reader = new Reader(verbs);
  for (const word of words) await reader.take(word);
  return reader;
}

class Reader implements LineReading {
  readonly parts: Part[] = [];
  command: Command | undefined;
  remaining: readonly Argument[] = [];
  options: Options = globalOptions;
  isLiteral = false;
  readonly #verbs: Registry;
  #name: string[] = [];
  /** The option whose value the next word is. */
  #valueOf: string | undefined;
  #isLost = false;

  constructor(verbs: Registry) {
    this.#verbs = verbs;
  }

  get next(): Next {
    if (this.#isLost) return { kind: 'unknown' };
    if (this.#valueOf !== undefined) {
      return { kind: 'value', option: this.options[this.#valueOf]! };
    }
    return this.command ? { kind: 'argument' } : { kind: 'verb', group: this.#name[0] };
  }

  async take(word: string): Promise<void> {
    this.parts.push(await this.#partOf(word));
  }

  async #partOf(word: string): Promise<Part> {
    if (this.#isLost) return { kind: 'unknown' };
    if (this.#valueOf !== undefined) {
      const key = this.#valueOf;
      this.#valueOf = undefined;
      return { kind: 'value', key };
    }
    if (!this.isLiteral && word.startsWith('-') && word !== '-' && !/^-\d/.test(word)) {
      return this.#option(word);
    }
    return this.command ? this.#argument() : this.#verb(word);
  }

  async #verb(word: string): Promise<Part> {
    if (this.parts.length === 0 && isCount(word)) return { kind: 'count' };
    const name = [...this.#name, word].join(' ');
    const entry = this.#verbs.find((one) => one.name === name || one.aliases.includes(name));
    if (entry) await this.#enter(entry);
    else if (this.#verbs.some((one) => groupOf(one.name) === name)) this.#name.push(word);
    else return this.#lost();
    return { kind: 'verb' };
  }

  async #enter(entry: RegistryEntry): Promise<void> {
    this.command = await entry.load();
    this.remaining = this.command.arguments;
    this.options = { ...this.command.options, ...globalsBeside(this.command.options) };
  }

  #argument(): Part {
    const [argument, ...rest] = this.remaining;
    if (argument === undefined) return { kind: 'unknown' };
    if (!argument.variadic) this.remaining = rest;
    return { kind: 'argument', argument };
  }

  #option(word: string): Part {
    if (word === '--') {
      this.isLiteral = true;
      return { kind: 'separator' };
    }
    return word.startsWith('--') ? this.#longOption(word) : this.#letters(word);
  }

  #longOption(word: string): Part {
    const [flag, ...rest] = word.split('=');
    const key = Object.keys(this.options).find((one) => longFlag(one) === flag);
    if (key === undefined) return this.#lost();
    if (rest.length > 0) return { kind: 'option', key, text: rest.join('=') };
    if (this.#takesNext(key)) this.#valueOf = key;
    return { kind: 'option', key };
  }

  /** `-l`, `-l0`, `-oFILE`. */
  #letters(word: string): Part {
    for (let at = 1; at < word.length; at++) {
      const key = Object.keys(this.options).find((one) => this.options[one]!.short === word[at]);
      if (key === undefined) return this.#lost();
      if (!this.#takesNext(key)) continue;
      const text = word.slice(at + 1);
      if (text !== '') return { kind: 'option', key, text };
      this.#valueOf = key;
      return { kind: 'option', key };
    }
    return { kind: 'option', key: '' };
  }

  #takesNext(key: string): boolean {
    const { value, bare } = this.options[key]!;
    return value !== undefined && bare === undefined;
  }

  #lost(): Part {
    this.#isLost = true;
    return { kind: 'unknown' };
  }
}
