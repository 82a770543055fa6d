/**
 * Says what each word of a line is, and what the next one may be: the one reader on which running a
 * verb, hints, the history and completion rely. The line may be unfinished or wrong, so nothing
 * here throws. When a verb runs, commander splits its words: test/line/reading.test.ts checks that
 * both agree on every word.
 */
import type { Argument, Command, Option, Options, Registry, RegistryEntry } from '../command.js';
import { globalOptions, globalsBeside } from './globals.js';
import { OptionReader, type OptionRole } from './option-reader.js';
import { findVerb } from './verbs.js';

export type Role =
  /** How often the verb is to run; at the prompt only. */
  | { readonly kind: 'count' }
  /** The verb, or one of its two words. */
  | { readonly kind: 'verb' }
  | { readonly kind: 'argument'; readonly argument: Argument }
  /** Its role among the options; `unknown` is also a surplus argument, and an unknown verb. */
  | OptionRole;

export type Next =
  /** `group` is the first word of a verb of two. */
  | { readonly kind: 'verb'; readonly group: string | undefined }
  | { readonly kind: 'value'; readonly option: Option }
  /** `remaining` are the arguments that may follow, in order; none if another would be too many. */
  | { readonly kind: 'argument'; readonly remaining: readonly Argument[] }
  /** The line is no longer understood. */
  | { readonly kind: 'unknown' };

export interface Reading {
  /** One for each word. */
  readonly roles: readonly Role[];
  /** Undefined if there is no verb yet. */
  readonly command: Command | undefined;
  readonly next: Next;
  /** The options allowed at the end of the line; none after `--`. */
  readonly options: Options;
}

/** The words up to the verb, which are read before the verb is loaded. */
export interface Front {
  /** One for each word up to the verb, or for all words if there is no verb. */
  readonly roles: readonly Role[];
  /** The words of the verb's name so far, or the words that are not a name. */
  readonly name: readonly string[];
  /** Undefined if there is no verb yet. */
  readonly entry: RegistryEntry | undefined;
  readonly next: Next;
  readonly options: Options;
}

/** Reads the words before the first pipe, without redirects and their files. */
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

/**
 * Reads up to the verb. If it is `counted`, a number before the verb says how often it is to run.
 */
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

/** Whether a word in the verb's place says how often the next one is to run. */
export function isCount(word: string): boolean {
  return /^[1-9][0-9]*$/.test(word);
}

function argumentRole(argument: Argument | undefined): Role {
  return argument === undefined ? { kind: 'unknown' } : { kind: 'argument', argument };
}
