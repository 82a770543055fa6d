/**
 * What each word of a line is, and what the next one may be: the one reader that running a verb,
 * hints, the history and completion have in common. The line may be unfinished or wrong, so nothing
 * here throws. When a verb runs, commander takes its words apart: test/line/reading.test.ts holds
 * that both agree on every word.
 */
import type { Argument, Command, Option, Options, Registry, RegistryEntry } from '../command.js';
import { globalOptions, globalsBeside } from './globals.js';
import { OptionReader, type OptionRole } from './option-reader.js';
import { findVerb } from './verbs.js';

export type Role =
  /** How often the verb is to run; at the prompt alone. */
  | { readonly kind: 'count' }
  /** The verb, or one of the two words of it. */
  | { readonly kind: 'verb' }
  | { readonly kind: 'argument'; readonly argument: Argument }
  /** What it is to the options; unknown is an argument too many and an unknown verb as well. */
  | OptionRole;

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

/** Whether a word in the place of a verb says how often the next one is to run. */
export function isCount(word: string): boolean {
  return /^[1-9][0-9]*$/.test(word);
}

function argumentRole(argument: Argument | undefined): Role {
  return argument === undefined ? { kind: 'unknown' } : { kind: 'argument', argument };
}
