/**
 * The benchmarks: `npm run bench`, or `npm run bench -- start-up large-values …` for some of them.
 * Each prints ratios against a peer or a limit, measured side by side in this run.
 *
 * BENCH_BYTES: bytes of the large value, 4 GiB if not set. BENCH_ROUNDS: how often each is run.
 * BENCH_MEMORY_RECORDS: how many records memory is measured with, 10,000,000 if not set. The peers
 * are of Debian's packages sqlite3, lmdb-utils, redis-server and redis-tools.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const benches = [
  'start-up',
  'large-values',
  'listing',
  'batches',
  'scripts',
  'components',
  'prompt',
];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : benches;
const unknown = chosen.find((name) => !benches.includes(name));
if (unknown !== undefined) throw new Error(`no benchmark "${unknown}": ${benches.join(', ')}`);

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'kv-bench-'));
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0].model}`);
try {
  for (const name of chosen) {
    const { bench } = await import(`./${name}.js`);
    await bench({
      folder,
      kv: fileURLToPath(new URL('../../bin/kv.js', import.meta.url)),
      bytes: Number(process.env.BENCH_BYTES ?? 4 * 2 ** 30),
      memoryRecords: Number(process.env.BENCH_MEMORY_RECORDS ?? 10_000_000),
      rounds: Number(process.env.BENCH_ROUNDS ?? 5),
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
