/** Finds where an object's `value`, a string, begins. */
import { COLON, COMMA, OPEN_BRACE, QUOTE } from '../bytes/ascii.js';
import { skipSpace } from './bytes.js';
import { endOfValue } from './value-end.js';

/**
 * The position after the opening quote of the first member `value` that is a string; -1 if the
 * bytes end before it, or are not JSON. What precedes it is not fully checked.
 */
export function findValueStart(head: Buffer): number {
  let at = skipSpace(head, 0);
  if (head[at] !== OPEN_BRACE) return -1;
  do {
    const name = skipSpace(head, at + 1);
    const nameEnd = head[name] === QUOTE ? endOfValue(head, name) : -1;
    if (nameEnd === -1) return -1;
    at = skipSpace(head, nameEnd);
    if (head[at] !== COLON) return -1;
    at = skipSpace(head, at + 1);
    if (head[at] === QUOTE && isNamedValue(head.toString('utf8', name, nameEnd))) return at + 1;
    at = endOfValue(head, at);
    if (at === -1) return -1;
    at = skipSpace(head, at);
  } while (head[at] === COMMA);
  return -1;
}

function isNamedValue(name: string): boolean {
  if (name === '"value"') return true;
  try {
    return name.includes('\\') && JSON.parse(name) === 'value';
  } catch {
    return false;
  }
}
