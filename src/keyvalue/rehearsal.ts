/** The dry run of a load: what it would do, without writing. */
import type { RecordBatch } from '../store/record-batch.js';
import type { Existing, StoreBucket } from '../store/store.js';

/** The target of a load. */
export interface StoredTarget {
  readonly name: string;
  /** Undefined in a dry run for a bucket that does not exist yet. */
  readonly stored: StoreBucket | undefined;
}

export class Rehearsal {
  /** The keys, with their buckets, that would have been written. */
  readonly #imagined = new Set<string>();

  /**
   * The positions in a batch of the records that a load would refuse because it keeps existing
   * ones.
   */
  refused(target: StoredTarget, batch: RecordBatch, existing: Existing): number[] {
    const positions: number[] = [];
    for (let position = 0; position < batch.count; position++) {
      if (!this.isThere(target, batch.key(position))) continue;
      positions.push(position);
      if (existing === 'stop') break;
    }
    return positions;
  }

  /** Whether a key exists, or would by now; if not, it does from here on. */
  isThere({ name, stored }: StoredTarget, key: string): boolean {
    if (stored?.stat(key) !== undefined) return true;
    // No bucket's name contains the separating character.
    const imagined = `${name}\0${key}`;
    if (this.#imagined.has(imagined)) return true;
    this.#imagined.add(imagined);
    return false;
  }
}
