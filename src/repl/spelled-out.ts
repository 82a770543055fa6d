/** What a line begins with that is no verb: `?` for help, `!` for a command of the shell. */
import { KvError } from '../errors.js';

/** The line with `help` in the place of a `?` that begins it. */
export function spelledOut(line: string): string {
  return line.replace(/^\s*\?\s*/, 'help ').trimEnd();
}

/** What follows `!`, which is the shell's; undefined for any other line. Throws `usage` for nothing. */
export function shellCommandOf(line: string): string | undefined {
  if (!isForShell(line)) return undefined;
  const command = line.trim().slice(1).trim();
  if (command === '') throw new KvError('usage', 'missing COMMAND after "!"');
  return command;
}

export function isForShell(line: string): boolean {
  return /^\s*!/.test(line);
}
