/**
 * Many writes to one bucket, in order for each key: short values by the thousand, long ones one by
 * one.
 */
import { Unmet } from '../condition.js';
import type { Version } from '../record.js';
import { INLINE_BYTES, shardOf } from './layout.js';
import { type Given, PackedWrites } from './packed-writes.js';
import type { RedisUpload } from './redis-upload.js';
import type { ShardCalls } from './shard-calls.js';

/** How values too long for a batch are written. */
export interface LongWrites {
  upload(): RedisUpload;
  put(key: string, upload: RedisUpload, given: Given | undefined): Version | Unmet;
}

export interface Written {
  /** The number of writes made. */
  readonly made: number;
  /**
   * The positions of those not made: deletions of missing keys, and puts that keep an existing
   * value.
   */
  readonly refused: readonly number[];
}

export interface BulkWrites {
  /** Returns whether something was sent, which takes time. Throws errors of writing. */
  put(key: Uint8Array, value: Uint8Array, given?: Given): boolean;
  /** The upload may be closed when it returns. */
  putUpload(key: string, upload: RedisUpload, given?: Given): void;
  delete(key: string): void;
  /** Sends the rest. */
  finish(): Written;
}

/** `keeps`: an existing key keeps its value. */
export function bulkWrites(
  calls: ShardCalls,
  bucket: string,
  action: string,
  keeps: boolean,
  long: LongWrites,
): BulkWrites {
  const { shards } = calls.catalogue.entry(bucket);
  let waiting = new Map<number, PackedWrites>();
  let position = 0;
  let made = 0;
  const refused: number[] = [];

  const flush = (): void => {
    const sent = waiting;
    waiting = new Map();
    if (sent.size === 0) return;
    const answer = calls.call(bucket, action, () =>
      [...sent].map(([shard, writes]) => ({
        shard,
        script: 'batch',
        words: [keeps ? 'keep' : 'overwrite', writes.packed()],
      })),
    );
    for (const [index, { positions }] of [...sent.values()].entries()) {
      const marks = answer[index]![1] as Buffer;
      for (const [at, where] of positions.entries()) {
        if (marks[at] === MADE) made++;
        else refused.push(where);
      }
    }
  };

  const add = (key: Uint8Array, write: (to: PackedWrites) => void): boolean => {
    const shard = shardOf(key, shards);
    let to = waiting.get(shard);
    if (to === undefined) {
      to = new PackedWrites();
      waiting.set(shard, to);
    }
    write(to);
    position++;
    if (to.isFull) flush();
    return waiting.size === 0;
  };

  const putLong = (key: string, upload: RedisUpload, given: Given | undefined): void => {
    flush();
    if (long.put(key, upload, given) instanceof Unmet) refused.push(position);
    else made++;
    position++;
  };

  return {
    put(key, value, given) {
      if (value.length <= INLINE_BYTES) {
        return add(key, (to) => to.put(position, key, value, given));
      }
      const upload = long.upload();
      try {
        upload.append(value);
        putLong(Buffer.from(key).toString(), upload, given);
      } finally {
        upload.close();
      }
      return true;
    },
    putUpload(key, upload, given) {
      if (upload.size > INLINE_BYTES) {
        putLong(key, upload, given);
        return;
      }
      const bytes = upload.contents();
      add(Buffer.from(key), (to) => to.put(position, Buffer.from(key), bytes, given));
    },
    delete(key) {
      const bytes = Buffer.from(key);
      add(bytes, (to) => to.delete(position, bytes));
    },
    finish() {
      flush();
      return { made, refused };
    },
  };
}

/** The script's answer for a write that was made. */
const MADE = '1'.charCodeAt(0);
