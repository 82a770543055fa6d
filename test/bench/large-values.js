/** A value larger than memory should be: writing against dd, reading against cat, and memory. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.js';

/** Bytes of anonymous memory, in MiB, that neither way may pass. */
const MEMORY_LIMIT = 128;

export async function bench({ folder, kv, bytes, rounds, report }) {
  const input = join(folder, 'input');
  const copy = join(folder, 'copy');
  const store = join(folder, 'large');
  const env = { KV_STORE: store };
  writeRandom(input, bytes);
  const writes = { 'dd conv=fsync': [], 'kv set': [] };
  const reads = { 'cat of the file': [], 'kv get': [] };
  const rate = ({ seconds }) => bytes / 1e6 / seconds;
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    rmSync(copy, { force: true });
    const dd = ['bs=1M', 'conv=fsync', 'status=none', `if=${input}`, `of=${copy}`];
    writes['dd conv=fsync'].push(rate(await run('dd', dd)));
    rmSync(copy);
    rmSync(store, { recursive: true, force: true });
    const set = await run(process.execPath, [kv, '-q', 'set', 'big'], { stdin: input, env });
    writes['kv set'].push(rate(set));
    const get = await run(process.execPath, [kv, 'get', 'big'], { env });
    reads['kv get'].push(rate(get));
    reads['cat of the file'].push(rate(await run('cat', [input])));
    peak = Math.max(peak, set.peak, get.peak);
  }
  const size = `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  const unit = 'MB/s';
  report.compare(`A value of ${size} in`, writes, { base: 'dd conv=fsync', unit });
  report.compare(`A value of ${size} out`, reads, { base: 'cat of the file', unit });
  report.figure('Private memory for it', peak, 'MiB', MEMORY_LIMIT);
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
