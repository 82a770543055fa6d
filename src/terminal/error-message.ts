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
  const { code, message, result, hint, secondLine } = error;
  if (json) {
    await write(`${visibleJson({ error: { code, message, result, hint } })}\n`);
    return;
  }
  const line = fittedMessage(visibleMessage(message), output, LEAD);
  await write(`${style.error(LEAD.trimEnd())}${line.slice(LEAD.length - 1)}\n`);
  if (secondLine) await write(`${style.hint(fittedHint(visibleMessage(secondLine), output))}\n`);
}

const LEAD = 'kv: ';
