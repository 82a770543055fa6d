/**
 * Sentences on a terminal, on lines as wide as it is. In a pipe each is one line.
 *
 * No word is broken, nor what may be copied: what stands in quotes, and in a hint a command. What of
 * that is wider than the terminal, the terminal breaks, and gives it back in one piece.
 */
import { displayWidth } from './display-width.js';
import { filled } from './filled-text.js';
import type { Output } from './terminal.js';

/** What was tried, and the state that was found. */
export function fittedMessage(message: string, output: Output, lead = ''): string {
  return fitted(lead, () => message.match(word) ?? [], lead + message, output);
}

/** What to do next. */
export function fittedHint(hint: string, output: Output): string {
  const lead = /^(?:try|usage): /.exec(hint)?.[0] ?? '';
  const rest = hint.slice(lead.length);
  const pieces = () => (lead === USAGE ? (rest.match(usageWord) ?? []) : piecesOf(rest));
  return fitted(lead, pieces, hint, output);
}

const USAGE = 'usage: ';

/** What is in quotes goes with what stands around it; several blanks in a row separate nothing. */
const word = /(?:"[^"]*"|\S| {2,})+/g;
/** A pair of brackets, with what stands in it, is one word. */
const usageWord = /[[(][^\])]*[\])]\S*|\S+/g;

/** Commands as a whole, and the words of the rest. */
function piecesOf(hint: string): string[] {
  const clauses = hint.split(/(?<=[,;:]) /);
  return clauses.flatMap((clause) =>
    command.test(clause) ? [clause] : (clause.match(word) ?? []),
  );
}

const command = /^(?:or )?(?:kv|resume|set|get|incr|ulimit|sh|printf|mdb_dump|\S+ \|) /;

function fitted(
  lead: string,
  words: () => readonly string[],
  whole: string,
  { isTerminal, columns }: Output,
): string {
  return isTerminal && displayWidth(whole) > columns ? filled(lead, words(), columns) : whole;
}
