/** Listing a bucket of a million keys: when it begins, how long it takes, and memory. */
import { join } from 'node:path';
import { median, run } from './measure.js';
import { writeRecords } from './records.js';

const KEYS = 1_000_000;

export async function bench({ folder, kv, rounds }) {
  const store = join(folder, 'listing');
  const env = { KV_STORE: store };
  const records = join(folder, 'listing.ndjson');
  await writeRecords(records, KEYS, (key) => `{"key":"${key}","value":"v"}\n`);
  await run(process.execPath, [kv, '-q', 'import', records], { env });
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
