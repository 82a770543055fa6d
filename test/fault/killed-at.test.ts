/**
 * Whatever changes a store is killed before each of its writes, syncs, cuts and renames: the store is sound, and holds
 * what it held or what it was to hold, nothing is left that `gc` does not reclaim, and the same command ends the work.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KvError } from '../../src/errors.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Store } from '../../src/store/store.js';
import { makeFormat1Store } from '../store/format-1-store.js';
import { isFull, LONG_MS, partOf } from '../support/length.js';
import { figuresOf } from '../support/store-figures.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { buildShim, canPreload } from './disk-shim.js';
import { runKv } from './kv-process.js';
import { beginDraft, beginUpload, figuresAt, kill, leaveExpired } from './left-garbage.js';
import { expectSound, shown } from './store-contents.js';

/** Steps of a command at which it is killed, at most. */
const STEPS = isFull ? 200 : 4;

interface Order {
  readonly words: readonly string[];
  /** What it makes beside the store, which is whole when it is there. */
  readonly makes?: string;
  /** Whether each record may be there by itself; else all of them are, or none. */
  readonly inPieces?: true;
  /** What may stay in the store's folder beside its own files. */
  readonly leaves?: RegExp;
  /** What the store is before it, beside what `prepare` fills it with. */
  readonly template?: 'garbage' | 'old';
}

const orders: Record<string, Order> = {
  'import --mode replace': {
    words: ['import', '--mode', 'replace', '../records'],
  },
  'store compact': { words: ['store', 'compact'] },
  import: { words: ['import', '../records'], inPieces: true },
  'import --atomic': { words: ['import', '--atomic', '../records'] },
  'import --mode insert': {
    words: ['import', '--mode', 'insert', '--create', '-b', 'new', '../records'],
    inPieces: true,
  },
  'store gc': { words: ['store', 'gc'], template: 'garbage' },
  'store upgrade': {
    words: ['store', 'upgrade'],
    template: 'old',
    leaves: /^data\.mdb\.format-1$/,
  },
  'store backup': { words: ['store', 'backup', '../backup'], makes: 'backup' },
  'store restore --force': {
    words: ['store', 'restore', '--force', '../small'],
    // A restore of another day removes what was being made.
    leaves: /\.replaced(-2)?$|^\.restor(ing|ed)-store-/,
  },
  'bucket copy': { words: ['bucket', 'copy', 'default', 'other'] },
  'bucket rename': { words: ['bucket', 'rename', 'second', 'other'] },
  'bucket delete': { words: ['bucket', 'delete', 'second', '--confirm=second'] },
  rename: { words: ['rename', 'large', 'renamed'] },
  copy: { words: ['copy', 'large', 'copied', '--to-bucket', 'second'] },
  'rename --prefix': { words: ['rename', '--prefix', 'k1', 'r1'] },
  set: { words: ['set', 'k1', '-f', '../large'] },
  append: { words: ['append', 'large', '-f', '../large'] },
  expire: { words: ['expire', 'k1', '7d'] },
};

const short = ['import --mode replace', 'store compact'];
const names = Object.keys(orders).filter((name) => isFull || short.includes(name));

describe.skipIf(!canPreload())('killed at any step', () => {
  it.each(names)(
    '%s has been done, or not',
    async (name) => {
      const order = orders[name]!;
      const folder = temporaryFolder();
      const library = buildShim('kill');
      await prepare(folder, order);
      const run = (place: string, env: NodeJS.ProcessEnv = {}) => {
        const preload = { LD_PRELOAD: library, KV_KILL_BELOW: place, ...env };
        return runKv(place, ['-s', join(place, 'in', 'store'), ...inPlace(order, place)], {
          env: preload,
        });
      };
      const copy = (to: string) => {
        const place = join(folder, to);
        cpSync(join(folder, 'template'), place, { recursive: true });
        return place;
      };
      const whole = copy('whole');
      // Another copy, as looking at one collects its garbage.
      const before = await contentOf(copy('before'), order);
      const log = join(folder, 'log');
      expect(await run(whole, { KV_KILL_LOG: log })).toMatchObject({ status: 0 });
      const calls = readFileSync(log, 'utf8').trimEnd().split('\n').length;
      const after = await contentOf(whole, order);
      let done = 0;
      for (const step of partOf(stepsOf(calls))) {
        const place = copy(`step-${step}`);
        const killed = await run(place, { KV_KILL_AT: String(step) });
        expect([step, killed.signal ?? killed.status]).toEqual([step, 'SIGKILL']);
        const found = await contentOf(place, order);
        expectBetween([name, step], found, { before, after, inPieces: order.inPieces === true });
        if (found === after) done++;
        const again = await run(place);
        // What was done needs not be doable again: a bucket has been renamed.
        if (found !== after || before === after) {
          expect([step, again.status, again.stderr]).toEqual([step, 0, expect.any(String)]);
          expect([step, await contentOf(place, order)]).toEqual([step, after]);
        }
        if (order.template === 'garbage') {
          expect(await figuresAt(join(place, 'in', 'store'))).toMatchObject({
            uploads: 0,
            expired: 0,
          });
        }
        expectNothingLeft(place, order);
        rmSync(place, { recursive: true });
      }
      process.stdout.write(
        `killed at each step: ${name}: ${calls} steps, done at ${done} of those tried\n`,
      );
    },
    LONG_MS,
  );
});

/** Steps from the first on to the last but one, spread where there are more than are tried: the last ones are the commit. */
function stepsOf(calls: number): number[] {
  const all = Array.from({ length: calls }, (_, at) => at + 1);
  if (all.length <= STEPS) return all;
  const half = STEPS / 2;
  const spread = Array.from(
    { length: half },
    (_, at) => 1 + Math.floor((at * (calls - half)) / half),
  );
  return [...spread, ...all.slice(-half)];
}

function inPlace({ words }: Order, place: string): string[] {
  return words.map((word) => word.replace(/^\.\./, place));
}

async function prepare(folder: string, { template }: Order): Promise<void> {
  const place = join(folder, 'template');
  const lines = (count: number, value: string) =>
    Array.from({ length: count }, (_, at) => `{"key":"k${at}","value":"${value}"}\n`).join('');
  mkdirSync(join(place, 'in'), { recursive: true });
  writeFileSync(join(place, 'large'), Buffer.alloc(600_000, 'large'));
  writeFileSync(join(place, 'records'), lines(1500, 'after'));
  writeFileSync(join(folder, 'seed'), lines(1000, 'before'));
  const kv = async (store: string, ...words: string[]) => {
    expect(await runKv(folder, ['-s', store, ...words])).toMatchObject({ status: 0 });
  };
  const store = join(place, 'in', 'store');
  await kv(store, 'import', 'seed');
  await kv(store, 'set', 'passing', '-f', join(place, 'large'));
  await kv(store, 'set', 'large', '-f', join(place, 'large'));
  await kv(store, 'import', '--create', '-b', 'second', 'seed');
  // So that there is something to compact.
  await kv(store, 'delete', 'passing');
  await kv(store, 'delete', '--prefix', 'k9', '--yes');
  await kv('small', 'set', 'a', 'restored');
  await kv('small', 'store', 'backup', join(place, 'small'));
  if (template === 'garbage') {
    await leaveExpired(store);
    const left = [await beginUpload(folder, store), await beginDraft(folder, store, 'second')];
    for (const running of left) await kill(running);
  }
  if (template === 'old') {
    rmSync(store, { recursive: true });
    await makeFormat1Store(store, 300);
  }
}

/** What is there: of each bucket the keys, the values and which of them expire; and whether what it makes is there. */
async function contentOf(place: string, { makes, template }: Order): Promise<string> {
  const path = join(place, 'in', 'store');
  const isGarbage = template === 'garbage';
  const store = await openStore(path, isGarbage ? 'read' : 'write').catch((error: unknown) => {
    if (template === 'old' && (error as KvError).code === 'unknown-format') return undefined;
    throw error;
  });
  if (store === undefined) return shown(readFileSync(join(path, 'data.mdb')));
  try {
    if (!isGarbage) {
      await store.collectGarbage();
      expect([place, figuresOf(store)]).toEqual([place, expect.objectContaining({ uploads: 0 })]);
    }
    const buckets = store.bucketNames('').map((name) => [name, ...recordsOf(store, name)]);
    const made = makes !== undefined && existsSync(join(place, makes));
    if (made) {
      const listed = await runKv(place, ['store', 'restore', '--list', join(place, makes)]);
      expect(listed).toMatchObject({ status: 0 });
    }
    return buckets.map((lines) => lines.join('\n')).join('\n\n') + (made ? '\n\nmade' : '');
  } finally {
    await store.close();
    await expectSound(path, place);
  }
}

function* recordsOf(store: Store, name: string): Generator<string> {
  for (const page of store.bucket(name)!.records({})) {
    for (let at = 0; at < page.count; at++) {
      const { key, expires, size } = page.entry(at)!;
      const value = page.value(at)!;
      const first = Buffer.from(value.read(0, 100)).toString();
      value.close();
      yield `${key} ${size} ${first} ${expires === undefined ? '' : 'expires'}`;
    }
  }
}

interface Between {
  readonly before: string;
  readonly after: string;
  readonly inPieces: boolean;
}

function expectBetween(where: unknown, found: string, { before, after, inPieces }: Between): void {
  if (found === before || found === after) return;
  expect([where, inPieces]).toEqual([where, true]);
  const known = new Set([...before.split('\n'), ...after.split('\n')]);
  expect([where, found.split('\n').filter((line) => !known.has(line))]).toEqual([where, []]);
  const keysOf = (text: string) => new Set(text.split('\n').map((line) => line.split(' ')[0]));
  const there = keysOf(found);
  expect([where, [...keysOf(before)].filter((key) => !there.has(key))]).toEqual([where, []]);
}

/** Beside what was there and what it makes. */
function expectNothingLeft(place: string, { makes, leaves }: Order): void {
  const known = ['in', 'large', 'records', 'small', ...(makes === undefined ? [] : [makes])];
  const isLeft = (name: string) => !leaves?.test(name);
  const inFolder = ['store', 'data.mdb', 'lock.mdb'];
  const left = [
    ...readdirSync(place).filter((name) => !known.includes(name)),
    ...readdirSync(join(place, 'in')).filter((name) => !inFolder.includes(name)),
    ...readdirSync(join(place, 'in', 'store')).filter((name) => !inFolder.includes(name)),
  ];
  expect([place, left.filter(isLeft)]).toEqual([place, []]);
}
