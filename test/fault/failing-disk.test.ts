/**
 * A write, a sync or a change of the file's size that fails: at the n-th call, once or from then on. The
 * command ends with one line and 6, and what it was to change is as it was, or it says that it may not be.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { makeFormat1Store } from '../store/format-1-store.js';
import { isFull, LONG_MS, partOf } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { buildDiskShim, type Call, CallKind, canPreload, readLog } from './disk-shim.js';
import { type Ended, runKv } from './kv-process.js';
import { bytesOf, expectSound } from './store-contents.js';

/** More than one batch of an import, so that one is committed while the next is read. */
const RECORDS = 300_000;

/** What is run, and what it prints afterwards that was done: see `look`. */
interface Order {
  readonly words: readonly string[];
  readonly after: RegExp;
  /** What may be there when it failed; absent: what was there before. */
  readonly half?: RegExp;
  /** The store that it is run on, see `prepare`; absent: `usual`. */
  readonly template?: string;
  /** What it leaves beside the store's own files when it is done. */
  readonly leaves?: RegExp;
}

const before = /^2000\nbefore\n?$/;
const orders: Record<string, Order> = {
  set: { words: ['set', 'a', 'after'], after: /^2000\nafter\n?$/ },
  'set of a large value': { words: ['set', 'a', '-f', 'large'], after: /^2000\nl+\n?$/ },
  exec: {
    words: ['exec', 'script'],
    after: /^2020\nafter\n?$/,
    half: /^20[012]\d\n(before|after)\n?$/,
  },
  'exec --atomic': { words: ['exec', '--atomic', 'script'], after: /^2020\nafter\n?$/ },
  delete: { words: ['delete', '--prefix', '', '--yes'], after: /^0\n\n$/ },
  'bucket copy': { words: ['bucket', 'copy', 'default', 'other'], after: before },
  import: {
    words: ['import', 'records'],
    after: /^302000\nafter\n?$/,
    half: /^\d+\n(before|after)\n?$/,
  },
  'import --atomic': { words: ['import', '--atomic', 'records'], after: /^302000\nafter\n?$/ },
  'store compact': { words: ['store', 'compact'], after: before, template: 'sparse' },
  'store gc': { words: ['store', 'gc'], after: before, template: 'expired' },
  'store restore --force': {
    words: ['store', 'restore', '--force', 'backup'],
    after: /^1\nafter\n?$/,
    template: 'restored',
    leaves: /\.replaced$/,
  },
  'store upgrade': {
    words: ['store', 'upgrade'],
    after: before,
    template: 'old',
    leaves: /^data\.mdb\.format-1$/,
  },
  'import --mode replace': {
    words: ['import', '--mode', 'replace', 'records'],
    after: /^300001\nafter\n?$/,
  },
};

/** So many calls of a command are let fail, one after the other, where it makes as many. */
const CALLS = 200;

/** Of a command with at most so many calls each fails in every way; of others in one, another for each. */
const FEW_CALLS = 12;

/** How a call fails: EIO, EDQUOT, ENOSPC, or a short write; once, or from then on. */
const HOWS = ['5', '5:on', '28', '122', 'short'];

/** `calls` are those that the command makes where none fails. */
function faultsOf(name: string, calls: readonly Call[]): string[] {
  if (!isFull) {
    if (name === 'set') return ['write:1:5', 'write:2:28', 'write:3:short', 'sync:1:5:on'];
    // The third is of the page that tells where the trees are.
    if (!name.startsWith('import')) return ['write:2:5:on', 'write:3:122'];
    return name === 'import' ? ['write:9:5', 'sync:2:5'] : ['write:40:122:on'];
  }
  const { write, writeSynced, sync, truncate } = CallKind;
  const kinds = { write: [write, writeSynced], sync: [sync], truncate: [truncate] };
  const faults = Object.entries(kinds).flatMap(([kind, whats]) => {
    const count = calls.filter(({ what }) => whats.some((one) => one === what)).length;
    const hows = kind === 'write' ? HOWS : HOWS.slice(0, -1);
    return Array.from({ length: Math.min(count, CALLS) }, (_, index) => index + 1).flatMap((n) =>
      (count <= FEW_CALLS ? hows : [hows[n % hows.length]!]).map((how) => `${kind}:${n}:${how}`),
    );
  });
  return partOf(faults);
}

/** The library, and the folder of the templates, which all orders share. */
let library: string;
let made: string;

beforeAll(async () => {
  if (!canPreload()) return;
  made = mkdtempSync(join(tmpdir(), 'kv-test-'));
  library = buildDiskShim(made);
  await prepare(made);
  return () => rmSync(made, { recursive: true, force: true });
});

describe.skipIf(!canPreload())('on a disk that fails', () => {
  it.each(Object.entries(orders))(
    '%s is done, or says that it is not',
    async (name, order) => {
      const folder = temporaryFolder();
      const template = order.template ?? 'usual';
      await prepareFor(folder, template);
      const log = join(folder, 'log');
      if (isFull) {
        cpSync(join(folder, template), join(folder, 'whole', 'store'), { recursive: true });
        const env = { LD_PRELOAD: library, KV_DISK_LOG: log };
        const whole = ['-s', join(folder, 'whole', 'store'), ...order.words];
        expect(await runKv(folder, whole, { env })).toMatchObject({ status: 0 });
      }
      const calls = isFull ? readLog(log) : [];
      const faults = faultsOf(name, calls);
      let failed = 0;
      const run = async (fault: string) => {
        const place = join(folder, fault);
        const store = join(place, 'store');
        cpSync(join(folder, template), store, { recursive: true });
        const env = { LD_PRELOAD: library, KV_DISK_FAULT: fault };
        const ended = await runKv(folder, ['-s', store, ...order.words], { env });
        if (ended.status !== 0) {
          failed++;
          expectTold(fault, ended);
        }
        const left = [...readdirSync(place), ...readdirSync(store)].filter(
          (name) => !['store', 'data.mdb', 'lock.mdb'].includes(name),
        );
        const isLeft = (name: string) => ended.status === 0 && order.leaves?.test(name);
        expect(
          left.filter((name) => !isLeft(name)),
          fault,
        ).toEqual([]);
        // What could not be carried over is there to be carried over the next time.
        if (order.template === 'old') {
          expect(await runKv(folder, ['-s', store, 'store', 'upgrade'])).toMatchObject({
            status: 0,
          });
        }
        const found = await look(store);
        const isUnsure = ended.stderr.includes('it may have been stored all the same');
        const half = isUnsure ? order.after : (order.half ?? before);
        if (ended.status === 0) expect(found, fault).toMatch(order.after);
        else
          expect(before.test(found) || half.test(found), `${fault}: ${found.slice(0, 80)}`).toBe(
            true,
          );
        rmSync(place, { recursive: true, force: true });
      };
      for (let at = 0; at < faults.length; at += 2) {
        await Promise.all(faults.slice(at, at + 2).map(run));
      }
      const of = isFull ? ` in ${calls.length} calls` : '';
      process.stdout.write(`failing disk: ${name}: ${faults.length} faults${of}, ${failed} told\n`);
      expect(failed).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});

/** One line, and a second one with what came of it; none of LMDB's words, no signal, and it ends. */
function expectTold(fault: string, { status, signal, stderr }: Ended): void {
  expect({ fault, status, signal }, stderr).toEqual({ fault, status: 6, signal: null });
  const lines = stderr.trimEnd().split('\n');
  const state = /the disk says: input\/output error|no space is left|the disk quota is used up/;
  expect(lines[0]).toMatch(
    /^kv: (script:\d+: )?cannot (write to|compact|restore|upgrade) store(?! file)/,
  );
  expect(lines[0]).toMatch(state);
  expect(lines.length).toBeLessThan(3);
  expect(stderr).not.toMatch(/position|mdb|Write error|at .*:\d+:\d+/);
}

async function prepare(folder: string): Promise<void> {
  const records = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => `{"key":"k${first + index}","value":"v"}\n`).join(
      '',
    );
  writeFileSync(join(folder, 'large'), 'l'.repeat(9_000_000));
  writeFileSync(join(folder, 'script'), `set a after\n${scriptLines()}`);
  writeFileSync(
    join(folder, 'records'),
    `{"key":"a","value":"after"}\n${records(1_000_000, RECORDS)}`,
  );
  const seed = `{"key":"a","value":"before"}\n${records(0, 1999)}`;
  writeFileSync(join(folder, 'seed'), seed);
  expect(await runKv(folder, ['-s', 'template', 'import', 'seed'])).toMatchObject({ status: 0 });
}

/** Puts the files into the folder of an order, and makes its store. */
async function prepareFor(folder: string, template: string): Promise<void> {
  for (const name of ['large', 'script', 'records', 'seed']) {
    symlinkSync(join(made, name), join(folder, name));
  }
  const run = async (...words: string[]) => {
    expect(await runKv(folder, words)).toMatchObject({ status: 0 });
  };
  if (template === 'sparse') {
    await run('-s', 'sparse', 'set', 'a', '-f', 'large');
    await run('-s', 'sparse', 'import', 'seed');
  }
  if (template === 'restored') {
    await run('-s', 'small', 'set', 'a', 'after');
    await run('-s', 'small', 'store', 'backup', 'backup');
  }
  if (template === 'old') await makeOld(join(folder, 'old'));
  if (template === 'sparse' || template === 'old') return;
  cpSync(join(made, 'template'), join(folder, template), { recursive: true });
  if (template === 'expired') await expireMany(join(folder, 'expired'));
}

/** A store of format 1, with the same keys. */
async function makeOld(path: string): Promise<void> {
  const records = Array.from({ length: 1999 }, (_, index) => [`k${index}`, 'v'] as const);
  await makeFormat1Store(path, 0, new Map([['a', 'before'], ...records]));
}

/** Adds records that have expired, and are there. */
async function expireMany(path: string): Promise<void> {
  const store = (await openStore(path, 'write', undefined, () => 0))!;
  await store.transaction(async () => {
    const bucket = store.bucket('default')!;
    for (let number = 0; number < 12_000; number++) {
      bucket.increment(`expired ${number}`, 1n);
      bucket.expire(`expired ${number}`, 1);
    }
  });
  await store.close();
}

function scriptLines(): string {
  return Array.from({ length: 20 }, (_, index) => `set s${index} v\n`).join('');
}

/** How many keys there are, and the value of `a`. */
async function look(path: string): Promise<string> {
  if (isFull) await expectSound(path, 'after a fault');
  const store = (await openStore(path, 'read'))!;
  try {
    const bucket = store.bucket('default')!;
    const value = bucket.get('a');
    return `${bucket.count()}\n${value ? Buffer.from(bytesOf(value)) : ''}\n`;
  } finally {
    await store.close();
  }
}
