/** Reads records by their keys: each shard is asked once for all of its own. */
import type { Entry } from './catalogue-entry.js';
import { shardOf } from './layout.js';
import type { Ask, ShardCalls } from './shard-calls.js';

/** Keys in one call, for callers with many. */
export const KEYS_OF_CALL = 2000;

/** A record with its value, or only its header. */
type Part = 'whole' | 'header';

export interface Lookup {
  /** The bucket's entry that was used. */
  readonly entry: Entry;
  /** By the position of the key; undefined for a missing key. */
  readonly records: readonly (Buffer | undefined)[];
}

/** Throws `no-bucket`. */
export function lookUp(
  calls: ShardCalls,
  bucket: string,
  keys: readonly string[],
  part: Part,
): Lookup {
  const action = keys.length === 1 ? `get "${keys[0]}"` : `get keys of bucket "${bucket}"`;
  let used: Entry | undefined;
  let positions: readonly (readonly number[])[] = [];
  const answer = calls.call(bucket, action, (entry) => {
    used = entry;
    const byShard = positionsByShard(keys, entry.shards);
    positions = [...byShard.values()];
    return [...byShard].map(([shard, some]): Ask => {
      return { shard, script: 'get', words: [part, ...some.map((position) => keys[position]!)] };
    });
  });
  const records: (Buffer | undefined)[] = Array.from({ length: keys.length });
  for (const [index, some] of positions.entries()) {
    for (const [at, position] of some.entries()) {
      const record = answer[index]![at + 1] as Buffer;
      records[position] = record.length === 0 ? undefined : record;
    }
  }
  return { entry: used!, records };
}

function positionsByShard(keys: readonly string[], shards: number): Map<number, number[]> {
  const byShard = new Map<number, number[]>();
  for (const [position, key] of keys.entries()) {
    const shard = shardOf(Buffer.from(key), shards);
    const some = byShard.get(shard);
    if (some) some.push(position);
    else byShard.set(shard, [position]);
  }
  return byShard;
}
