/** Times, in options. */
import { KvError } from '../errors.js';
import { parseLengthOfTime } from './duration.js';

/** RFC 3339; without a time of day, the day begins in UTC. */
const RFC_3339 = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/**
 * In milliseconds since the Unix epoch: `2026-11-26T12:00:00Z`, `2026-11-26`, or how long ago, such
 * as `90s` or `7d`. Throws `usage`.
 */
export function parseTimeAgo(text: string): number {
  const time = timeOf(text);
  if (time !== undefined) return time;
  if (isLength(text)) return Date.now() - parseLengthOfTime(text);
  throw notTime(text, ', or 7d for a week ago');
}

/** The same, but without durations. Throws `usage`. */
export function parseTime(text: string): number {
  const time = timeOf(text);
  if (time !== undefined) return time;
  throw notTime(text);
}

/**
 * When something expires, in milliseconds since the Unix epoch: a time as above, a duration from
 * `now` on, in seconds without a unit, or undefined for `never`. Throws `usage`.
 */
export function parseExpiry(text: string, now: number): number | undefined {
  if (text === 'never') return undefined;
  const time = timeOf(text);
  if (time !== undefined) return time;
  if (isLength(text) || /^\d+$/.test(text)) return now + parseLengthOfTime(text);
  throw notTime(text, ', nor a length of time such as 90s, nor never');
}

/** The time in a text of RFC 3339; undefined for any other text. */
export function timeOf(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const time = Date.parse(text.replace(' ', 'T').toUpperCase());
  return isReal(text, time) ? time : undefined;
}

function isLength(text: string): boolean {
  return /^\d+(?:\.\d+)?(?:ms|[smhd])/.test(text);
}

function notTime(text: string, more = ''): KvError {
  const state = `"${text}" is no time such as 2026-11-26T12:00:00Z, or 2026-11-26`;
  return new KvError('usage', `${state}${more}`);
}

/** Whether the day exists: JavaScript reads February 30 as March 2. */
function isReal(text: string, time: number): boolean {
  if (Number.isNaN(time)) return false;
  const [day] = text.split(/[Tt ]/, 1);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day!);
}
