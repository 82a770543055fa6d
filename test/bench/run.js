/**
 * The benchmarks: `npm run bench`, or `npm run bench -- start-up batches …` for some of them. Each tells
 * ratios against a peer or a limit, measured side by side in this run.
 *
 * `--json` prints all that was found as one object instead. `--write` puts the tables and the pictures of what
 * was run into BENCHMARKS.md and docs/benchmarks/.
 *
 * BENCH_ROUNDS: how often each is run. BENCH_BYTES: bytes of the largest value. BENCH_RECORDS: the most records
 * that growth is measured with. BENCH_MEMORY_RECORDS: how many records memory is measured with. BENCH_FOLDER:
 * where all this is stored. The peers are of Debian's packages sqlite3, lmdb-utils, redis-server
 * and redis-tools.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Report } from './report.js';
import { writeBenchmarks } from './write-benchmarks.js';

const benches = [
  'start-up',
  'large-values',
  'listing',
  'searching',
  'batches',
  'scripts',
  'components',
  'prompt',
  'growth',
];
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, write: { type: 'boolean' } },
});
const chosen = positionals.length > 0 ? positionals : benches;
const unknown = chosen.find((name) => !benches.includes(name));
if (unknown !== undefined) throw new Error(`no benchmark "${unknown}": ${benches.join(', ')}`);

const print = options.json ? () => {} : console.log;
const machine = {
  node: process.version,
  processor: `${cpus().length} × ${cpus()[0].model.trim()}`,
  system: `Linux ${release()}`,
  date: new Date().toISOString().slice(0, 10),
};
print(`Node ${machine.node}, ${machine.processor}, ${machine.system}`);
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'kv-bench-'));
const reports = {};
try {
  for (const name of chosen) {
    const { bench } = await import(`./${name}.js`);
    const report = new Report(print);
    await bench({
      folder,
      kv: fileURLToPath(new URL('../../bin/kv.js', import.meta.url)),
      bytes: Number(process.env.BENCH_BYTES ?? 4 * 2 ** 30),
      records: Number(process.env.BENCH_RECORDS ?? 1_000_000),
      memoryRecords: Number(process.env.BENCH_MEMORY_RECORDS ?? 10_000_000),
      rounds: Number(process.env.BENCH_ROUNDS ?? 5),
      report,
    });
    reports[name] = report;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify({ machine, reports }, undefined, 2));
if (options.write) writeBenchmarks({ machine, reports });
