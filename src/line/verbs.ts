/** Finds what words name in the registry: the whole tool, a group, or one verb. */
import type { Registry, RegistryEntry } from '../command.js';
import { KvError } from '../errors.js';
import { suggestion } from './nearest.js';
import { synonymOf } from './synonyms.js';
import { groupHint } from './usage.js';

export type Place =
  | { readonly kind: 'top' }
  | { readonly kind: 'group'; readonly name: string; readonly members: readonly RegistryEntry[] }
  | { readonly kind: 'verb'; readonly name: string; readonly entry: RegistryEntry };

/** The place that the words name, by names or aliases. Throws `usage` if there is none. */
export function findPlace(words: readonly string[], registry: Registry): Place {
  if (words.length === 0) return { kind: 'top' };
  const name = words.join(' ');
  const found = findVerb(name, registry);
  if (found === undefined) throw unknownVerb(words, registry);
  if (found === 'group') return { kind: 'group', name, members: membersOf(name, registry) };
  return { kind: 'verb', name: found.name, entry: found };
}

/** The verb with this name or alias, or `group` if it is the first word of several verbs. */
export function findVerb(name: string, registry: Registry): RegistryEntry | 'group' | undefined {
  const entry = registry.find((one) => one.name === name || one.aliases.includes(name));
  return entry ?? (registry.some((one) => groupOf(one.name) === name) ? 'group' : undefined);
}

/** `bucket` of `bucket list`; undefined for a verb of one word. */
export function groupOf(name: string): string | undefined {
  const space = name.indexOf(' ');
  return space === -1 ? undefined : name.slice(0, space);
}

/** The groups, in the order of the registry: `bucket` where there is a `bucket list`. */
function groupNames(registry: Registry): string[] {
  const groups = registry.map((entry) => groupOf(entry.name)).filter((name) => name !== undefined);
  return [...new Set(groups)];
}

/** The members of a group, in the order of the registry; none if there is no such group. */
function membersOf(group: string, registry: Registry): RegistryEntry[] {
  return registry.filter((entry) => groupOf(entry.name) === group);
}

function unknownVerb(words: readonly string[], registry: Registry): KvError {
  const name = words.join(' ');
  const known = words.length === 1 ? topWords(registry) : new Set(registry.flatMap(spellings));
  const group = groupNames(registry).find((one) => one === words[0]);
  const lower = name.toLowerCase();
  const isVerb = (verb: string) => registry.some((entry) => spellings(entry).includes(verb));
  const synonym = known.has(lower) ? undefined : synonymOf(lower, isVerb);
  return new KvError('usage', `unknown verb "${name}"${meant(synonym, lower, known)}`, {
    hint: groupHint(group),
  });
}

/** The end of a message about an unknown word. */
function meant(synonym: string | undefined | null, word: string, known: Iterable<string>): string {
  if (synonym === undefined) return suggestion(word, known);
  return synonym === null ? ': there is nothing like it here' : `: here that is "${synonym}"`;
}

/** The words that may come first: verbs of one word, their aliases, and groups. */
function topWords(registry: Registry): Set<string> {
  return new Set(registry.flatMap(spellings).map((name) => groupOf(name) ?? name));
}

function spellings(entry: RegistryEntry): string[] {
  return [entry.name, ...entry.aliases];
}
