/** The words of the command line as the system gave them, which Node does not always pass on. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Registry } from '../command.js';
import { KvError } from '../errors.js';

/**
 * Throws `usage` for a word that is not UTF-8. Node replaces what it cannot read by U+FFFD and says
 * nothing, so that another key would be written, or another value. `argv` are the last words of the
 * process; where the system does not show them (no /proc), all are taken.
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

/** Every word, the program's name included; none where they cannot be known. */
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
