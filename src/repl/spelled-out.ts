/** Prefixes of a line: `?` for help, `!` for a shell command. */
import { KvError } from '../errors.js';

/** The line with `help` in place of its leading `?`. */
export function spelledOut(line: string): string {
  return line.replace(/^\s*\?\s*/, 'help ').trimEnd();
}

/** The shell command after `!`; undefined for any other line. Throws `usage` if it is empty. */
export function shellCommandOf(line: string): string | undefined {
  if (!isForShell(line)) return undefined;
  const command = line.trim().slice(1).trim();
  if (command === '') throw new KvError('usage', 'missing COMMAND after "!"');
  return command;
}

export function isForShell(line: string): boolean {
  return /^\s*!/.test(line);
}
