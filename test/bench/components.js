/**
 * What a component costs: its start, calls of the host, streams, and what it
 * leaves behind. The guest is test/guests/bench.c; `absent` is `exists` of keys that are not there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, run, sideBySide } from './measure.js';

/** Short runs vary more than long ones. */
const ROUNDS_FACTOR = 4;

const CALLS = 500_000;

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

/** The median of several runs, in seconds. */
async function timeOf(rounds, contest) {
  const times = [];
  for (let round = 0; round < rounds; round++) times.push((await contest()).seconds);
  return median(times);
}
