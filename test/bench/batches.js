/** Importing and exporting a million records, beside sqlite3, mdb_load and redis-cli --pipe. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, sideBySide } from './measure.js';
import { writeAll } from './records.js';
import { withRedis } from './redis.js';

const RECORDS = 1_000_000;

/** What imports are held against: it is not durable. */
const PEER = 'redis-cli --pipe';

/** Bytes of anonymous memory, in MiB, that neither import nor export may pass. */
const MEMORY_LIMIT = 200;

export async function bench({ folder, kv, rounds, memoryRecords, report }) {
  const store = join(folder, 'batches');
  const env = { KV_STORE: store };
  const kvRun = (...words) => run(process.execPath, [kv, ...words], { env });
  const fresh = (path) => rmSync(path, { recursive: true, force: true });
  const importer = (file) => () => {
    fresh(store);
    return kvRun('-q', 'import', file);
  };

  await withRedis(folder, async (redis) => {
    for (const shuffled of [false, true]) {
      const files = await writeAll(folder, RECORDS, { shuffled });
      const database = join(folder, 'peer.sqlite');
      const samples = await sideBySide(rounds, {
        'kv import of ndjson': importer(files.ndjson),
        'kv import of csv': importer(files.csv),
        'kv import of mdb': importer(files.mdb),
        'sqlite3 .import of csv': () => {
          fresh(database);
          const table = 'create table kv (key text primary key, value text)';
          return run('sqlite3', [database, table, `.import --csv --skip 1 ${files.csv} kv`]);
        },
        mdb_load: () => {
          fresh(join(folder, 'peer.mdb'));
          return run('mdb_load', ['-n', '-f', files.mdb, join(folder, 'peer.mdb')]);
        },
        [PEER]: async () => {
          await run('redis-cli', [...redis, 'flushall']);
          return run('redis-cli', [...redis, '--pipe'], { stdin: files.redis });
        },
      });
      const order = shuffled ? 'in random order' : 'in order';
      report.compare(`Import of ${RECORDS} records ${order}`, samples, { base: PEER });
    }
  });

  const sorted = join(folder, 'sorted.csv');
  const database = join(folder, 'export.sqlite');
  const table = 'create table kv (key text primary key, value text)';
  await run('sqlite3', [database, table, `.import --csv --skip 1 ${sorted} kv`]);
  await importer(join(folder, 'sorted.ndjson'))();
  const query = join(folder, 'query.sql');
  writeFileSync(query, '.mode json\nselect key, value from kv order by key;\n');
  const samples = await sideBySide(rounds, {
    'kv export as ndjson': () => kvRun('export'),
    'kv export as csv': () => kvRun('export', '--format', 'csv'),
    'sqlite3 as json': () => run('sqlite3', [database], { stdin: query }),
    'sqlite3 as csv': () =>
      run('sqlite3', ['-csv', database, 'select key, value from kv order by key']),
    'sqlite3 as a list': () => run('sqlite3', [database, 'select key, value from kv order by key']),
  });
  report.compare(`Export of ${RECORDS} records`, samples, { base: 'sqlite3 as a list' });

  const many = await writeAll(folder, memoryRecords);
  fresh(store);
  const into = await kvRun('-q', 'import', many.ndjson);
  const out = await kvRun('export');
  for (const [name, { peak }] of Object.entries({ import: into, export: out })) {
    const title = `Private memory for an ${name} of ${memoryRecords} records`;
    report.figure(title, peak, 'MiB', MEMORY_LIMIT);
  }
}
