/** Lengths of time, as options and the environment give them. */
import { KvError } from '../errors.js';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const PART = /(\d+(?:\.\d+)?)(ms|[smhd])/g;
const SECONDS = /^\d+(?:\.\d+)?$/;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;

/**
 * In milliseconds: `500ms`, `10s`, `1.5m`, `1h30m`, `7d`; a bare number is of seconds. Throws `usage`
 * for what is no length of time, is shorter than 1 ms, or longer than the 24 days of a timer.
 */
export function parseDuration(text: string): number {
  const parts = SECONDS.test(text) ? `${text}s` : text;
  const isOne = WHOLE.test(parts);
  let milliseconds = 0;
  for (const [, number, unit] of isOne ? parts.matchAll(PART) : []) {
    milliseconds += Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  }
  milliseconds = Math.ceil(milliseconds);
  if (milliseconds > 0 && milliseconds < 2 ** 31) return milliseconds;
  throw new KvError('usage', `"${text}" is not a length of time such as 500ms, 90s, 1h30m or 7d`);
}
