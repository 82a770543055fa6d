/**
 * The words of the command line in the bytes that the system gave, which Node does not always
 * preserve.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Registry } from '../command.js';
import { KvError } from '../errors.js';

/**
 * Throws `usage` for a word that is not UTF-8. Node silently replaces invalid bytes by U+FFFD, so
 * another key or value would be written. `argv` is the last words of the process; where the system
 * does not show them (no /proc), all words are accepted.
 */
export async function checkArguments(argv: readonly string[], verbs: Registry): Promise<void> {
  if (!argv.some((word) => word.includes(REPLACEMENT))) return;
  const words = wordsOfProcess().slice(-argv.length);
  const damaged = argv.findIndex((word, index) => {
    const bytes = words[index];
    return word.includes(REPLACEMENT) && bytes !== undefined && !isUtf8(bytes);
  });
  if (damaged === -1) return;
  const { readLine } = await import('../line/reading.js');
  const role = (await readLine(argv, verbs)).roles[damaged];
  const isValue = role?.kind === 'argument' && role.argument.name === 'value';
  throw new KvError('usage', `cannot take the argument "${argv[damaged]}": it is not UTF-8`, {
    ...(isValue && {
      hint: 'a value of any bytes comes through a pipe or from a file: kv set KEY < FILE',
    }),
  });
}

const REPLACEMENT = '\ufffd';

/** Every word, with the program's name; empty where the system does not show them. */
function wordsOfProcess(): Buffer[] {
  let line: Buffer;
  try {
    line = readFileSync('/proc/self/cmdline');
  } catch {
    return [];
  }
  const words: Buffer[] = [];
  for (let start = 0; start < line.length; ) {
    const end = line.indexOf(0, start);
    words.push(line.subarray(start, end));
    start = end + 1;
  }
  return words;
}
