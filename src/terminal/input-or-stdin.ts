/** A file to read, or stdin if it is a pipe or a file: no verb waits for a person unexpectedly. */
import { KvError } from '../errors.js';
import type { Input, Terminal } from './terminal.js';

/** Throws `usage` if no file is given and stdin is a terminal; `io`. */
export async function inputOrStdin(
  terminal: Terminal,
  verb: string,
  file: string | undefined,
): Promise<Input> {
  if (file !== undefined) return terminal.openInput(file);
  if (terminal.stdin.kind === 'stream') return terminal.stdin;
  throw new KvError('usage', 'missing FILE: stdin is neither a pipe nor a file', {
    hint: `try: kv ${verb} FILE, or kv ${verb} - to type it`,
  });
}
