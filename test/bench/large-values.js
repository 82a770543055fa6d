/** A value larger than memory should be: writing against dd, reading against cat, and memory. */

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median, run } from './measure.js';

export async function bench({ folder, kv, bytes, rounds }) {
  const input = join(folder, 'input');
  const copy = join(folder, 'copy');
  const store = join(folder, 'large');
  const env = { KV_STORE: store };
  writeRandom(input, bytes);
  const writes = { kv: [], dd: [] };
  const reads = { kv: [], cat: [] };
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    rmSync(copy, { force: true });
    const dd = ['bs=1M', 'conv=fsync', 'status=none', `if=${input}`, `of=${copy}`];
    writes.dd.push((await run('dd', dd)).seconds);
    rmSync(copy);
    rmSync(store, { recursive: true, force: true });
    const set = await run(process.execPath, [kv, 'set', 'big'], { stdin: input, env });
    writes.kv.push(set.seconds);
    const get = await run(process.execPath, [kv, 'get', 'big'], { env });
    reads.kv.push(get.seconds);
    reads.cat.push((await run('cat', [input])).seconds);
    peak = Math.max(peak, set.peak, get.peak);
  }
  const rate = (times) => `${(bytes / 1e6 / median(times)).toFixed(0)} MB/s`;
  const ratio = (median(writes.dd) / median(writes.kv)).toFixed(2);
  console.log(
    `large-values: set writes ${rate(writes.kv)}, ${ratio} × dd conv=fsync (${rate(writes.dd)})`,
  );
  console.log(`large-values: get reads ${rate(reads.kv)}; cat of the file ${rate(reads.cat)}`);
  console.log(`large-values: anonymous memory at most ${peak.toFixed(0)} MiB (limit 128)`);
  rmSync(store, { recursive: true, force: true });
  rmSync(input);
}

function writeRandom(path, bytes) {
  const file = openSync(path, 'w');
  for (let left = bytes; left > 0; ) {
    left -= writeSync(file, randomBytes(Math.min(left, 2 ** 24)));
  }
  closeSync(file);
}
