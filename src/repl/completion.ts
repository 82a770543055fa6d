/** What Tab does: completes the word before the cursor, or says what it could become. */

import type { Completes, Registry } from '../command.js';
import { attachmentOf, sourceOf } from '../line/completion-words.js';
import { type LineReading, readLineParts } from '../line/reading.js';
import { longFlag } from '../line/spelling.js';
import { groupOf } from '../line/verbs.js';
import { quoteWord, splitLine, type Token } from '../line/words.js';
import { visibleLine } from '../terminal/visible.js';
import { type Found, foundIn, type Sources } from './sources.js';

export interface Completion {
  /** The line, and where the cursor stands in it; as before where there is nothing to add. */
  readonly text: string;
  readonly cursor: number;
  /** What the word may become, harmless, where it may become several things. */
  readonly choices: readonly string[];
  /** Whether there are more of them. */
  readonly isCut: boolean;
}

/** Completes the line at the cursor. */
export async function complete(
  text: string,
  cursor: number,
  sources: Sources,
): Promise<Completion> {
  const place = placeOf(text, cursor);
  const candidates = place && (await candidatesAt(place, sources));
  if (!candidates || candidates.words.length === 0) {
    return { text, cursor, choices: [], isCut: false };
  }
  const { words, isCut, common } = candidates;
  const lead = candidates.lead ?? '';
  if (words.length === 1) return { ...whole(text, place, lead, words[0]!), choices: [], isCut };
  const choices = words.map((word) => visibleLine(word));
  if (common === place.word) return { text, cursor, choices, isCut };
  return { ...part(text, place, lead, common), choices, isCut };
}

interface Place {
  /** The word up to the cursor, read. */
  readonly word: string;
  /** Where what is typed of it begins. */
  readonly start: number;
  readonly cursor: number;
  /** Where it ends, which may be behind the cursor. */
  readonly end: number;
  /** What stands before it. */
  readonly before: readonly Token[];
}

interface Candidates extends Found {
  /** Has to stand before the word for it to be read as meant. */
  readonly lead?: string;
}

/** Undefined in a comment and behind a backslash. */
function placeOf(text: string, cursor: number): Place | undefined {
  const before = text.slice(0, cursor);
  const { tokens, open } = splitLine(before);
  if (open === '\\') return undefined;
  const last = tokens.at(-1);
  if (last?.kind === 'word' && last.end === cursor) {
    const all = splitLine(text).tokens;
    const { end } = all.find((token) => token.start === last.start) ?? last;
    return { word: last.text, start: last.start, cursor, end, before: tokens.slice(0, -1) };
  }
  if (before.slice(last?.end ?? 0).trim() !== '') return undefined;
  return { word: '', start: cursor, cursor, end: cursor, before: tokens };
}

async function candidatesAt({ before, word }: Place, sources: Sources): Promise<Candidates> {
  const previous = before.at(-1);
  const isShell = before.some(({ kind, text }) => kind === 'operator' && text === '|');
  if (isShell || previous?.kind === 'operator') return sources.files(word);
  const words = before.filter(
    ({ kind }, at) => kind === 'word' && before[at - 1]?.kind !== 'operator',
  );
  const reading = await readLineParts(
    words.map(({ text }) => text),
    sources.verbs,
  );
  const bucket = bucketOf(reading, words);
  const { next } = reading;
  if (next.kind === 'unknown') return foundIn([]);
  if (next.kind === 'value') return valuesFor(next.option.completes, word, bucket, sources);
  if (word.startsWith('-') && !reading.isLiteral) return optionsAt(reading, word, bucket, sources);
  if (next.kind === 'verb') return foundIn(verbWords(sources.verbs, next.group, word));
  const [argument] = reading.remaining;
  const found = valuesFor(argument?.completes, word, bucket, sources);
  // Keys may begin as options do.
  const isGuarded = !reading.isLiteral && found.common.startsWith('-');
  return isGuarded ? { ...found, lead: '-- ' } : found;
}

/** The bucket that the line itself names. */
function bucketOf({ parts }: LineReading, words: readonly Token[]): string | undefined {
  let bucket: string | undefined;
  for (const [at, part] of parts.entries()) {
    if (part.kind === 'option' && part.key === 'bucket') bucket = part.text ?? bucket;
    if (part.kind === 'value' && part.key === 'bucket') bucket = words[at]!.text;
  }
  return bucket;
}

function valuesFor(
  completes: Completes | undefined,
  word: string,
  bucket: string | undefined,
  sources: Sources,
): Found {
  if (completes === 'key') return sources.keys(word, bucket);
  if (completes === 'bucket') return sources.buckets(word);
  const source = sourceOf(completes);
  switch (source.kind) {
    case 'files':
      return sources.files(word);
    case 'verbs':
      return foundIn(verbWords(sources.verbs, undefined, word));
    case 'words':
      return foundIn(source.words.filter((one) => one.startsWith(word)));
    default:
      return foundIn([]);
  }
}

/** `--limit`, or behind `--format=` the values. */
function optionsAt(
  { options }: LineReading,
  word: string,
  bucket: string | undefined,
  sources: Sources,
): Found {
  const equals = word.indexOf('=');
  if (equals === -1) {
    return foundIn(
      Object.keys(options)
        .map(longFlag)
        .filter((flag) => flag.startsWith(word)),
    );
  }
  const flag = word.slice(0, equals + 1);
  const entry = Object.entries(options).find(([key]) => `${longFlag(key)}=` === flag);
  if (!entry || attachmentOf(entry[1]) === 'none') return foundIn([]);
  const { words, isCut, common } = valuesFor(
    entry[1].completes,
    word.slice(flag.length),
    bucket,
    sources,
  );
  return { words: words.map((one) => flag + one), isCut, common: flag + common };
}

/** The first words of verbs, or the second ones of a group; aliases where somebody has begun one. */
function verbWords(verbs: Registry, group: string | undefined, word: string): string[] {
  const names = verbs.flatMap(({ name, aliases }) => [name, ...(word === '' ? [] : aliases)]);
  const words = names
    .filter((name) => group === undefined || groupOf(name) === group)
    .map((name) => (group === undefined ? (groupOf(name) ?? name) : name.slice(group.length + 1)));
  return [...new Set(words)].filter((one) => one.startsWith(word)).sort();
}

type Edited = Pick<Completion, 'text' | 'cursor'>;

/** The line with a word that is complete; a folder and `--option=` go on. */
function whole(text: string, place: Place, lead: string, word: string): Edited {
  const goesOn = word.endsWith('/') || word.endsWith('=');
  if (goesOn) return part(text, place, lead, word);
  const end = endOfReplaced(text, place, word);
  const gap = text[end] === ' ' ? '' : ' ';
  const inserted = lead + quoteWord(word);
  const cursor = place.start + inserted.length + 1;
  return { text: text.slice(0, place.start) + inserted + gap + text.slice(end), cursor };
}

/** The line with the beginning of a word: its quotes are left open at the end of the line. */
function part(text: string, place: Place, lead: string, word: string): Edited {
  const end = endOfReplaced(text, place, word);
  const rest = text.slice(end);
  const quoted = quoteWord(word);
  const isQuoted = quoted !== word;
  const isLast = rest.trim() === '';
  const inserted = lead + (isQuoted && isLast ? quoted.slice(0, -1) : quoted);
  const cursor = place.start + inserted.length - (isQuoted && !isLast ? 1 : 0);
  return { text: text.slice(0, place.start) + inserted + rest, cursor };
}

/** What stands behind the cursor stays, but where it is the end of the same word, or quoted. */
function endOfReplaced(text: string, { cursor, end }: Place, word: string): number {
  const tail = text.slice(cursor, end);
  return word.endsWith(tail) || /['"\\]/.test(text.slice(cursor, end)) ? end : cursor;
}
