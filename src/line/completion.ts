/**
 * Completes the word at the cursor: one lookup for the prompt's Tab and for the shells'. Quoting
 * the word is up to them.
 */
import type { Completes, Registry } from '../command.js';
import type { Context } from '../context.js';
import { givenBy } from './option-reader.js';
import { type Reading, readLine } from './reading.js';
import { longFlag } from './spelling.js';
import { findVerb, groupOf } from './verbs.js';

/** A word that may stand there, or with `goesOn` the beginning of several. */
export interface Candidate {
  readonly text: string;
  readonly goesOn: boolean;
  /** The summary of a verb or an option. */
  readonly summary?: string;
}

export interface Completion {
  /** The part of the word that stays: `--format=`, `-o`, `photos=`. */
  readonly lead: string;
  /** The rest of the word, the prefix of every candidate. */
  readonly start: string;
  /** The candidates, or where to look for them. */
  readonly from: 'keys' | 'buckets' | 'files' | readonly Candidate[];
  /** Whether a candidate that begins with a dash would be taken for an option. */
  readonly dashIsOption: boolean;
}

/** The completion of `word` after the words `before`. */
export async function completionOf(
  before: readonly string[],
  word: string,
  verbs: Registry,
): Promise<Completion> {
  const reading = await readLine(before, verbs);
  const { next, options } = reading;
  if (next.kind === 'unknown') return offered([], word);
  if (next.kind === 'value') return valueOf(next.option.completes, '', word);
  const dashIsOption = Object.keys(options).length > 0;
  if (word.startsWith('-') && dashIsOption) {
    const role = (await readLine([...before, word], verbs)).roles.at(-1)!;
    const { option, valueAt } = (role.kind === 'options' && role.given.at(-1)) || {};
    if (option === undefined || valueAt === undefined) {
      return offered(flags(before, reading), word);
    }
    return valueOf(option.completes, word.slice(0, valueAt), word.slice(valueAt));
  }
  if (next.kind === 'verb') return offered(await verbWords(next.group ?? '', verbs), word);
  const [argument] = next.remaining;
  if (argument?.completes !== 'verb')
    return { ...valueOf(argument?.completes, '', word), dashIsOption };
  const topic = before.filter((_, at) => isArgument(reading, at, argument.name));
  return offered(await verbWords(topic.join(' '), verbs), word);
}

/**
 * The keys of a bucket, or the buckets, with this prefix; many keys are cut as by
 * `keyvalue.completions`. Throws `no-bucket`, and `invalid-key` for a prefix that no key has.
 */
export function storedCandidates(
  from: 'keys' | 'buckets',
  start: string,
  context: Context,
  bucket: string,
): readonly Candidate[] {
  const { completions, buckets } = context.keyvalue;
  if (from === 'keys') return completions(context.bucketToRead(bucket), start);
  return buckets.names(start).map((text) => ({ text, goesOn: false }));
}

function valueOf(completes: Completes | undefined, lead: string, start: string): Completion {
  const value = { lead, start, dashIsOption: false };
  switch (completes) {
    case 'key':
      return { ...value, from: 'keys' };
    case 'bucket':
      return { ...value, from: 'buckets' };
    case 'file':
      return { ...value, from: 'files' };
    case 'grant': {
      const real = start.indexOf('=') + 1;
      return {
        ...value,
        lead: lead + start.slice(0, real),
        start: start.slice(real),
        from: 'buckets',
      };
    }
    case 'verb':
    case undefined:
      return { ...value, from: [] };
    default:
      return {
        ...offered(
          completes.map((text) => ({ text, goesOn: false })),
          start,
        ),
        lead,
      };
  }
}

function offered(candidates: readonly Candidate[], start: string): Completion {
  const from = candidates.filter(({ text }) => text.startsWith(start));
  return { lead: '', start, from, dashIsOption: false };
}

/** The options that are not given yet, or may be repeated. */
function flags(words: readonly string[], { command, options, roles }: Reading): Candidate[] {
  const given = { own: givenBy(words, roles, 'own'), global: givenBy(words, roles, 'global') };
  const left = Object.entries(options).filter(([key, { repeats }]) => {
    const which = command && key in command.options ? 'own' : 'global';
    return repeats || !(key in given[which]);
  });
  return left.map(([key, { summary }]) => ({ text: longFlag(key), goesOn: false, summary }));
}

/**
 * The verbs of a group, or with an empty name the words that may come first: verbs, aliases,
 * groups.
 */
async function verbWords(group: string, verbs: Registry): Promise<Candidate[]> {
  if (group !== '' && findVerb(group, verbs) !== 'group') return [];
  const words = new Map<string, string>();
  for (const { name, aliases, load } of verbs) {
    const own = groupOf(name) ?? '';
    if (own !== group) {
      // The summary of a group lists its verbs.
      const member = name.slice(own.length + 1);
      if (group === '') words.set(own, words.has(own) ? `${words.get(own)}, ${member}` : member);
      continue;
    }
    const { summary } = await load();
    const start = group === '' ? 0 : group.length + 1;
    for (const one of [name, ...aliases]) words.set(one.slice(start), summary);
  }
  const sorted = [...words].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([text, summary]) => ({ text, goesOn: false, summary }));
}

function isArgument({ roles }: Reading, at: number, name: string): boolean {
  const role = roles[at]!;
  return role.kind === 'argument' && role.argument.name === name;
}
