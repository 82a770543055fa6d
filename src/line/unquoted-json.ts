/**
 * JSON that was typed without quotes around it. A shell would take away the quotes within, and the
 * line would store something else than anybody can have meant, so it is refused, with the line to
 * type instead. Words that are put together as in a shell (`user/"Ada L"`, `--to="x y"`) are not
 * meant: only a word, or what follows its first `=`, that begins with `{` or `[`.
 */
import { KvError } from '../errors.js';
import { quoteWord } from './quotes.js';
import type { SplitLine, Word } from './words.js';

/** The longest line that is shown again, in characters. */
const SHOWN_LIMIT = 200;

/** The error `usage` for the first of a line's words that would lose its quotes, if one would. */
export function lostQuotes(line: string, tokens: SplitLine['tokens']): KvError | undefined {
  const word = tokens.find((token): token is Word => token.kind === 'word' && !!token.losesQuotes);
  if (word === undefined) return undefined;
  const instead = lineInstead(line, word);
  const isShort = instead !== undefined && instead.length <= SHOWN_LIMIT;
  return new KvError('usage', 'cannot read the line: quotes within JSON would be lost', {
    hint: isShort ? `try: ${instead}` : "JSON goes in single quotes: '…'",
  });
}

/** The line with the JSON in quotes; undefined where its brackets are not closed. */
function lineInstead(line: string, { start }: Word): string | undefined {
  let first = line.slice(start).search(/[{[]/) + start;
  let end = endOfJson(line, first);
  if (end === undefined) return undefined;
  const json = line.slice(first, end);
  // What somebody put around it, as `"{"a":1}"`.
  if (/["']/.test(line[first - 1] ?? '') && line[end] === line[first - 1]) {
    first--;
    end++;
  }
  return line.slice(0, first) + quoteWord(json) + line.slice(end);
}

/** Where the brackets that open at a place are closed, strings in double quotes left out. */
function endOfJson(line: string, start: number): number | undefined {
  const part = /[^"{}[\]]+|"(?:[^"\\]|\\[\s\S])*"|[{}[\]]/y;
  part.lastIndex = start;
  let depth = 0;
  for (let found = part.exec(line); found; found = part.exec(line)) {
    if (found[0] === '{' || found[0] === '[') depth++;
    if (found[0] === '}' || found[0] === ']') depth--;
    if (depth === 0) return part.lastIndex;
  }
  return undefined;
}
