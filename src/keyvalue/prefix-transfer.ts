/** Copies or renames every key that begins with a prefix, in one step. Beyond the WIT. */
import { KvError } from '../errors.js';
import type { Condition } from '../store/condition.js';
import { requireSupport, type Store, type WorkOptions } from '../store/store.js';
import { inTurns } from '../store/turns.js';
import type { Bucket } from './bucket.js';
import { listKeys } from './listing.js';
import { checkKeyBound } from './names.js';
import { copyRecord, moveRecord } from './record.js';

/** Keys that are looked up at a time, before they are copied. */
const PAGE_KEYS = 10_000;

/** A prefix, and its replacement. */
export interface PrefixTransfer {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly target: Bucket;
  readonly targetPrefix: string;
  /** A condition on each target. */
  readonly condition?: Condition | undefined;
}

export function prefixTransfersOf(store: Store) {
  const transfer = (
    action: 'copy' | 'rename',
    one: typeof copyRecord,
    asked: PrefixTransfer,
    options: WorkOptions,
  ): Promise<number> => {
    const { bucket, prefix, target, targetPrefix, condition } = asked;
    const instead = `without --prefix, each key is a ${action} of its own`;
    requireSupport(store, 'transactions', `${action} keys by their prefix`, instead);
    checkKeyBound(targetPrefix);
    if (bucket.name === target.name && prefix === targetPrefix) {
      throw new KvError('usage', `cannot ${action} "${prefix}" to itself`);
    }
    const steps = function* (): Generator<number> {
      for (const key of keysInOrder(asked)) {
        one(bucket, key, target, targetPrefix + key.slice(prefix.length), condition);
        yield 1;
      }
    };
    return store.transaction(() => inTurns(steps(), options), options.signal);
  };
  return {
    /**
     * Copies each key that begins with `prefix` to the same key with `targetPrefix`, chunks shared;
     * resolves to the number of keys. Rejects with `not-supported` without transactions, `usage` if
     * source and target are the same, `condition-failed`, `invalid-key`, the signal's reason; then
     * nothing is changed.
     */
    copyPrefix: (asked: PrefixTransfer, options: WorkOptions = {}) =>
      transfer('copy', copyRecord, asked, options),

    /** The same, and the sources are deleted. */
    movePrefix: (asked: PrefixTransfer, options: WorkOptions = {}) =>
      transfer('rename', moveRecord, asked, options),
  };
}

/**
 * The keys as they were before the transfer, each before another key takes its place. If the
 * targets lie among the sources, all keys are held in memory and sorted by length, since all of
 * them grow or shrink alike.
 */
function* keysInOrder({ bucket, prefix, target, targetPrefix }: PrefixTransfer): Generator<string> {
  const isAmong = targetPrefix.startsWith(prefix) || prefix.startsWith(targetPrefix);
  if (bucket.name === target.name && isAmong) {
    const isLonger = targetPrefix.length > prefix.length;
    const keys = [...listKeys(bucket, { prefix })].sort((a, b) => a.length - b.length);
    yield* isLonger ? keys.reverse() : keys;
    return;
  }
  for (let page: string[] = [], after: string | undefined; ; after = page.at(-1)) {
    page = [...listKeys(bucket, { prefix, after, limit: PAGE_KEYS })];
    yield* page;
    if (page.length < PAGE_KEYS) return;
  }
}
