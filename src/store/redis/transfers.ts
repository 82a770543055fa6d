/** Copies or moves a record to another key, which may be in another slot. */
import { type Condition, Unmet, unmet } from '../condition.js';
import type { Version } from '../record.js';
import type { RecordPlace, StoreBucket } from '../store.js';
import type { RedisUpload } from './redis-upload.js';

/** The source and target of a transfer, and how it is made. */
export interface Transfer {
  readonly from: StoreBucket;
  readonly key: string;
  /** The bucket of the target. */
  readonly to: StoreBucket;
  readonly target: RecordPlace;
  /** Begins the upload of a copy. */
  readonly upload: () => RedisUpload;
}

/** Undefined for a missing key; the condition is on the target. */
export function copied(
  transfer: Transfer,
  condition: Condition | undefined,
): Version | Unmet | undefined {
  return copyOnce(transfer, condition)?.outcome;
}

/**
 * The same, and the key is deleted. The target is written first, and the source is deleted if it
 * has not changed; if it has, the target is written again with its new value. A process that is
 * killed in between leaves both.
 */
export function moved(
  transfer: Transfer,
  condition: Condition | undefined,
): Version | Unmet | undefined {
  const { from, key } = transfer;
  let on = condition;
  for (let last: Version | undefined; ; on = undefined) {
    const made = copyOnce(transfer, on);
    if (made === undefined) return last;
    const { version, outcome } = made;
    if (outcome instanceof Unmet || isInPlace(transfer)) return outcome;
    if (!(from.delete(key, { kind: 'version', version }) instanceof Unmet)) return outcome;
    last = outcome;
  }
}

/** The version that was copied, and the outcome. */
interface Copied {
  readonly version: Version;
  readonly outcome: Version | Unmet;
}

function copyOnce(transfer: Transfer, condition: Condition | undefined): Copied | undefined {
  const { from, key, to, target } = transfer;
  const value = from.get(key);
  if (value === undefined) return undefined;
  const { version, expires } = value;
  const upload = transfer.upload();
  try {
    if (isInPlace(transfer)) {
      return { version, outcome: (condition && unmet(condition, value)) ?? version };
    }
    upload.appendAll(value);
    return { version, outcome: to.put(target.key, upload, { condition, expires }) };
  } finally {
    value.close();
    upload.close();
  }
}

function isInPlace({ from, key, target }: Transfer): boolean {
  return target.bucket === from.name && target.key === key;
}
