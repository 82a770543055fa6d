/** What processes that are killed leave in a store: an upload, and the draft of a bucket. And records that have expired. */
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { figuresOf, type StoreFigures } from '../support/store-figures.js';
import { type Running, startKv } from './kv-process.js';

/** More than a transaction of a value that flows in. */
const UPLOADED_BYTES = 9_000_000;

/** How long to wait before looking again, in ms. */
const LOOK_AGAIN_MS = 20;

/** Records that have expired, more than a writer sweeps. */
export const EXPIRED = 6000;

/** What a store tells, by opening it for reading alone: nothing is collected. */
export async function figuresAt(path: string): Promise<StoreFigures> {
  const store = (await openStore(path, 'read'))!;
  try {
    return figuresOf(store);
  } finally {
    await store.close();
  }
}

/** Adds records to the bucket "default" that have expired, and are there. */
export async function leaveExpired(path: string, count = EXPIRED): Promise<void> {
  const store = (await openStore(path, 'write', undefined, () => 0))!;
  await store.transaction(async () => {
    const bucket = store.ensureBucket('default');
    for (let number = 0; number < count; number++) {
      bucket.increment(`expired ${number}`, 1n);
      bucket.expire(`expired ${number}`, 1);
    }
  });
  await store.close();
}

/** Begins a value that does not end. Resolves when some of it is in the store. */
export async function beginUpload(folder: string, path: string): Promise<Running> {
  const running = startKv(folder, ['-s', path, 'set', 'unfinished', '-']);
  running.process.stdin.write(Buffer.alloc(UPLOADED_BYTES, 'unfinished'));
  await untilUploads(path, 1);
  return running;
}

/** Begins an import in place of a bucket, whose input does not end. Resolves when its draft is in the store. */
export async function beginDraft(folder: string, path: string, bucket: string): Promise<Running> {
  const { uploads } = await figuresAt(path);
  const words = ['-s', path, '-b', bucket, 'import', '--create', '--mode', 'replace', '-'];
  const running = startKv(folder, words);
  running.process.stdin.write('{"key":"a","value":"1"}\n');
  await untilUploads(path, uploads + 1);
  return running;
}

async function untilUploads(path: string, count: number): Promise<void> {
  while ((await figuresAt(path)).uploads < count) await pause(LOOK_AGAIN_MS);
}

/** As `kill -9` does. */
export async function kill({ process, ended }: Running): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}
