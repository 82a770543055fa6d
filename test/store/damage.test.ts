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
import { program } from '../support/child-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;

const IS_FULL = process.env.KV_TEST_DAMAGE === 'full';

/** How many of each kind of damage are done. */
const TRIES = IS_FULL ? 2000 : 15;

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

  test('is refused as well where it is a larger one, whatever page is missing', async () => {
    const healthy = await healthyData(6000);
    const lengths = fc.sample(fc.nat(healthy.length - 1), Math.ceil(TRIES / 10));
    expectAnswers(await use(lengths.map((length) => truncated(healthy, length))));
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
    [0, 52 * 8 + 2],
    [0, 53 * 8 + 5],
    [0, 148 * 8 + 1],
    [0, 150 * 8],
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

  test('in a page of a tree is refused or read as what it is', async () => {
    const healthy = await healthyData();
    const pages = treePages(healthy);
    expect(pages.length).toBeGreaterThan(5);
    // Most of the harm is at a page's beginning, where its header and the places of its nodes are.
    const bit = fc.oneof(fc.nat(100 * 8), fc.nat(PAGE_BYTES * 8 - 1));
    const places = fc.sample(fc.tuple(fc.constantFrom(...pages), bit), 2 * TRIES);
    // LMDB takes a page of a later transaction for one that is in memory, and not in the file.
    places.push(...pages.slice(0, 5).map((page): [number, number] => [page, 13 * 8 + 4]));
    const damages = places.map(([page, bit]) => flipped(healthy, page * PAGE_BYTES * 8 + bit));
    expectAnswers(await use(damages));
  });
});

/** The file of a small store with records of all kinds, and with free pages. */
async function healthyData(keys = 300): Promise<Buffer> {
  const path = join(temporaryFolder(), 'healthy');
  await makeVariedStore(path, keys);
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
