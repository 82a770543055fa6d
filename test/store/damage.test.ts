/**
 * Damage of all kinds, done to copies of a small store, which then is used in another process: LMDB
 * trusts what it maps, so what is not found out before can end the process.
 *
 * KV_TEST_DAMAGE=full does much of it, and takes minutes; else a part, that is another every time.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;

const IS_FULL = process.env.KV_TEST_DAMAGE === 'full';

/** How many of each kind of damage are done. */
const TRIES = IS_FULL ? 500 : 15;

/** How many damaged stores there are at a time. */
const BATCH = 100;

/** What may be said of a damaged store. Anything else is a defect, and so is the end of the process. */
const ANSWERS = /^(done|damaged|not-a-store|unknown-format|no-bucket|invalid-bucket|io|full|busy)$/;

const useDamaged = program(import.meta.url, 'use-damaged');
if (IS_FULL) vi.setConfig({ testTimeout: 3_600_000 });

interface Damage {
  readonly what: string;
  readonly data: Buffer;
}

interface Outcome {
  readonly what: string;
  readonly read: string;
  readonly write: string;
}

describe('a store whose file is cut off', () => {
  test('at the end of any page is refused, or has lost nothing that it needs', async () => {
    const healthy = await healthyData();
    const pages = healthy.length / PAGE_BYTES;
    const outcomes = await use(
      Array.from({ length: pages }, (_, page) => truncated(healthy, page * PAGE_BYTES)),
    );
    expectAnswers(outcomes);
    // Of its last pages some are free, and then nothing is missing.
    const refused = outcomes.filter(({ read }) => read === 'damaged').length;
    expect(refused).toBeGreaterThan(pages / 2);
  });

  test('anywhere is refused, or has lost nothing that it needs', async () => {
    const healthy = await healthyData();
    const lengths = fc.sample(fc.nat(healthy.length - 1), TRIES);
    expectAnswers(await use(lengths.map((length) => truncated(healthy, length))));
  });

  test('is refused where only records are missing, far from what every opening looks at', async () => {
    const healthy = await dataWithRecordsAtItsEnd();
    const missing = fc.sample(fc.integer({ min: 10, max: 40 }), TRIES);
    const outcomes = await use(
      missing.map((pages) => truncated(healthy, healthy.length - pages * PAGE_BYTES)),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ read: 'damaged', write: 'damaged' });
    }
  });
});

describe('a store whose file is overwritten', () => {
  test('with zeroes, a page of it, is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const pages = fc.sample(fc.nat(healthy.length / PAGE_BYTES - 1), TRIES);
    const damages = pages.map((page) =>
      changed(healthy, `page ${page} zeroed`, (data) =>
        data.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES),
      ),
    );
    expectAnswers(await use(damages));
  });

  test('with garbage from its beginning is no store, or damaged', async () => {
    const healthy = await healthyData();
    const garbage = fc.uint8Array({ minLength: 30, maxLength: 4 * PAGE_BYTES });
    const damages = fc
      .sample(garbage, TRIES)
      .map((bytes) =>
        changed(healthy, `${bytes.length} bytes of garbage`, (data) => data.set(bytes)),
      );
    const outcomes = await use(damages);
    expectAnswers(outcomes);
    for (const { read, write } of outcomes) {
      expect([read, write]).not.toContain('done');
    }
  });

  test('in a half of its first or second page is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const half = PAGE_BYTES / 2;
    const garbage = fc.tuple(fc.nat(3), fc.uint8Array({ minLength: half, maxLength: half }));
    const damages = fc
      .sample(garbage, TRIES)
      .map(([place, bytes]) =>
        changed(healthy, `garbage in half ${place}`, (data) => data.set(bytes, place * half)),
      );
    expectAnswers(await use(damages));
  });

  test('by one page with another is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const page = fc.nat(healthy.length / PAGE_BYTES - 1);
    const damages = fc
      .sample(fc.tuple(page, page), TRIES)
      .map(([from, to]) =>
        changed(healthy, `page ${from} over page ${to}`, (data) =>
          data.copyWithin(to * PAGE_BYTES, from * PAGE_BYTES, (from + 1) * PAGE_BYTES),
        ),
      );
    expectAnswers(await use(damages));
  });
});

describe('a store with a flipped bit', () => {
  /** The fields of a meta take that many bytes of its page, or of the half of it. */
  const META_BYTES = 176;

  /** Bits that ended the process before they were looked at: flags, the last page, a third meta. */
  const fatal: [number, number][] = [
    ...[0, PAGE_BYTES].flatMap((page): [number, number][] => [
      [page, 52 * 8 + 2],
      [page, 53 * 8 + 5],
      [page, 148 * 8 + 1],
      [page, 150 * 8],
    ]),
    // A transaction of a number that no number here can hold: the next one could not begin.
    [0, 158 * 8 + 6],
    [PAGE_BYTES, 158 * 8 + 6],
    [PAGE_BYTES / 2, 153 * 8],
    [PAGE_BYTES / 2, 159 * 8 + 7],
  ];

  test('in a meta is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const place = fc.tuple(
      fc.constantFrom(0, PAGE_BYTES / 2, PAGE_BYTES),
      fc.nat(META_BYTES * 8 - 1),
    );
    const damages = [...fatal, ...fc.sample(place, 2 * TRIES)].map(([start, bit]) =>
      flipped(healthy, start * 8 + bit),
    );
    expectAnswers(await use(damages));
  });

  test('in what a page of a tree says of itself is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const pages = treePages(healthy);
    expect(pages.length).toBeGreaterThan(5);
    // The header, and where the nodes are.
    const bit = fc.nat(100 * 8);
    const places = fc.sample(fc.tuple(fc.constantFrom(...pages), bit), 2 * TRIES);
    // LMDB takes a page of a later transaction for one that is in memory, and not in the file.
    places.push(...pages.slice(0, 5).map((page): [number, number] => [page, 13 * 8 + 4]));
    const damages = places.map(([page, bit]) => flipped(healthy, page * PAGE_BYTES * 8 + bit));
    expectAnswers(await use(damages));
  });
});

describe('a store with a damaged list of free pages', () => {
  /** A list that is too long for a leaf: it has pages of its own. Its place in the file. */
  async function storeWithList() {
    const path = join(temporaryFolder(), 'healthy');
    const store = await openStoreAt(path);
    const keyvalue = createKeyvalue(store);
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'large', Buffer.alloc(2_000_000));
    setValue(keyvalue, bucket, 'small', 'value');
    keyvalue.eventual.delete(bucket, 'large');
    setValue(keyvalue, bucket, 'small', 'another');
    await store.close();
    const healthy = readFileSync(join(path, 'data.mdb'));
    return { healthy, list: listOf(healthy) };
  }

  test('that names what is no page of the file, or too many, is refused to writers, and harms no reader', async () => {
    const { healthy, list } = await storeWithList();
    const count = Number(healthy.readBigUInt64LE(list));
    expect(count).toBeGreaterThan(100);
    const entry = fc.tuple(
      fc.integer({ min: 1, max: count }),
      fc.constantFrom(1n, 0n - 2n ** 40n, 2n ** 40n, 2n ** 62n),
    );
    const damages = fc
      .sample(entry, TRIES)
      .map(([index, page]) =>
        changed(healthy, `entry ${index} is ${page}`, (data) =>
          data.writeBigInt64LE(page, list + 8 * index),
        ),
      );
    for (const length of [2n ** 16n, 2n ** 32n, 2n ** 63n]) {
      const what = `${length} entries`;
      damages.push(changed(healthy, what, (data) => data.writeBigUInt64LE(length, list)));
    }
    for (const outcome of await use(damages)) {
      expect(outcome).toMatchObject({ read: 'done', write: 'damaged' });
    }
  });

  test('is refused where its own pages are something else', async () => {
    const { healthy, list } = await storeWithList();
    const bits = fc.sample(fc.nat(24 * 8 - 1), TRIES).filter((bit) => Math.floor(bit / 16) !== 8);
    expectAnswers(await use(bits.map((bit) => flipped(healthy, (list - 24) * 8 + bit))));
  });
});

/** The file of a small store with records of all kinds, and with free pages. */
async function healthyData(): Promise<Buffer> {
  const path = join(temporaryFolder(), 'healthy');
  await makeVariedStore(path, 300);
  return readFileSync(join(path, 'data.mdb'));
}

/** The file of a store whose trees have their roots at its beginning, and many leaves at its end. */
async function dataWithRecordsAtItsEnd(): Promise<Buffer> {
  const path = join(temporaryFolder(), 'healthy');
  const store = await openStoreAt(path);
  const keyvalue = createKeyvalue(store);
  const bucket = keyvalue.buckets.create('test');
  const cleared = keyvalue.buckets.create('to be cleared');
  const setMany = (target: Bucket, name: string, count: number) =>
    store.transaction(async () => {
      for (let key = 0; key < count; key++) setValue(keyvalue, target, `${name} ${key}`, 'value');
    });
  await setMany(cleared, 'any', 1000);
  await setMany(bucket, 'first', 2500);
  await setMany(bucket, 'last', 3500);
  await keyvalue.buckets.clear('to be cleared');
  // The pages that are free now are used before the file grows again.
  for (let time = 0; time < 5; time++) setValue(keyvalue, bucket, 'first', `${time}`);
  await store.close();
  return readFileSync(join(path, 'data.mdb'));
}

function truncated(healthy: Buffer, length: number): Damage {
  return { what: `cut off after ${length} bytes`, data: healthy.subarray(0, length) };
}

function changed(healthy: Buffer, what: string, change: (data: Buffer) => unknown): Damage {
  const data = Buffer.from(healthy);
  change(data);
  return { what, data };
}

function flipped(healthy: Buffer, bit: number): Damage {
  const byte = Math.floor(bit / 8);
  const what = `bit ${bit % 8} of byte ${byte % PAGE_BYTES} of page ${Math.floor(byte / PAGE_BYTES)}`;
  return changed(healthy, `${what} flipped`, (data) => {
    data[byte]! ^= 1 << (bit % 8);
  });
}

/** The pages that are branches and leaves by what they say of themselves. */
function treePages(data: Buffer): number[] {
  const pages: number[] = [];
  for (let page = 2; page < data.length / PAGE_BYTES; page++) {
    const start = page * PAGE_BYTES;
    const isTree = [1, 2].includes(data.readUInt16LE(start + 18));
    if (isTree && data.readBigUInt64LE(start) === BigInt(page)) pages.push(page);
  }
  return pages;
}

/** Where a list of free pages begins that is kept outside of its leaf, which is the tree's root. */
function listOf(data: Buffer): number {
  const metas = [0, PAGE_BYTES].sort((a, b) =>
    Number(data.readBigUInt64LE(b + 152) - data.readBigUInt64LE(a + 152)),
  );
  const root = PAGE_BYTES * Number(data.readBigUInt64LE(metas[0]! + 88));
  for (let slot = 0; slot < data.readUInt16LE(root + 20); slot += 2) {
    const node = root + 24 + data.readUInt16LE(root + 24 + slot);
    const isOutside = (data.readUInt16LE(node + 4) & 1) !== 0;
    if (isOutside) return PAGE_BYTES * Number(data.readBigUInt64LE(node + 16)) + 24;
  }
  throw new Error('there is no such list');
}

/** Uses every damaged store, in as many processes as it takes. */
async function use(damages: Damage[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let start = 0; start < damages.length; start += BATCH) {
    outcomes.push(...(await useAtOnce(damages.slice(start, start + BATCH))));
  }
  return outcomes;
}

async function useAtOnce(damages: Damage[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(temporaryFolder(), 'batch-'));
  const paths = damages.map(({ data }, index) => {
    const path = join(folder, `store-${index}`);
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), data);
    return path;
  });
  const list = join(folder, 'list.json');
  writeFileSync(list, JSON.stringify(paths));
  const outcomes: Outcome[] = [];
  while (outcomes.length < damages.length) {
    const child = useDamaged([list, String(outcomes.length)]);
    while (outcomes.length < damages.length) {
      const { what } = damages[outcomes.length]!;
      try {
        expect(await child.message()).toBe('begin');
        outcomes.push({ what, ...((await child.message()) as { read: string; write: string }) });
      } catch {
        const { status, signal } = await child.ended;
        const end = `the process ended with ${signal ?? status}`;
        outcomes.push({ what, read: end, write: end });
        break;
      }
    }
    await child.kill();
  }
  rmSync(folder, { recursive: true });
  return outcomes;
}

function expectAnswers(outcomes: Outcome[]): void {
  const others = outcomes.filter(({ read, write }) => !ANSWERS.test(read) || !ANSWERS.test(write));
  expect(others).toEqual([]);
}
