/**
 * No wrong byte and no short list: copies of a store with flipped bits, zeroed, copied and swapped pages, and cut
 * off ones, are checked, salvaged, read in every way, and written to. Each read gives what was written, or an
 * error, and no process ends by a signal.
 *
 * KV_TEST_FULL=1 does 2,000 of them; else a part, that is another every time. The figures are printed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Anatomy } from '../store/anatomy.js';
import { makeVariedStore } from '../store/varied-store.js';
import { program } from '../support/child-program.js';
import { howMany, isFull } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;
const COPIES = howMany(60, 2000);
const BATCH = isFull ? 100 : 20;

/** A store of so many keys has far more pages than every opening looks at. */
const KEYS = 1500;

const readDamaged = program(
  new URL('../store/damage.test.ts', import.meta.url).href,
  'read-damaged',
);
if (isFull) vi.setConfig({ testTimeout: 3_600_000 });

interface Copy {
  readonly what: string;
  readonly data: Buffer;
}

/** Ways to damage: each changes the data in place, and says what it did. */
const ways: ((data: Buffer) => string)[] = [
  flipBit,
  flipBit,
  flipBit,
  function zeroes(data) {
    const at = anyPage(data);
    data.fill(0, at, at + PAGE_BYTES);
    return `page ${at / PAGE_BYTES} zeroed`;
  },
  function copies(data) {
    const [from, to] = [anyPage(data), anyPage(data)];
    data.copyWithin(to, from, from + PAGE_BYTES);
    return `page ${from / PAGE_BYTES} over ${to / PAGE_BYTES}`;
  },
  function swaps(data) {
    const [one, other] = [anyPage(data), anyPage(data)];
    const first = Buffer.from(data.subarray(one, one + PAGE_BYTES));
    data.copyWithin(one, other, other + PAGE_BYTES);
    first.copy(data, other);
    return `pages ${one / PAGE_BYTES} and ${other / PAGE_BYTES} swapped`;
  },
  function garbage(data) {
    const at = anyPage(data) + Math.floor(Math.random() * 4000);
    for (let byte = 0; byte < 16; byte++) data[at + byte] = Math.random() * 256;
    return `garbage at ${at}`;
  },
  function freeListFlips(data) {
    return `${flipBit(
      data,
      pageOf(data, (anatomy, page) => anatomy.isFreeTree(page)),
    )} in the lists of free pages`;
  },
  function mainFlips(data) {
    return `${flipBit(
      data,
      pageOf(data, (anatomy, page) => anatomy.isMain(page)),
    )} in the main tree`;
  },
  function metaFlips(data) {
    const at = PAGE_BYTES * Math.floor(Math.random() * 2) + Math.floor(Math.random() * 168);
    const bit = Math.floor(Math.random() * 8);
    data[at]! ^= 1 << bit;
    return `bit ${bit} of byte ${at} flipped, of a meta page`;
  },
  function extreme(data) {
    const at = anyPage(data) + 2 * Math.floor(Math.random() * 40);
    data.writeUInt16LE([0, 1, 0x7fff, 0xffff][Math.floor(Math.random() * 4)]!, at);
    return `an extreme at ${at}`;
  },
];

test('a damaged store gives what was written, or an error', async () => {
  const folder = temporaryFolder();
  await makeVariedStore(join(folder, 'sound'), KEYS);
  const sound = readFileSync(join(folder, 'sound', 'data.mdb'));
  const copies = Array.from({ length: COPIES }, (_, index): Copy => {
    const data = Buffer.from(sound);
    return { what: ways[index % ways.length]!(data), data };
  });
  const tally = { right: 0, refused: 0, died: 0, onlyCheckFound: 0 };
  const wrong: string[] = [];
  for (let start = 0; start < COPIES; start += BATCH) {
    for (const { what, ...came } of await read(folder, copies.slice(start, start + BATCH))) {
      tally.onlyCheckFound += came.unnoticed;
      if (came.died) wrong.push(`${what}: the process ended by a signal`);
      if (came.died) tally.died++;
      else if (came.refusals > 0) tally.refused++;
      else tally.right++;
      wrong.push(...came.wrong.map((one) => `${what}: ${one}`));
    }
  }
  process.stdout.write(`damaged copies: ${JSON.stringify({ ...tally, wrong: wrong.length })}\n`);
  expect(wrong).toEqual([]);
});

interface Came {
  readonly what: string;
  readonly wrong: readonly string[];
  readonly refusals: number;
  readonly unnoticed: number;
  readonly died: boolean;
}

async function read(folder: string, copies: readonly Copy[]): Promise<Came[]> {
  const batch = mkdtempSync(join(folder, 'batch-'));
  const paths = copies.map(({ data }, index) => {
    const path = join(batch, `${index}`);
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), data);
    return path;
  });
  const list = join(batch, 'list');
  writeFileSync(list, JSON.stringify([join(folder, 'sound'), ...paths]));
  const came: Came[] = [];
  while (came.length < copies.length) {
    const child = readDamaged([list, String(came.length)]);
    while (came.length < copies.length) {
      const { what } = copies[came.length]!;
      try {
        expect(await child.message()).toBe('begin');
        const told = (await child.message()) as Omit<Came, 'what' | 'died'>;
        came.push({ what, ...told, died: false });
      } catch {
        came.push({ what, wrong: [], refusals: 0, unnoticed: 0, died: true });
        break;
      }
    }
    await child.kill();
  }
  rmSync(batch, { recursive: true });
  return came;
}

function flipBit(data: Buffer, page = anyPage(data)): string {
  const at = page + Math.floor(Math.random() * PAGE_BYTES);
  const bit = Math.floor(Math.random() * 8);
  data[at]! ^= 1 << bit;
  return `bit ${bit} of byte ${at} flipped`;
}

/** Where a page begins that is so, by the sound file. */
function pageOf(data: Buffer, isSo: (anatomy: Anatomy, page: number) => boolean): number {
  anatomy ??= new Anatomy(Buffer.from(data));
  const pages = Array.from({ length: data.length / PAGE_BYTES }, (_, page) => page);
  const found = pages.filter((page) => isSo(anatomy!, page));
  return PAGE_BYTES * found[Math.floor(Math.random() * found.length)]!;
}

let anatomy: Anatomy | undefined;

/** Where any page begins, but for the metas. */
function anyPage(data: Buffer): number {
  const pages = data.length / PAGE_BYTES;
  return PAGE_BYTES * (2 + Math.floor(Math.random() * (pages - 2)));
}
