/** The names of an object's members, each as often as it is there. */
import { COMMA, OPEN_BRACE, QUOTE } from '../bytes/ascii.js';
import { skipSpace } from './bytes.js';
import { endOfValue } from './value-end.js';

/** `object` must be JSON. */
export function* memberNames(object: Buffer): Generator<string> {
  let at = skipSpace(object, 0);
  if (object[at] !== OPEN_BRACE) return;
  do {
    const name = skipSpace(object, at + 1);
    if (object[name] !== QUOTE) return;
    const nameEnd = endOfValue(object, name);
    yield JSON.parse(object.toString('utf8', name, nameEnd)) as string;
    // Behind the colon.
    at = skipSpace(object, skipSpace(object, nameEnd) + 1);
    at = skipSpace(object, endOfValue(object, at));
  } while (object[at] === COMMA);
}
