/** Writes an error to stderr. */
import type { KvError } from '../errors.js';
import { fittedHint, fittedMessage } from './fitted-message.js';
import type { Output } from './terminal.js';
import { visibleJson, visibleMessage } from './visible.js';

/**
 * One line, and a second one for result and hint if there are any; with `json`, one object. On a
 * narrow terminal both are wrapped.
 */
export async function writeError(
  output: Output,
  error: KvError,
  { json }: { readonly json: boolean },
): Promise<void> {
  const { style, write } = output;
  const { code, result, hint, secondLine } = error;
  const message = cut(error.message);
  if (json) {
    await write(`${visibleJson({ error: { code, message, result, hint } })}\n`);
    return;
  }
  const line = fittedMessage(visibleMessage(message), output, LEAD);
  await write(`${style.error(LEAD.trimEnd())}${line.slice(LEAD.length - 1)}\n`);
  if (secondLine) await write(`${style.hint(fittedHint(visibleMessage(secondLine), output))}\n`);
}

const LEAD = 'kv: ';

/** Characters of a message at the beginning and at the end: a key, or a path, fits. */
const HEAD_LENGTH = 8000;
const TAIL_LENGTH = 1000;

/** A message that quotes a word of megabytes, as a line of a script may have them, loses its middle. */
function cut(message: string): string {
  if (message.length <= HEAD_LENGTH + TAIL_LENGTH) return message;
  return `${message.slice(0, HEAD_LENGTH)}…${message.slice(-TAIL_LENGTH)}`;
}
