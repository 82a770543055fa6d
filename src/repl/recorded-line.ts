/** The part of a line that goes to the history on disk: not the values that it stores. */
import type { Command, Registry } from '../command.js';
import { KvError } from '../errors.js';
import type { GivenOption } from '../line/option-reader.js';
import { quoteWord } from '../line/quotes.js';
import { type Role, readLine } from '../line/reading.js';
import { splitLine, type Word } from '../line/words.js';
import { partsBeforePipe } from './line-plan.js';
import { isForShell } from './spelled-out.js';

/** Longest line that is written, in characters. */
const LENGTH_LIMIT = 4096;

/**
 * The line without its values and comment; undefined if nothing may be written, because it is
 * unknown which words are values: the verb is unknown, or the line is too long.
 */
export async function recordedLine(line: string, verbs: Registry): Promise<string | undefined> {
  if (isForShell(line)) return line.length <= LENGTH_LIMIT ? line.trim() : undefined;
  const { tokens } = splitLine(line);
  const pipe = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '|');
  const before = pipe === -1 ? tokens : tokens.slice(0, pipe);
  let words: Word[];
  try {
    ({ words } = partsBeforePipe(before));
  } catch (thrown) {
    if (!(thrown instanceof KvError)) throw thrown;
    return undefined;
  }
  const { roles, command } = await readLine(
    words.map(({ text }) => text),
    verbs,
  );
  if (command === undefined) return undefined;
  const rawOf = ({ start, end }: { start: number; end: number }) => line.slice(start, end);
  const kept = words.flatMap((word, index) => keptOf(word, roles[index]!, command, rawOf(word)));
  const redirects = before.filter((token) => !words.includes(token as Word)).map(rawOf);
  const rest = pipe === -1 ? [] : [line.slice(tokens[pipe]!.start).trim()];
  const recorded = [...kept, ...redirects, ...rest].join(' ');
  return recorded.length <= LENGTH_LIMIT ? recorded : undefined;
}

/** The word as it was typed, or what may be kept of it, if anything. */
function keptOf(word: Word, role: Role, command: Command, raw: string): string[] {
  switch (role.kind) {
    case 'argument':
      if (role.argument.value === 'all') return [];
      return role.argument.value === 'afterEquals' ? [upToEquals(word.text)] : [raw];
    case 'value':
      return role.of.option.isStoredValue ? [] : [raw];
    case 'options':
      return role.given.some(({ option, valueAt }) => option.isStoredValue && valueAt !== undefined)
        ? [withoutValue(word.text, role.given)]
        : [raw];
    case 'unknown':
      // A value typed without its quotes looks like surplus arguments.
      return command.arguments.some(({ value }) => value !== undefined) ? [] : [raw];
    default:
      return [raw];
  }
}

/** `--if-value=V` without its value: an empty value is a value too. */
function withoutValue(word: string, given: readonly GivenOption[]): string {
  const valueAt = given.find(({ option }) => option.isStoredValue)?.valueAt;
  return quoteWord(word.slice(0, valueAt).replace(/=$/, ''));
}

function upToEquals(pair: string): string {
  return quoteWord(pair.slice(0, pair.indexOf('=') + 1));
}
