/** Writing an error to stderr. */
import type { KvError } from '../errors.js';
import { filled } from './filled-text.js';
import type { Output } from './terminal.js';
import { visibleJson, visibleMessage } from './visible.js';

/**
 * One line, and where there is one a hint in a second; with `json`, one object. A usage that is wider
 * than the terminal goes on in lines of its own; whatever else may have to be copied, so the terminal
 * breaks it.
 */
export async function writeError(
  output: Output,
  { code, message, hint }: KvError,
  { json }: { readonly json: boolean },
): Promise<void> {
  const { style, write } = output;
  if (json) {
    await write(`${visibleJson({ error: { code, message, hint } })}\n`);
    return;
  }
  await write(`${style.error('kv:')} ${visibleMessage(message)}\n`);
  if (hint) await write(`${style.hint(fitted(visibleMessage(hint), output))}\n`);
}

function fitted(hint: string, output: Output): string {
  if (!output.isTerminal || !hint.startsWith(USAGE)) return hint;
  // A pair of brackets, with what stands in it, is one word.
  const words = hint.slice(USAGE.length).match(/[[(][^\])]*[\])]\S*|\S+/g) ?? [];
  return filled(USAGE, words, output.columns);
}

const USAGE = 'usage: ';
