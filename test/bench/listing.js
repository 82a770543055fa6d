/** Listing a bucket of a million keys: when it begins, how long it takes, and memory. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { median, run } from './measure.js';

const KEYS = 1_000_000;
const KEYS_A_TRANSACTION = 50_000;

export async function bench({ folder, kv, rounds }) {
  const store = join(folder, 'listing');
  await load(folder, store);
  const env = { KV_STORE: store };
  const times = [];
  const firstBytes = [];
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    const listing = await run(process.execPath, [kv, 'keys'], { stdout: 'pipe', env });
    times.push(listing.seconds);
    firstBytes.push(listing.firstByte);
    peak = Math.max(peak, listing.peak);
  }
  const first = median(firstBytes).toFixed(0);
  const seconds = median(times).toFixed(2);
  console.log(`listing: keys of ${KEYS} keys: first byte after ${first} ms, all in ${seconds} s`);
  console.log(`listing: anonymous memory at most ${peak.toFixed(0)} MiB (limit 150)`);
}

/** Fills a store through the port, since no verb writes a million keys from one process yet. */
async function load(folder, path) {
  const bundle = join(folder, 'open-store.mjs');
  buildSync({
    entryPoints: ['src/store/lmdb/open-store.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { lmdb: new URL(import.meta.resolve('lmdb')).pathname },
    external: ['*/lmdb/node-index.js'],
  });
  const { openStore } = await import(pathToFileURL(bundle).href);
  const store = await openStore(path, 'write');
  const bucket = store.createBucket('default');
  for (let key = 0; key < KEYS; ) {
    store.transaction(() => {
      for (const end = key + KEYS_A_TRANSACTION; key < end; key++) {
        const upload = store.upload();
        upload.append(Buffer.from('v'));
        upload.store(bucket, `user:${String(key).padStart(10, '0')}`);
        upload.close();
      }
    });
  }
  await store.close();
}
