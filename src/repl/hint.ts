/** The hint after a line: the arguments of its verb that have not come yet. */

import type { Registry } from '../command.js';
import { readLine } from '../line/reading.js';
import { argumentWord } from '../line/spelling.js';
import { splitLine } from '../line/words.js';
import { isRedirect } from './line-plan.js';

/** In capitals, as in help; empty if there are none. `text` ends at the cursor. */
export async function hintFor(text: string, verbs: Registry): Promise<string> {
  const { tokens, open } = splitLine(text);
  const last = tokens.at(-1);
  if (last === undefined || open !== undefined || tokens.some(({ text }) => text === '|'))
    return '';
  // A comment follows.
  if (text.slice(last.end).trim() !== '') return '';
  const lead = text.endsWith(' ') ? '' : ' ';
  if (last.kind === 'operator') return isRedirect(last.text) ? `${lead}FILE` : '';
  // A redirect may stand anywhere, but arguments seldom follow one.
  if (tokens.some(({ kind }) => kind === 'operator')) return '';
  const { next } = await readLine(
    tokens.map((token) => token.text),
    verbs,
  );
  switch (next.kind) {
    case 'value':
      return `${lead}${next.option.value}`;
    case 'argument': {
      const words = next.remaining.map(argumentWord);
      return words.length === 0 ? '' : lead + words.join(' ');
    }
    case 'verb':
    case 'unknown':
      return '';
    default:
      return next satisfies never;
  }
}
