/** How an error is told. */
import type { KvError } from '../errors.js';
import type { Output } from './terminal.js';
import { visibleJson, visibleMessage } from './visible.js';

/** One line, and where there is one a hint in a second; with `json`, one object. */
export async function writeError(
  { style, write }: Output,
  { code, message, hint }: KvError,
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    await write(`${visibleJson({ error: { code, message, hint } })}\n`);
    return;
  }
  await write(`${style.red('kv:')} ${visibleMessage(message)}\n`);
  if (hint) await write(`${style.dim(visibleMessage(hint))}\n`);
}
