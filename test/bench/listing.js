/** Listing a bucket of a million keys: beside sqlite3, when it begins, and memory. */
import { join } from 'node:path';
import { median, run } from './measure.js';
import { writeAll } from './records.js';

const KEYS = 1_000_000;

/** Bytes of anonymous memory, in MiB. */
const MEMORY_LIMIT = 150;

export async function bench({ folder, kv, rounds, report }) {
  const env = { KV_STORE: join(folder, 'listing') };
  const database = join(folder, 'listing.sqlite');
  const files = await writeAll(folder, KEYS);
  await run(process.execPath, [kv, '-q', 'import', files.ndjson], { env });
  const table = 'create table kv (key text primary key, value text)';
  await run('sqlite3', [database, table, `.import --csv --skip 1 ${files.csv} kv`]);
  const samples = { 'sqlite3 select key': [], 'kv keys': [] };
  const firstBytes = [];
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    const select = await run('sqlite3', [database, 'select key from kv order by key']);
    samples['sqlite3 select key'].push(select.seconds);
    const listing = await run(process.execPath, [kv, 'keys'], { stdout: 'pipe', env });
    samples['kv keys'].push(listing.seconds);
    firstBytes.push(listing.firstByte);
    peak = Math.max(peak, listing.peak);
  }
  report.compare(`${KEYS} keys`, samples, { base: 'sqlite3 select key' });
  report.figure('The first of them', median(firstBytes), 'ms');
  report.figure('Private memory for it', peak, 'MiB', MEMORY_LIMIT);
}
