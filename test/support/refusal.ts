/** What an error looks like from outside: one line, perhaps a hint, and never a stack. */
import { expect } from 'vitest';
import type { Ended } from './shell.js';

/**
 * Expects that a program was refused with a status and a message, that it wrote no data, and that it
 * said no more than `kv: MESSAGE` and, where one is expected or may be, the line of a hint.
 */
export function expectRefusal(
  { status, text, stderr }: Ended,
  expected: { status: number; message: string | RegExp; hint?: string | RegExp | 'perhaps' },
): void {
  const lines = stderr.split('\n');
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(lines.pop()).toBe('');
  const [message, hint, ...rest] = lines;
  expect(message).toMatch(/^kv: /);
  if (typeof expected.message === 'string') expect(message).toBe(`kv: ${expected.message}`);
  else expect(message?.slice('kv: '.length)).toMatch(expected.message);
  expect([status, text, rest]).toEqual([expected.status, '', []]);
  if (expected.hint === undefined) expect(hint).toBeUndefined();
  else if (expected.hint !== 'perhaps') expect(hint).toMatch(expected.hint);
}
