/** Durations, in options and in the environment. */
import { KvError } from '../errors.js';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const PART = /(\d+(?:\.\d+)?)(ms|[smhd])/g;
const SECONDS = /^\d+(?:\.\d+)?$/;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;
const NOTHING = /^0+(?:\.0+)?(?:ms|[smhd])?$/;

/** The longest timer, in milliseconds: 24 days. */
const TIMER_LIMIT = 2 ** 31 - 1;

/**
 * In milliseconds: `500ms`, `10s`, `1.5m`, `1h30m`, `7d`; a bare number is in seconds. Throws
 * `usage` for an invalid duration, one shorter than 1 ms, or one longer than the 24 days of a
 * timer.
 */
export function parseDuration(text: string): number {
  return parseLengthOfTime(text, TIMER_LIMIT);
}

/** How long to wait for others: a duration, or 0 for not at all. */
export function parsePatience(text: string): number {
  return NOTHING.test(text) ? 0 : parseDuration(text);
}

/**
 * The same as `parseDuration` without the limit of timers; by default up to the largest exact
 * number.
 */
export function parseLengthOfTime(text: string, limit = Number.MAX_SAFE_INTEGER): number {
  const parts = SECONDS.test(text) ? `${text}s` : text;
  const isOne = WHOLE.test(parts);
  let milliseconds = 0;
  for (const [, number, unit] of isOne ? parts.matchAll(PART) : []) {
    milliseconds += Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  }
  milliseconds = Math.ceil(milliseconds);
  if (milliseconds > 0 && milliseconds <= limit) return milliseconds;
  throw new KvError('usage', `"${text}" is not a length of time such as 500ms, 90s, 1h30m or 7d`);
}
