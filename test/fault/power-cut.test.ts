/**
 * The power goes at any moment of a run: of what was written since the last sync, any pages may be on the
 * disk and any may not. Whichever they are, what was acknowledged is there and the store is sound.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { howMany, LONG_MS } from '../support/length.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { buildDiskShim, type Call, CallKind, canPreload, readLog } from './disk-shim.js';
import { runKv } from './kv-process.js';

/** How many states of the file are looked at. */
const STATES = howMany(8, 500);

/** What reaches the disk as a whole. */
const PAGE_BYTES = 4096;

const random = randomNumbers();

describe.skipIf(!canPreload())('when the power goes', () => {
  it(
    'what was acknowledged is there, and the store is sound',
    async () => {
      const folder = temporaryFolder();
      const log = join(folder, 'log');
      const env = { LD_PRELOAD: buildDiskShim(), KV_DISK_LOG: log };
      const records = Array.from(
        { length: 3000 },
        (_, i) => `{"key":"p/${i}","value":"${'v'.repeat(i % 90)}"}\n`,
      );
      writeFileSync(join(folder, 'large'), 'l'.repeat(700_000));
      /** How long the log was when each count was acknowledged. */
      const acknowledged: number[] = [];
      const run = async (words: readonly string[], input = '') => {
        const { status, stderr } = await runKv(folder, ['-s', 'store', ...words], { env, input });
        expect(status, stderr).toBe(0);
      };
      await run(['bucket', 'create', 'counts']);
      for (let round = 0; round < 4; round++) {
        await run(
          ['import', '--mode', round % 2 === 0 ? 'upsert' : 'replace', '--create'],
          records.join(''),
        );
        for (const words of [
          ['set', 'large', '-f', 'large'],
          ['delete', '--prefix', 'p/1', '-y'],
          ['store', 'compact'],
        ]) {
          await run(words);
          await run(['incr', 'count', '-b', 'counts']);
          acknowledged.push(statSync(log).size);
        }
      }
      const calls = readLog(log);
      const first = calls.findIndex(({ end }) => end >= acknowledged[0]!);
      for (let state = 0; state < STATES; state++) {
        // Spread over the run, each at another place.
        const cut =
          first + 1 + Math.floor(((calls.length - first - 1) * (state + random())) / STATES);
        const store = join(folder, `state-${state}`);
        mkdirSync(store);
        writeFileSync(join(store, 'data.mdb'), fileAfter(calls, cut));
        const done = calls[cut - 1]!.end;
        const least = acknowledged.filter((length) => length <= done).length;
        const count = await runKv(folder, ['-s', store, 'get', 'count', '-b', 'counts']);
        expect(
          Number(count.stdout),
          `cut at ${cut} of ${calls.length}: ${count.stderr}`,
        ).toBeGreaterThanOrEqual(least);
        const check = await runKv(folder, ['-s', store, 'store', 'check']);
        expect(
          check.status,
          `cut at ${cut} of ${calls.length}: ${check.stdout}${check.stderr}`,
        ).toBe(0);
      }
      process.stdout.write(`power cut: ${STATES} states of ${calls.length} calls, nothing lost\n`);
    },
    LONG_MS,
  );
});

/** The file when the power goes before call number `cut`: what was synced, and pages of the rest at random. */
function fileAfter(calls: readonly Call[], cut: number): Buffer {
  const lastSync = calls.findLastIndex(({ what }, index) => what === CallKind.sync && index < cut);
  const size = Math.max(...calls.map(({ position, bytes }) => position + bytes.length));
  const file = Buffer.alloc(size);
  let end = 0;
  for (const [index, { what, position, bytes }] of calls.slice(0, cut + 1).entries()) {
    const isSure = index < lastSync || (what === CallKind.writeSynced && index < cut);
    if (what === CallKind.truncate && (isSure || random() < 0.5)) end = position;
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, PAGE_BYTES - ((position + at) % PAGE_BYTES));
      if (isSure || random() < 0.5) {
        bytes.copy(file, position + at, at, at + length);
        end = Math.max(end, position + at + length);
      }
      at += length;
    }
  }
  return file.subarray(0, end);
}
