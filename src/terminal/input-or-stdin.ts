/** A file to read, or stdin where it is a pipe or a file: nobody waits for a person by surprise. */
import { KvError } from '../errors.js';
import type { Input, Terminal } from './terminal.js';

/** Throws `usage` where no file is given and stdin is a terminal; `io`. */
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
