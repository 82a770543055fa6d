/**
 * The power goes at any moment of a run: of what was written since the last sync, any pages may be on the
 * disk and any may not. Whichever they are, every record is as the last acknowledged command left it, or as the
 * one that was under way would have, and the store is sound.
 */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { howMany, LONG_MS } from '../support/length.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { buildDiskShim, type Call, CallKind, canPreload, readLog } from './disk-shim.js';
import { runKv } from './kv-process.js';
import { type Contents, contentsOf, expectSound, shown } from './store-contents.js';

/** How many states of the file are looked at. */
const STATES = howMany(12, 500);

const ROUNDS = 4;

/** What reaches the disk as a whole. */
const PAGE_BYTES = 4096;

const RECORDS = 3000;
const LARGE_BYTES = 700_000;

const random = randomNumbers();

/** A command that was acknowledged. */
interface Done {
  /** How long the log was then, in bytes. */
  readonly end: number;
  readonly contents: Contents;
}

describe.skipIf(!canPreload())('when the power goes', () => {
  it(
    'what was acknowledged is there, and the store is sound',
    async () => {
      const folder = temporaryFolder();
      const log = join(folder, 'log');
      const done = await runAll(folder, log);
      const calls = readLog(log);
      const first = calls.findIndex(({ end }) => end >= done[0]!.end);
      const seen = new Set<number>();
      for (let state = 0; state < STATES; state++) {
        // Spread over the run, each at another place.
        const cut =
          first + 1 + Math.floor(((calls.length - first - 1) * (state + random())) / STATES);
        const store = join(folder, `state-${state}`);
        mkdirSync(store);
        writeFileSync(join(store, 'data.mdb'), fileAfter(calls, cut));
        const about = `cut at ${cut} of ${calls.length}`;
        const last = done.findLastIndex(({ end }) => end <= calls[cut - 1]!.end);
        seen.add(last);
        expectOneOf(await contentsOf(store), done.slice(last, last + 2), about);
        await expectSound(store, about);
        rmSync(store, { recursive: true });
      }
      process.stdout.write(
        `power cut: ${STATES} states of ${calls.length} calls after ${seen.size} of ` +
          `${done.length} commands, nothing lost\n`,
      );
    },
    LONG_MS,
  );
});

/** Each of these commands is one transaction. */
async function runAll(folder: string, log: string): Promise<Done[]> {
  const env = { LD_PRELOAD: buildDiskShim(), KV_DISK_LOG: log };
  const contents = new Map<string, string>();
  const done: Done[] = [];
  const run = async (words: readonly string[], input = '') => {
    const { status, stderr } = await runKv(folder, ['-s', 'store', ...words], { env, input });
    expect(status, stderr).toBe(0);
    done.push({ end: statSync(log).size, contents: new Map(contents) });
  };
  const removeAll = (prefix: string) => {
    for (const key of [...contents.keys()]) if (key.startsWith(prefix)) contents.delete(key);
  };
  let count = 0;
  const counted = async () => {
    contents.set('counts/count', String(++count));
    await run(['incr', 'count', '-b', 'counts']);
  };
  await run(['bucket', 'create', 'counts']);
  for (let round = 0; round < ROUNDS; round++) {
    const mode = round % 2 === 0 ? 'upsert' : 'replace';
    if (mode === 'replace') removeAll('default/');
    const lines = Array.from({ length: RECORDS }, (_, at) => {
      const value = `${round}${'v'.repeat(at % 90)}`;
      contents.set(`default/p/${at}`, value);
      return `${JSON.stringify({ key: `p/${at}`, value })}\n`;
    });
    await run(['import', '--mode', mode, '--create'], lines.join(''));
    const large = Buffer.alloc(LARGE_BYTES, `large ${round} `);
    writeFileSync(join(folder, 'large'), large);
    contents.set('default/large', shown(large));
    await run(['set', 'large', '-f', 'large']);
    await counted();
    removeAll('default/p/1');
    await run(['delete', '--prefix', 'p/1', '-y']);
    await counted();
    await run(['store', 'compact']);
    await counted();
  }
  return done;
}

/** Expects all of what is found to be what one of these commands left. */
function expectOneOf(found: Contents, commands: readonly Done[], about: string): void {
  const differences = commands.map(({ contents }) =>
    [...new Set([...found.keys(), ...contents.keys()])].filter(
      (key) => found.get(key) !== contents.get(key),
    ),
  );
  if (differences.some((keys) => keys.length === 0)) return;
  expect({ about, differences: differences.map((keys) => keys.slice(0, 3)) }).toEqual({ about });
}

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
