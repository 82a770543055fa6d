/**
 * Sets a key to an upload: a short one is sent with its script, the chunks of a long one are sent
 * first.
 */
import { crc32 } from 'node:zlib';
import type { Condition, Unmet } from '../condition.js';
import type { Version } from '../record.js';
import type { PutOptions } from '../store.js';
import type { Entry } from './catalogue-entry.js';
import { encodeManifest, INLINE_BYTES, kinds, type Manifest } from './layout.js';
import type { Given } from './packed-writes.js';
import { lostChunks, type Naming, type RedisUpload } from './redis-upload.js';
import { refusalOf, wordsOf } from './script-conditions.js';
import type { ShardCalls } from './shard-calls.js';

/** Throws `no-bucket`, `read-only`, and errors of writing. */
export function put(
  calls: ShardCalls,
  bucket: string,
  key: string,
  upload: RedisUpload,
  condition: Condition | undefined,
  expires: PutOptions['expires'],
  kept: Pick<Given, 'version' | 'modified'> = {},
): Version | Unmet {
  const action = `set "${key}"`;
  calls.mayWrite(action);
  const bytes = upload.size <= INLINE_BYTES ? upload.contents() : undefined;
  const placed: Naming[] = [];
  const answer = calls.callKey(bucket, key, action, 'put', (entry) => [
    key,
    ...wordsOf(condition),
    String(bytes ? kinds.inline : kinds.chunked),
    String(bytes ? crc32(bytes) : 0),
    expires === 'kept' ? expires : String(expires ?? 0),
    String(upload.size),
    bytes ?? encodeManifest(place(calls, entry, key, upload, action, placed)),
    String(kept.version ?? 0),
    String(kept.modified ?? 0),
  ]);
  // The chunks placed last belong to the record now; earlier ones to a bucket that the name no
  // longer refers to.
  if (String(answer[0]) === 'done') placed.pop();
  for (const naming of placed) upload.displace(naming);
  if (String(answer[0]) === 'lost') throw lostChunks(action);
  return refusalOf(answer, condition) ?? Number(answer[1]);
}

/** Writes the chunks of a value beside the place of its key, and adds their names. */
function place(
  calls: ShardCalls,
  entry: Entry,
  key: string,
  upload: RedisUpload,
  action: string,
  placed: Naming[],
): Manifest {
  const shard = calls.shardOfKey(entry, key);
  const manifest = upload.nextManifest();
  const naming: Naming = (index) => shard.chunk(manifest.upload, index);
  placed.push(naming);
  try {
    upload.place(naming, action);
  } catch (error) {
    // They expire if they cannot be deleted: the first error is the one to report.
    try {
      for (const one of placed) upload.displace(one);
    } catch {}
    throw error;
  }
  return manifest;
}
