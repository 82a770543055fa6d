/** Looking through a million keys and a GiB of values, and emptying a queue. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, sideBySide } from './measure.js';
import { writeRecords } from './records.js';

const KEYS = 1_000_000;

/** What may be taken times the time of `kv keys`. */
const GLOB_LIMIT = 1.3;
const DU_LIMIT = 1.5;

/** Seconds. */
const DIFF_LIMIT = 1;

/** Bytes of the values that are searched, and of each. */
const SEARCHED_BYTES = 2 ** 30;
const VALUE_BYTES = 4 * 2 ** 20;

/** In MB/s, and a second. */
const GREP_FLOOR = 500;
const TAKE_FLOOR = 5000;
const JOBS = 20_000;

export async function bench({ folder, kv, rounds, report }) {
  const env = { KV_STORE: join(folder, 'searching') };
  const kvRun = (...words) => run(process.execPath, [kv, '-q', ...words], { env });
  const file = await writeRecords(
    join(folder, 'searching.ndjson'),
    KEYS,
    (key, value) => `{"key":"${key}","value":"${value}"}\n`,
  );
  await kvRun('import', file);
  const listed = await sideBySide(rounds, {
    'kv keys': () => kvRun('keys'),
    "kv keys --glob '*x'": () => kvRun('keys', '--glob', '*x'),
    'kv du': () => kvRun('du'),
    'kv du --depth 2': () => kvRun('du', '--depth', '2', '--sep', ':'),
  });
  report.compare(`${KEYS} keys (--glob: at most ${GLOB_LIMIT} ×, du: ${DU_LIMIT} ×)`, listed, {
    base: 'kv keys',
  });

  await kvRun('bucket', 'copy', 'default', 'same');
  await kvRun('bucket', 'create', 'again');
  await kvRun('-b', 'again', 'import', file);
  const compared = await sideBySide(rounds, {
    'kv export': () => kvRun('export'),
    'kv diff of a copy': () => kvRun('diff', 'default', 'same'),
    'kv diff of one loaded anew': () => kvRun('diff', 'default', 'again'),
  });
  report.compare(`Two equal buckets of ${KEYS} records (at most ${DIFF_LIMIT} s)`, compared, {
    base: 'kv export',
  });

  const value = join(folder, 'text');
  const line = 'a line of a text, in which nothing of all this is to be found\n';
  writeFileSync(value, line.repeat(Math.ceil(VALUE_BYTES / line.length)));
  const texts = Array.from(
    { length: Math.ceil(SEARCHED_BYTES / VALUE_BYTES) },
    (_, number) => `set text${number} -f ${value}\n`,
  );
  const script = join(folder, 'texts');
  writeFileSync(script, `${texts.join('')}set needle here\n`);
  await kvRun('bucket', 'create', 'texts');
  await kvRun('-b', 'texts', 'exec', script);
  const searched = await sideBySide(rounds, {
    'the floor': async () => ({ seconds: SEARCHED_BYTES / (GREP_FLOOR * 1e6) }),
    'kv grep -F': () => kvRun('-b', 'texts', 'grep', '-F', 'here'),
    'kv grep': () => kvRun('-b', 'texts', 'grep', 'h[e]re'),
  });
  report.compare(`1 GiB of values (at least ${GREP_FLOOR} MB/s)`, searched, { base: 'the floor' });

  const jobs = await writeRecords(
    join(folder, 'jobs.ndjson'),
    JOBS,
    (key, text) => `{"key":"${key}","value":"${text}"}\n`,
  );
  const takes = join(folder, 'takes');
  writeFileSync(takes, 'take --first user:\n'.repeat(JOBS));
  const taken = await sideBySide(rounds, {
    'the floor': async () => ({ seconds: JOBS / TAKE_FLOOR }),
    'kv exec': async () => {
      await kvRun('bucket', 'create', 'jobs', '--if-absent');
      await kvRun('-b', 'jobs', 'import', jobs);
      return kvRun('-b', 'jobs', 'exec', takes);
    },
  });
  report.compare(`take --first of ${JOBS} jobs (at least ${TAKE_FLOOR} a second)`, taken, {
    base: 'the floor',
  });
  rmSync(env.KV_STORE, { recursive: true, force: true });
}
