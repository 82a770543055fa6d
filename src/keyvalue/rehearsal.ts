/** What a load would come to that writes nothing. */
import type { RecordBatch } from '../store/record-batch.js';
import type { Existing, StoreBucket } from '../store/store.js';

/** Where records go, as a load writes to it. */
export interface StoredTarget {
  readonly name: string;
  /** Undefined in a dry run, where there is no such bucket yet. */
  readonly stored: StoreBucket | undefined;
}

export class Rehearsal {
  /** The keys, with their buckets, that would have been written: nothing else remembers them. */
  readonly #imagined = new Set<string>();

  /** The positions of a batch that a load would refuse, which keeps what is there. */
  refused(target: StoredTarget, batch: RecordBatch, existing: Existing): number[] {
    const positions: number[] = [];
    for (let position = 0; position < batch.count; position++) {
      if (!this.isThere(target, batch.key(position))) continue;
      positions.push(position);
      if (existing === 'stop') break;
    }
    return positions;
  }

  /** Whether a key is there, or would be by now; else it is from here on. */
  isThere({ name, stored }: StoredTarget, key: string): boolean {
    if (stored?.stat(key) !== undefined) return true;
    // No name of a bucket holds the character between.
    const imagined = `${name}\0${key}`;
    if (this.#imagined.has(imagined)) return true;
    this.#imagined.add(imagined);
    return false;
  }
}
