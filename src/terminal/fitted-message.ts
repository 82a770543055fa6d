/**
 * Wraps sentences to the terminal's width; in a pipe each is one line.
 *
 * No word is broken, nor anything that may be copied: text in quotes, and commands in hints. If
 * such a part is wider than the terminal, the terminal breaks it, and copies it in one piece.
 */
import { displayWidth } from './display-width.js';
import { filled } from './filled-text.js';
import type { Output } from './terminal.js';

/** An error message. */
export function fittedMessage(message: string, output: Output, lead = ''): string {
  return fitted(lead, () => message.match(word) ?? [], lead + message, output);
}

/** A hint. */
export function fittedHint(hint: string, output: Output): string {
  const lead = /^(?:try|usage): /.exec(hint)?.[0] ?? '';
  const rest = hint.slice(lead.length);
  const pieces = () => (lead === USAGE ? (rest.match(usageWord) ?? []) : piecesOf(rest));
  return fitted(lead, pieces, hint, output);
}

const USAGE = 'usage: ';

/** Quoted text stays with the text around it; several blanks in a row separate nothing. */
const word = /(?:"[^"]*"|\S| {2,})+/g;
/** A pair of brackets with its contents is one word. */
const usageWord = /[[(][^\])]*[\])]\S*|\S+/g;

/** Commands as a whole, and single words of the rest. */
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
