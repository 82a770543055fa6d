/**
 * How cost grows with the number of records, and with the bytes of a value: kv's verbs, peers, and what
 * bounds them, at each power of ten, or of four. BENCH_RECORDS and BENCH_BYTES are the largest.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, run, sideBySide } from './measure.js';
import { keyOf, writeAll } from './records.js';
import { withRedis } from './redis.js';

const LEAST_RECORDS = 1_000;
const LEAST_BYTES = 1024;

/** Bytes: a value of Redis can have no more. */
const REDIS_VALUE_BYTES = 512 * 2 ** 20;

/** A round that takes longer, in seconds, is the last one. */
const LONG_SECONDS = 5;

/** Keys below one prefix. */
const PREFIX_KEYS = 100;

export async function bench({ folder, kv, bytes, records, rounds, report }) {
  const store = join(folder, 'growth');
  const env = { KV_STORE: store };
  const kvRun = (words, more) => run(process.execPath, [kv, '-q', ...words], { env, ...more });
  await withRedis(folder, async (redis) => {
    await byRecords({ folder, store, kvRun, redis, records, rounds, report });
    rmSync(store, { recursive: true, force: true });
    await byBytes({ folder, kvRun, redis, bytes, rounds, report });
  });
}

async function byRecords({ folder, store, kvRun, redis, records, rounds, report }) {
  const curves = {
    commands: new Curve('Commands on a store of so many records', rounds),
    listing: new Curve('Listing and counting', rounds),
    import: new Curve('Import', rounds),
    export: new Curve('Export', rounds),
  };
  const { commands, listing, import: importing, export: exporting } = curves;
  for (let count = LEAST_RECORDS; count <= records; count *= 10) {
    const shuffled = await writeAll(folder, count, { shuffled: true });
    const files = await writeAll(folder, count);
    const database = join(folder, 'growth.sqlite');
    const peer = join(folder, 'growth.mdb');
    const fresh = (path) => rmSync(path, { recursive: true, force: true });
    const loading = (file) => () => {
      fresh(store);
      return kvRun(['import', file]);
    };
    await importing.measure(count, {
      'kv import, in random order': loading(shuffled.ndjson),
      'kv import': loading(files.ndjson),
      'sqlite3 .import': () => {
        fresh(database);
        const table = 'create table kv (key text primary key, value text)';
        return run('sqlite3', [database, table, `.import --csv --skip 1 ${files.csv} kv`]);
      },
      mdb_load: () => {
        fresh(peer);
        return run('mdb_load', ['-n', '-f', files.mdb, peer]);
      },
      'redis-cli --pipe': async () => {
        await run('redis-cli', [...redis, 'flushall']);
        return run('redis-cli', [...redis, '--pipe'], { stdin: files.redis });
      },
      'dd conv=fsync': () =>
        run('dd', [`if=${files.ndjson}`, `of=${join(folder, 'copy')}`, 'bs=1M', 'conv=fsync'], {
          stderr: 'ignore',
        }),
    });
    const query = join(folder, 'growth.sql');
    writeFileSync(query, '.mode json\nselect key, value from kv order by key;\n');
    await exporting.measure(count, {
      'kv export': () => kvRun(['export']),
      'kv export --format csv': () => kvRun(['export', '--format', 'csv']),
      'sqlite3 as json': () => run('sqlite3', [database], { stdin: query }),
      'sqlite3 as a list': () => run('sqlite3', [database, 'select key, value from kv']),
      mdb_dump: () => run('mdb_dump', ['-n', peer]),
      'cat of the file': () => run('cat', [files.ndjson]),
    });
    const prefix = keyOf(0).slice(0, -Math.log10(PREFIX_KEYS));
    await listing.measure(count, {
      'kv keys': () => kvRun(['keys']),
      'kv keys PREFIX': () => kvRun(['keys', prefix]),
      'kv keys --count': () => kvRun(['keys', '--count']),
      'kv store info': () => kvRun(['store', 'info']),
      'sqlite3 select key': () => run('sqlite3', [database, 'select key from kv']),
      'sqlite3 select count': () => run('sqlite3', [database, 'select count(*) from kv']),
    });
    const key = keyOf(Math.floor(count / 2));
    const change = `insert or replace into kv values ('${key}', 'v')`;
    await commands.measure(count, {
      'kv get': () => kvRun(['get', key]),
      'kv set': () => kvRun(['set', key, 'v']),
      'kv incr': () => kvRun(['incr', 'n']),
      'sqlite3 select': () => run('sqlite3', [database, `select * from kv where key = '${key}'`]),
      'sqlite3 insert': () => run('sqlite3', [database, change]),
      'redis-cli get': () => run('redis-cli', [...redis, 'get', key]),
      'node -e 0': () => run(process.execPath, ['-e', '0']),
    });
  }
  for (const [name, curve] of Object.entries(curves)) curve.tell(name, 'records', report);
}

async function byBytes({ folder, kvRun, redis, bytes, rounds, report }) {
  const into = new Curve('A value in, from a file', rounds);
  const out = new Curve('A value out', rounds);
  const input = join(folder, 'growth.value');
  const copy = join(folder, 'growth.copy');
  for (let size = LEAST_BYTES; size <= bytes; size *= 4) {
    await run(
      'dd',
      ['if=/dev/urandom', `of=${input}`, 'iflag=count_bytes', `count=${size}`],
      quiet,
    );
    const fitsRedis = size < REDIS_VALUE_BYTES;
    await into.measure(size, {
      'kv set': () => kvRun(['set', 'big'], { stdin: input }),
      ...(fitsRedis && {
        'redis-cli -x set': () =>
          run('redis-cli', [...redis, '-x', 'set', 'big'], { stdin: input }),
      }),
      'dd conv=fsync': () => {
        rmSync(copy, { force: true });
        return run('dd', [`if=${input}`, `of=${copy}`, 'bs=1M', 'conv=fsync'], quiet);
      },
    });
    await out.measure(size, {
      'kv get': () => kvRun(['get', 'big']),
      ...(fitsRedis && { 'redis-cli get': () => run('redis-cli', [...redis, 'get', 'big']) }),
      'cat of the file': () => run('cat', [input]),
    });
  }
  rmSync(input);
  rmSync(copy);
  into.tell('value-in', 'bytes', report);
  out.tell('value-out', 'bytes', report);
}

const quiet = { stderr: 'ignore' };

/** The medians of several lines, size by size. */
class Curve {
  #title;
  #rounds;
  #lines = {};

  constructor(title, rounds) {
    this.#title = title;
    this.#rounds = rounds;
  }

  /** Runs each in turn, and again, unless one round takes long. */
  async measure(size, contestants) {
    const samples = await sideBySide(this.#rounds, contestants, LONG_SECONDS);
    for (const [name, all] of Object.entries(samples)) {
      this.#lines[name] ??= [];
      this.#lines[name].push([size, median(all)]);
    }
  }

  tell(name, sizes, report) {
    report.curve(name, { title: this.#title, sizes, lines: this.#lines });
  }
}
