/** What an error looks like from outside: one line, perhaps a hint, and never a stack. */
import { expect } from 'vitest';
import type { Ended } from './shell.js';

/**
 * Expects that a program was refused with a status and a message, that it wrote no data, and that it
 * said no more than `kv: MESSAGE` and, where one is expected, the line of a hint.
 */
export function expectRefusal(
  { status, text, stderr }: Ended,
  expected: { status: number; message: string | RegExp; hint?: string | RegExp },
): void {
  const [message, hint, ...rest] = stderr.split('\n');
  expect(stderr).not.toMatch(/^ {4}at /m);
  if (typeof expected.message === 'string') expect(message).toBe(`kv: ${expected.message}`);
  else expect(message?.replace(/^kv: /, '')).toMatch(expected.message);
  expect(message).toMatch(/^kv: /);
  expect([status, text]).toEqual([expected.status, '']);
  if (expected.hint === undefined) {
    expect([hint, rest]).toEqual(['', []]);
  } else {
    expect(hint).toMatch(expected.hint);
    expect(rest).toEqual(['']);
  }
}
