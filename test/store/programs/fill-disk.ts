/**
 * Does what it is told to a copy of a store, with little room for it: either its file cannot grow by
 * more than some bytes, or the disk it is on is filled up but for so many. Answers with what came of
 * it, and with what there is afterwards.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asKvError } from '../../../src/errors.js';
import type { Bucket } from '../../../src/keyvalue/bucket.js';
import type { Keyvalue } from '../../../src/keyvalue/index.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { figuresOf } from '../../support/store-figures.js';
import {
  getBytes,
  hear,
  type OpenKeyvalue,
  openKeyvalue,
  outcomeOf,
  say,
  setBytes,
} from './program.js';

export interface Order {
  readonly action: Action;
  /** Bytes of the value that is written. */
  readonly size: number;
  /** Bytes by which the file may grow, or that are free on the disk. */
  readonly room: number;
}

export type Action =
  | 'set'
  | 'stream'
  | 'set many'
  | 'delete'
  | 'increment'
  | 'create a bucket'
  | 'copy a bucket'
  | 'drop a bucket'
  | 'open';

/** A store, where to copy it, and the file that fills the disk, if that is how room is made scarce. */
const [template, copy, ballast] = process.argv.slice(2) as [string, string, string?];

/** What the template's key holds. */
const oldValue = patternedBytes(100_000);

for (;;) {
  const order = (await hear()) as Order;
  rmSync(copy, { recursive: true, force: true });
  cpSync(template, copy, { recursive: true });
  await say(await obey(order));
}

async function obey(order: Order): Promise<unknown> {
  let keyvalue: OpenKeyvalue | undefined;
  let outcome = '';
  if (order.action === 'open') {
    limitRoom(order.room);
    outcome = await outcomeOf(async () => {
      keyvalue = await openKeyvalue(copy);
    });
    limitRoom();
  }
  keyvalue ??= await openKeyvalue(copy);
  const bucket = keyvalue.types.Bucket.openBucket('test');
  if (order.action !== 'open') {
    limitRoom(order.room);
    outcome = await outcomeOf(() => perform(keyvalue!, bucket, order));
  }
  const value = getBytes(keyvalue, bucket, 'key');
  const { buckets, keys } = figuresOf(keyvalue.store);
  limitRoom();
  setBytes(keyvalue, bucket, 'afterwards', patternedBytes(400_000, 2));
  const after = getBytes(keyvalue, bucket, 'afterwards');
  keyvalue.eventual.delete(bucket, 'afterwards');
  await keyvalue.store.close();
  const again = await openKeyvalue(copy);
  const { uploads, chunkedValues } = figuresOf(again.store);
  await again.store.close();
  return {
    outcome,
    value: value === undefined ? 'none' : nameOf(value, order.size),
    buckets,
    keys,
    uploads,
    chunkedValues,
    isUsable: after !== undefined && Buffer.compare(after, patternedBytes(400_000, 2)) === 0,
  };
}

function nameOf(value: Uint8Array, size: number): string {
  if (Buffer.compare(value, oldValue) === 0) return 'old';
  return Buffer.compare(value, patternedBytes(size, 1)) === 0 ? 'new' : 'torn';
}

function perform(keyvalue: Keyvalue, bucket: Bucket, { action, size }: Order): unknown {
  switch (action) {
    case 'set':
      return setBytes(keyvalue, bucket, 'key', patternedBytes(size, 1));
    case 'stream':
      return stream(keyvalue, bucket, size);
    case 'set many':
      return setMany(keyvalue, bucket, size);
    case 'delete':
      return keyvalue.eventual.delete(bucket, 'key');
    case 'increment':
      return keyvalue.atomic.increment(bucket, 'counter', 1n);
    case 'create a bucket':
      return keyvalue.buckets.create('new');
    case 'copy a bucket':
      return keyvalue.buckets.copy('test', 'new');
    case 'drop a bucket':
      return keyvalue.buckets.delete('other');
    default:
      throw new Error(action);
  }
}

function setMany(keyvalue: Keyvalue, bucket: Bucket, size: number): void {
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  try {
    value.outgoingValueWriteBodySync(patternedBytes(size, 1));
    keyvalue.eventualBatch.setMany(
      bucket,
      ['a', 'b', 'key'].map((key) => [key, value]),
    );
  } finally {
    value[Symbol.dispose]();
  }
}

/** Writes through the stream, which must end with the failure itself, then `closed`. */
function stream(keyvalue: Keyvalue, bucket: Bucket, size: number): void {
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  const body = value.outgoingValueWriteBodyAsync();
  const contents = patternedBytes(size, 1);
  try {
    for (let offset = 0; offset < size; ) {
      const permit = Number(body.checkWrite());
      body.write(contents.subarray(offset, offset + permit));
      offset += permit;
    }
    keyvalue.eventual.set(bucket, 'key', value);
  } catch (thrown) {
    if ((thrown as { tag?: string }).tag === undefined) throw thrown;
    try {
      body.checkWrite();
    } catch (after) {
      if ((after as { tag?: string }).tag === 'closed') throw asKvError(thrown);
    }
    throw new Error('the stream has failed and is not closed');
  } finally {
    value[Symbol.dispose]();
  }
}

function limitRoom(room?: number): void {
  if (ballast === undefined) limitFile(room);
  else fillDisk(ballast, room);
}

/** Node ignores the signal that comes with passing the limit: writes fail, or are cut short. */
function limitFile(room?: number): void {
  const size = statSync(join(copy, 'data.mdb')).size;
  const limit = room === undefined ? 'unlimited' : String(size + room);
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`]);
}

function fillDisk(path: string, room?: number): void {
  rmSync(path, { force: true });
  if (room === undefined) return;
  const { bavail, bsize } = statfsSync(copy);
  writeFileSync(path, Buffer.alloc(bavail * bsize - room));
}
