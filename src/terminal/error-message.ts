/** Writing an error to stderr. */
import type { KvError } from '../errors.js';
import { filled } from './filled-text.js';
import type { Output } from './terminal.js';
import { visibleJson, visibleMessage } from './visible.js';

/**
 * One line, and a second one of the result and the hint where there are such; with `json`, one object.
 * A usage that is wider than the terminal goes on in lines of its own; whatever else may have to be
 * copied, so the terminal breaks it.
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
  await write(`${style.error('kv:')} ${visibleMessage(message)}\n`);
  if (secondLine) await write(`${style.hint(fitted(visibleMessage(secondLine), output))}\n`);
}

function fitted(hint: string, output: Output): string {
  if (!output.isTerminal || !hint.startsWith(USAGE)) return hint;
  // A pair of brackets, with what stands in it, is one word.
  const words = hint.slice(USAGE.length).match(/[[(][^\])]*[\])]\S*|\S+/g) ?? [];
  return filled(USAGE, words, output.columns);
}

const USAGE = 'usage: ';
