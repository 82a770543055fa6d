/**
 * Refuses a line whose quotes would be lost. A shell removes a quote that opens in the middle of a
 * word, so `set j {"a":1}` and `set k say"hi"` would store a value that nobody meant; the error
 * shows the line to type instead. The value after a name may be in quotes: `a="b c"`,
 * `--to-bucket="x y"`.
 */
import { KvError } from '../errors.js';
import { quoteWord } from './quotes.js';
import { type SplitLine, splitLine, type Word } from './words.js';

/** The longest line that the message repeats, in characters. */
const SHOWN_LIMIT = 200;

/**
 * The error `usage` for the first word of a line that would lose its quotes; undefined if there is
 * none.
 */
export function lostQuotes(line: string, tokens: SplitLine['tokens']): KvError | undefined {
  const word = tokens.find((token): token is Word => token.kind === 'word' && !!token.losesQuotes);
  if (word === undefined) return undefined;
  const first = beginningOfJson(line, word);
  return first === undefined ? lostInText(line, word) : lostInJson(line, first);
}

function lostInJson(line: string, first: number): KvError {
  const instead = lineWithJson(line, first);
  return new KvError('usage', 'cannot read the line: quotes within JSON would be lost', {
    hint: isShort(instead) ? `try: ${instead}` : "JSON goes in single quotes: '…'",
  });
}

function lostInText(line: string, { start, end, text }: Word): KvError {
  const raw = line.slice(start, end);
  const lineWith = (instead: string, stop = end) =>
    line.slice(0, start) + quoteWord(instead) + line.slice(stop);
  let hint: string;
  if (splitLine(raw).open === undefined) {
    hint = `try: ${lineWith(text)}; or, with its quotes: ${lineWith(raw)}`;
  } else {
    // Most likely an apostrophe, as in: it's fine.
    const typed = raw.slice(0, raw.search(/\s|$/));
    hint = `try: ${lineWith(typed, start + typed.length)}`;
  }
  return new KvError('usage', 'cannot read the line: a quote opens in the middle of a word', {
    hint: isShort(hint) ? hint : "quotes go around the whole word: '…'",
  });
}

function isShort(text: string | undefined): text is string {
  return text !== undefined && text.length <= SHOWN_LIMIT;
}

/** Where JSON begins that is the word, or follows its first `=`; undefined for other text. */
function beginningOfJson(line: string, { start, end }: Word): number | undefined {
  const raw = line.slice(start, end);
  const found = /^(?:[^=]*=)?["'\\]?(?=[{[])/.exec(raw);
  return found === null ? undefined : start + found[0].length;
}

/** The line with the JSON in quotes; undefined if its brackets are not closed. */
function lineWithJson(line: string, first: number): string | undefined {
  const end = endOfJson(line, first);
  if (end === undefined) return undefined;
  // Quotes around it, as in `"{"a":1}"`, or a backslash before it, as in `\{"a":1}`.
  const before = line[first - 1] ?? '';
  const behind = /["']/.test(before) && line[end] === before ? 1 : 0;
  const from = first - (before === '\\' ? 1 : behind);
  return line.slice(0, from) + quoteWord(line.slice(first, end)) + line.slice(end + behind);
}

/** Where the brackets that open at `start` are closed, ignoring strings in double quotes. */
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
