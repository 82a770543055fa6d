/**
 * Completes keys for Tab. Many keys are completed like files in folders: up to the next separator,
 * not all at once. Each step costs a few seeks, however many keys there are. Beyond the WIT.
 */
import type { Bucket } from './bucket.js';
import { keysOf, listKeys, successorOfPrefix } from './listing.js';

/** The most completions at once, and the most seeks of one kind: a screen or two. */
export const COMPLETIONS_LIMIT = 100;

/** A key, or a prefix of several. */
export interface Completion {
  readonly text: string;
  /** Whether there may be keys with this prefix that are not in the list. */
  readonly goesOn: boolean;
}

/**
 * In order; each begins with `prefix`, and every key with that prefix begins with one of them. At
 * most `COMPLETIONS_LIMIT` keys are given whole. If there are more, they are cut after the next `/`
 * or `:`, or if those are too many as well, after the first character in which they differ. If even
 * those are too many, the last one stands for all that are left out. Throws `invalid-key`.
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
  // Their common prefix still holds, and a shell inserts it.
  return forks.length <= COMPLETIONS_LIMIT ? offered : [...offered, { text: last, goesOn: false }];
}

/**
 * The keys, each cut at its `endOf`, without repetitions; one more than `COMPLETIONS_LIMIT` at
 * most. Each takes one seek.
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
    // A key may be a prefix of others, like a folder that has a value itself.
    if (found.at(-1)?.text === text) found.pop();
    found.push({ text, goesOn: !isWhole });
    lower = isWhole ? Buffer.concat([Buffer.from(key), Buffer.of(0)]) : successorOfPrefix(text);
  }
  return found;
}

/** The same keys, with a longer common prefix, up to a separator. */
function extended(bucket: Bucket, { text, goesOn }: Completion): Completion {
  if (!goesOn) return { text, goesOn };
  const [first] = listKeys(bucket, { prefix: text, limit: 1 });
  // Another process may have deleted it.
  if (first === undefined) return { text, goesOn };
  const last = lastKey(bucket, text);
  if (first === last) return { text: first, goesOn: false };
  const end = Math.min(sharedLength(first, last), stepEnd(first, text.length));
  return { text: first.slice(0, end), goesOn: true };
}

/** The last key that begins with `prefix`; `prefix` if there is none any more. */
function lastKey(bucket: Bucket, prefix: string): string {
  const [last] = listKeys(bucket, { prefix, limit: 1, reverse: true });
  return last ?? prefix;
}

/** Where the first separator at or after `from` ends. */
function stepEnd(key: string, from: number): number {
  const separator = key.slice(from).search(/[/:]/);
  return separator === -1 ? key.length : from + separator + 1;
}

/** Where the character at `at`, of one or two UTF-16 units, ends. */
function characterEnd(key: string, at: number): number {
  return at + ((key.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

/** The length of the common prefix of two texts, in units, without cutting a character. */
function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length) {
    const end = characterEnd(one, length);
    if (one.slice(length, end) !== other.slice(length, end)) break;
    length = end;
  }
  return length;
}
