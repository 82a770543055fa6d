/**
 * What a component costs: its start, calls of the host, beside the same guest on a host that is a Map, its writes at
 * each pace, streams, and what it leaves behind. The guest is test/guests/bench.c; `absent` is `exists` of keys that
 * are not there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, run, sideBySide } from './measure.js';

/** Short runs vary more than long ones. */
const ROUNDS_FACTOR = 4;

const CALLS = 500_000;

/** Calls that are made on both hosts. */
const COMPARED_CALLS = {
  exists: 300_000,
  get: 300_000,
  set: 100_000,
  increment: 100_000,
  keys: 200,
  batch: 500,
};

/** Writes that each wait for the disk, and those that share transactions. */
const DURABLE_WRITES = 2000;
const PACED_WRITES = 200_000;

/** Bytes of the value that is streamed. */
const STREAM_BYTES = 64 * 2 ** 20;

/** The calls after which memory must not grow, and many times as many. */
const FEW_CALLS = 300_000;
const MANY_CALLS = 1_000_000;

/** By how much it may differ between the two all the same. */
const MEMORY_GROWTH = 1.2;

const guest = (name) => {
  const folder = name === 'count' ? '../../examples' : '../guests';
  return fileURLToPath(new URL(`${folder}/${name}.wasm`, import.meta.url));
};

export async function bench({ folder, kv, rounds, report }) {
  const env = { KV_STORE: join(folder, 'components') };
  const zeroes = join(folder, 'zeroes');
  writeFileSync(zeroes, Buffer.alloc(STREAM_BYTES));
  await run(process.execPath, [kv, 'set', 'key', 'value'], { env });
  await run(process.execPath, [kv, 'set', 'large'], { env, stdin: zeroes });
  const runGuest = (name, ...words) =>
    run(process.execPath, [kv, 'run', guest(name), '--', ...words], { env });
  await runGuest('count');
  await runGuest('bench', 'exists', '1');

  const starts = await sideBySide(rounds * ROUNDS_FACTOR, {
    'node -e 0': () => run(process.execPath, ['-e', '0'], { env }),
    'kv run': () => runGuest('count'),
  });
  report.compare('A run of a small component', starts, { base: 'node -e 0' });

  const empty = await timeOf(rounds, () => runGuest('bench', 'exists', '1'));
  for (const name of ['exists', 'absent', 'get']) {
    const seconds = await timeOf(rounds, () => runGuest('bench', name, String(CALLS)));
    report.figure(`Calls of ${name}`, CALLS / (seconds - empty), 'calls/s');
  }

  await compareWithMap({ env, kv, rounds, report });

  const written = { KV_STORE: join(folder, 'written') };
  await run(process.execPath, [kv, 'set', 'key', 'value'], { env: written });
  for (const [pace, writes] of Object.entries({
    each: DURABLE_WRITES,
    '100ms': PACED_WRITES,
    exit: PACED_WRITES,
  })) {
    const runPaced = (name, count) =>
      run(
        process.execPath,
        [kv, 'run', guest('bench'), '--sync', pace, '--', name, String(count)],
        {
          env: written,
        },
      );
    for (const name of ['set', 'increment']) {
      const seconds = await timeOf(rounds, () => runPaced(name, writes));
      report.figure(`Calls of ${name}, --sync ${pace}`, writes / (seconds - empty), 'calls/s');
    }
  }

  const mebibytes = STREAM_BYTES / 2 ** 20;
  const megabytes = STREAM_BYTES / 1e6;
  for (const [name, words] of [
    ['read', ['read']],
    ['written', ['write', String(mebibytes)]],
  ]) {
    const seconds = await timeOf(rounds, () => runGuest('bench', ...words));
    const title = `A value of ${mebibytes} MiB, ${name} by a stream`;
    report.figure(title, megabytes / (seconds - empty), 'MB/s');
  }

  for (const name of ['exists', 'get']) {
    const few = await runGuest('bench', name, String(FEW_CALLS));
    const many = await runGuest('bench', name, String(MANY_CALLS));
    const most = Math.round(few.peak * MEMORY_GROWTH);
    report.figure(`Memory after ${MANY_CALLS} calls of ${name}`, many.peak, 'MiB', most);
  }
}

/** Calls of both hosts in turn, without what each needs to start. */
async function compareWithMap({ env, kv, rounds, report }) {
  const mapHost = fileURLToPath(new URL('map-host.js', import.meta.url));
  const hosts = {
    'a host that is a Map': (...words) => run(process.execPath, [mapHost, ...words]),
    kv: (...words) =>
      run(process.execPath, [kv, 'run', guest('bench'), '--sync', '100ms', '--', ...words], {
        env,
      }),
  };
  for (const [name, calls] of Object.entries(COMPARED_CALLS)) {
    const contests = (count) =>
      Object.fromEntries(
        Object.entries(hosts).map(([host, start]) => [host, () => start(name, String(count))]),
      );
    const empty = await sideBySide(rounds, contests(1));
    const full = await sideBySide(rounds, contests(calls));
    const took = Object.fromEntries(
      Object.entries(full).map(([host, times]) => [
        host,
        times.map((seconds) => Math.max(0.001, seconds - median(empty[host]))),
      ]),
    );
    report.compare(`${calls} calls of ${name}`, took, { base: 'a host that is a Map' });
  }
}

/** The median of several runs, in seconds. */
async function timeOf(rounds, contest) {
  const times = [];
  for (let round = 0; round < rounds; round++) times.push((await contest()).seconds);
  return median(times);
}
