/**
 * How the keys that begin with a prefix go on, for Tab. Where they are many,
 * they are shown as a folder shows its files: one step further, not all at once. Each step costs a
 * few seeks, however many keys there are. Beyond the WIT.
 */
import type { Bucket } from './bucket.js';
import { keysOf, listKeys, successorOfPrefix } from './listing.js';

/** The most that is offered at once, and the most seeks of one kind: what fits a screen or two. */
export const COMPLETIONS_LIMIT = 100;

/** A key, or the beginning of several. */
export interface Completion {
  readonly text: string;
  /** Whether there may be keys that begin with it and are not offered. */
  readonly goesOn: boolean;
}

/**
 * In order; each begins with `prefix`, and each key that begins with it, begins with one of them.
 * At most `COMPLETIONS_LIMIT` keys are given whole. More are cut after the next `/` or `:`, or
 * where those are too many as well, behind the first character in which the keys differ. Should
 * even those be too many, the last key stands for all that are left out. Throws `invalid-key`.
 */
export function completions(bucket: Bucket, prefix: string): Completion[] {
  const keys = [...listKeys(bucket, { prefix, limit: COMPLETIONS_LIMIT + 1 })];
  if (keys.length <= COMPLETIONS_LIMIT) return keys.map((text) => ({ text, goesOn: false }));
  const steps = branches(bucket, prefix, (key) => stepEnd(key, prefix.length));
  if (steps.length <= COMPLETIONS_LIMIT) return steps;
  const last = lastKey(bucket, prefix);
  const shared = sharedLength(keys[0]!, last);
  const forks = branches(bucket, prefix, (key) => characterEnd(key, shared));
  const offered = forks.slice(0, COMPLETIONS_LIMIT).map((fork) => extended(bucket, fork));
  // Their common beginning still holds, and a shell inserts it.
  return forks.length <= COMPLETIONS_LIMIT ? offered : [...offered, { text: last, goesOn: false }];
}

/**
 * The keys, each cut at its `endOf`, and each beginning once; more than `COMPLETIONS_LIMIT` only by
 * one. From one to the next it is a seek.
 */
function branches(bucket: Bucket, prefix: string, endOf: (key: string) => number): Completion[] {
  const found: Completion[] = [];
  const upper = prefix === '' ? undefined : successorOfPrefix(prefix);
  let lower: Uint8Array = Buffer.from(prefix);
  while (found.length <= COMPLETIONS_LIMIT) {
    const [key] = keysOf(bucket, { lower, ...(upper && { upper }) });
    if (key === undefined) break;
    const text = key.slice(0, endOf(key));
    const isWhole = text === key;
    // A key may be the beginning of others, as a folder would be that has a value itself.
    if (found.at(-1)?.text === text) found.pop();
    found.push({ text, goesOn: !isWhole });
    lower = isWhole ? Buffer.concat([Buffer.from(key), Buffer.of(0)]) : successorOfPrefix(text);
  }
  return found;
}

/** The same keys, with more of their common beginning, up to a separator. */
function extended(bucket: Bucket, { text, goesOn }: Completion): Completion {
  if (!goesOn) return { text, goesOn };
  const [first] = listKeys(bucket, { prefix: text, limit: 1 });
  // A writer may have been quicker.
  if (first === undefined) return { text, goesOn };
  const last = lastKey(bucket, text);
  if (first === last) return { text: first, goesOn: false };
  const end = Math.min(sharedLength(first, last), stepEnd(first, text.length));
  return { text: first.slice(0, end), goesOn: true };
}

/** The last key that begins with `prefix`; `prefix` where there is none any more. */
function lastKey(bucket: Bucket, prefix: string): string {
  const [last] = listKeys(bucket, { prefix, limit: 1, reverse: true });
  return last ?? prefix;
}

/** Where the first separator at `from` or after it ends. */
function stepEnd(key: string, from: number): number {
  const separator = key.slice(from).search(/[/:]/);
  return separator === -1 ? key.length : from + separator + 1;
}

/** Where the character at `at` ends, which may be two UTF-16 units. */
function characterEnd(key: string, at: number): number {
  return at + ((key.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

/** How many units two texts have in common, in whole characters. */
function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length) {
    const end = characterEnd(one, length);
    if (one.slice(length, end) !== other.slice(length, end)) break;
    length = end;
  }
  return length;
}
