/** Tab at the prompt: completes the word before the cursor, or lists the possible words. */

import type { Registry } from '../command.js';
import type { Context, Settings } from '../context.js';
import { type Candidate, completionOf, storedCandidates } from '../line/completion.js';
import { settingsOfUnfinished } from '../line/invocation.js';
import { quoteWord } from '../line/quotes.js';
import { overridden } from '../line/settings.js';
import { splitLine, type Token } from '../line/words.js';
import { visibleLine } from '../terminal/visible.js';
import { commandNames } from './command-names.js';
import { fileNames } from './file-names.js';
import { isForShell } from './spelled-out.js';

export interface Completion {
  /** The line and the cursor; unchanged if there is nothing to add. */
  readonly text: string;
  readonly cursor: number;
  /** The possible words, escaped, if there are several. */
  readonly choices: readonly string[];
}

/** What completion looks at. */
export interface Surroundings {
  readonly context: Context;
  readonly verbs: Registry;
  /** Has PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** The settings of a line without options for them. */
  readonly settings: Settings;
}

/** Completes the line at the cursor. */
export async function complete(
  text: string,
  cursor: number,
  surroundings: Surroundings,
): Promise<Completion> {
  if (isForShell(text) && cursor > text.indexOf('!')) {
    // The rest is read as after a pipe.
    const swapped = await complete(text.replace('!', '|'), cursor, surroundings);
    return { ...swapped, text: swapped.text.replace('|', '!') };
  }
  const place = placeOf(text, cursor);
  const found = place && (await candidatesAt(place, surroundings).catch(() => undefined));
  if (!found || found.candidates.length === 0) return { text, cursor, choices: [] };
  const { candidates, dashIsOption } = found;
  const words = candidates.map((one) => found.lead + one.text);
  const common = words.reduce(commonBeginning);
  // Keys may begin like options.
  const guard = dashIsOption && common.startsWith('-') ? '-- ' : '';
  const [only, ...others] = candidates;
  if (others.length === 0) {
    const edited = only!.goesOn
      ? part(text, place, guard, common)
      : whole(text, place, guard, common);
    return { ...edited, choices: [] };
  }
  const choices = words.map((word) => visibleLine(word));
  if (common === place.word) return { text, cursor, choices };
  return { ...part(text, place, guard, common), choices };
}

interface Place {
  /** The word up to the cursor, unquoted. */
  readonly word: string;
  /** Where the typed word begins. */
  readonly start: number;
  readonly cursor: number;
  /** Where it ends, perhaps behind the cursor. */
  readonly end: number;
  /** The tokens before it. */
  readonly before: readonly Token[];
  /** The tokens after it. */
  readonly behind: readonly Token[];
}

interface Found {
  /** The part of the word that stays. */
  readonly lead: string;
  readonly candidates: readonly Candidate[];
  readonly dashIsOption: boolean;
}

/** Undefined in a comment and after a backslash. */
function placeOf(text: string, cursor: number): Place | undefined {
  const { tokens: before, open } = splitLine(text.slice(0, cursor));
  if (open === '\\') return undefined;
  const all = splitLine(text).tokens;
  const last = before.at(-1);
  if (last?.kind === 'word' && last.end === cursor) {
    const { end } = all.find((token) => token.start === last.start) ?? last;
    const behind = all.filter(({ start }) => start >= end);
    return { word: last.text, start: last.start, cursor, end, before: before.slice(0, -1), behind };
  }
  if (text.slice(last?.end ?? 0, cursor).trim() !== '') return undefined;
  const behind = all.filter(({ start }) => start >= cursor);
  return { word: '', start: cursor, cursor, end: cursor, before, behind };
}

async function candidatesAt(place: Place, surroundings: Surroundings): Promise<Found> {
  const { context, verbs, settings, env } = surroundings;
  const { before, word, behind } = place;
  const isShell = before.some(({ kind, text }) => kind === 'operator' && text === '|');
  const previous = before.at(-1);
  if (isShell && previous?.kind === 'operator' && !/[<>]/.test(previous.text)) {
    const commands = word.includes('/') ? [] : commandNames(word, env);
    if (commands.length > 0) return { lead: '', candidates: commands, dashIsOption: false };
  }
  if (isShell || previous?.kind === 'operator') {
    return { lead: '', candidates: fileNames(word), dashIsOption: false };
  }
  const words = wordsOf(before);
  const { lead, start, from, dashIsOption } = await completionOf(words, word, verbs);
  const found = (candidates: readonly Candidate[]) => ({ lead, candidates, dashIsOption });
  switch (from) {
    case 'files':
      return found(fileNames(start));
    case 'keys':
    case 'buckets': {
      const line = [...words, word, ...wordsOf(behind)];
      const { bucket } = await settingsOfUnfinished(line, verbs, (flags) =>
        overridden(settings, flags),
      );
      return found(storedCandidates(from, start, context, bucket));
    }
    default:
      return found(from);
  }
}

/** The words up to a pipe, without the files of redirects. */
function wordsOf(tokens: readonly Token[]): string[] {
  const pipe = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '|');
  const words = (pipe === -1 ? tokens : tokens.slice(0, pipe)).filter(
    ({ kind }, at) => kind === 'word' && tokens[at - 1]?.kind !== 'operator',
  );
  return words.map(({ text }) => text);
}

/** The common prefix of two texts, in whole characters. */
function commonBeginning(one: string, other: string): string {
  let common = '';
  for (const character of one) {
    if (!other.startsWith(character, common.length)) break;
    common += character;
  }
  return common;
}

type Edited = Pick<Completion, 'text' | 'cursor'>;

/** The line with the complete word. */
function whole(text: string, place: Place, guard: string, word: string): Edited {
  const end = endOfReplaced(text, place, word);
  const gap = text[end] === ' ' ? '' : ' ';
  const inserted = guard + quoteWord(word);
  const cursor = place.start + inserted.length + 1;
  return { text: text.slice(0, place.start) + inserted + gap + text.slice(end), cursor };
}

/** The line with the beginning of a word: at the end of the line its quotes are left open. */
function part(text: string, place: Place, guard: string, word: string): Edited {
  const end = endOfReplaced(text, place, word);
  const rest = text.slice(end);
  const quoted = quoteWord(word);
  const isQuoted = quoted !== word;
  const isLast = rest.trim() === '';
  const inserted = guard + (isQuoted && isLast ? quoted.slice(0, -1) : quoted);
  const cursor = place.start + inserted.length - (isQuoted && !isLast ? 1 : 0);
  return { text: text.slice(0, place.start) + inserted + rest, cursor };
}

/** The text after the cursor stays, unless it is the rest of the same word, or quoted. */
function endOfReplaced(text: string, { cursor, end }: Place, word: string): number {
  const tail = text.slice(cursor, end);
  return word.endsWith(tail) || /['"\\]/.test(text.slice(cursor, end)) ? end : cursor;
}
