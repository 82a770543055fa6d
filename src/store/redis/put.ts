/** Makes an upload the value of a key: a short one crosses with its script, of a long one the chunks go first. */
import { crc32 } from 'node:zlib';
import type { Condition, Unmet } from '../condition.js';
import type { Version } from '../record.js';
import type { PutOptions } from '../store.js';
import type { Entry } from './catalogue.js';
import { encodeManifest, INLINE_BYTES, kinds, type Manifest } from './layout.js';
import { lostChunks, type Naming, type RedisUpload } from './redis-upload.js';
import { refusalOf, wordsOf } from './script-conditions.js';
import type { ShardCalls } from './shard-calls.js';

/** Throws `no-bucket`, `read-only`, and what writing throws. */
export function put(
  calls: ShardCalls,
  bucket: string,
  key: string,
  upload: RedisUpload,
  condition: Condition | undefined,
  expires: PutOptions['expires'],
): Version | Unmet {
  const action = `set "${key}"`;
  calls.mayWrite(action);
  const bytes = upload.size <= INLINE_BYTES ? upload.contents() : undefined;
  const placed: Naming[] = [];
  const told = calls.callKey(bucket, key, action, 'put', (entry) => [
    key,
    ...wordsOf(condition),
    String(bytes ? kinds.inline : kinds.chunked),
    String(bytes ? crc32(bytes) : 0),
    expires === 'kept' ? expires : String(expires ?? 0),
    String(upload.size),
    bytes ?? encodeManifest(place(calls, entry, key, upload, action, placed)),
  ]);
  // What was placed last is the record's now; what was before is of a bucket that the name no longer leads to.
  if (String(told[0]) === 'done') placed.pop();
  for (const naming of placed) upload.displace(naming);
  if (String(told[0]) === 'lost') throw lostChunks(action);
  return refusalOf(told, condition) ?? Number(told[1]);
}

/** Writes the chunks of a value beside where its key is to be, and enters their names. */
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
    // They expire where they cannot be deleted: what went wrong first is to be told.
    try {
      for (const one of placed) upload.displace(one);
    } catch {}
    throw error;
  }
  return manifest;
}
