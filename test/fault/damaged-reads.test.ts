/**
 * No wrong byte and no short list: copies of a store with flipped bits, zeroed, copied and swapped pages, and cut
 * off ones, are checked, salvaged, read in every way, and written to. Each read gives what was written, or an
 * error, a salvage brings all that lies on undamaged pages, and no process ends by a signal.
 *
 * Some of the copies are used by the commands themselves. The ways to damage, and what is done with a copy, are in one
 * file, which makes it long.
 *
 * KV_TEST_FULL=1 does 2,000 of them, others every time; else a few. The figures are printed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { Anatomy } from '../store/anatomy.js';
import { makeVariedStore } from '../store/varied-store.js';
import { program } from '../support/child-program.js';
import { howMany, isFull, LONG_MS } from '../support/length.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { faultsOfCommands, printedOf } from './damaged-commands.js';

const PAGE_BYTES = 4096;

const random = randomNumbers();
const COPIES = howMany(26, 2000);
const BATCH = isFull ? 100 : 26;

/** One of so many copies is used by commands as well. No multiple of the number of ways, so that each is among them. */
const AS_COMMANDS = isFull ? 31 : 17;

/** A store of so many keys has far more pages than every opening looks at. */
const KEYS = 1500;

const readDamaged = program(
  new URL('../store/damage.test.ts', import.meta.url).href,
  'read-damaged',
);
vi.setConfig({ testTimeout: LONG_MS });

interface Copy {
  readonly what: string;
  readonly data: Buffer;
  /** Records of which a page is damaged, as `bucket key`. */
  readonly lost: readonly string[];
  /** Whether what tells what was deleted or overwritten is damaged as well. */
  readonly mayReturn: boolean;
}

/** Ways to damage: each changes the data in place, or returns what is left of it, and says what it did. */
const ways: ((data: Buffer) => string | { readonly what: string; readonly left: Buffer })[] = [
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
    const at = anyPage(data) + numberBelow(4000);
    for (let byte = 0; byte < 16; byte++) data[at + byte] = numberBelow(256);
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
    const at = PAGE_BYTES * numberBelow(2) + numberBelow(168);
    const bit = numberBelow(8);
    data[at]! ^= 1 << bit;
    return `bit ${bit} of byte ${at} flipped, of a meta page`;
  },
  function extreme(data) {
    const at = anyPage(data) + 2 * numberBelow(40);
    data.writeUInt16LE([0, 1, 0x7fff, 0xffff][numberBelow(4)]!, at);
    return `an extreme at ${at}`;
  },
  function losesMetas(data) {
    data.fill(0, 0, 2 * PAGE_BYTES);
    const page = pageOf(data, (anatomy, page) => anatomy.isMain(page));
    const isLost = random() < 0.5;
    if (isLost) data.fill(0, page, page + PAGE_BYTES);
    return `both meta pages lost${isLost ? `, and page ${page / PAGE_BYTES} of the main tree` : ''}`;
  },
  function cuts(data) {
    const left = data.subarray(0, anyPage(data) + (random() < 0.5 ? 0 : numberBelow(PAGE_BYTES)));
    return { what: `cut off at ${left.length}`, left };
  },
];

test('a damaged store gives what was written, or an error', async () => {
  const folder = temporaryFolder();
  await makeVariedStore(join(folder, 'sound'), KEYS);
  await changeLast(join(folder, 'sound'));
  const sound = readFileSync(join(folder, 'sound', 'data.mdb'));
  anatomyOf(sound);
  const copies = Array.from({ length: COPIES }, (_, index) => damagedCopy(sound, index));
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
  const printed = await printedOf(folder, join(folder, 'sound'));
  for (const copy of copies.filter((_, index) => index % AS_COMMANDS === 0)) {
    wrong.push(
      ...(await useByCommands(folder, copy, printed)).map((fault) => `${copy.what}: ${fault}`),
    );
  }
  process.stdout.write(`damaged copies: ${JSON.stringify({ ...tally, wrong: wrong.length })}\n`);
  expect(wrong).toEqual([]);
});

/** Changes of which each is the last transaction in turn, and values in several chunks, one of which two records share. */
async function changeLast(path: string): Promise<void> {
  const store = (await openStore(path, 'write'))!;
  const put = (bucket: string, key: string, value: Buffer) => {
    const upload = store.upload();
    upload.append(value);
    store.bucket(bucket)!.put(key, upload);
    upload.close();
  };
  put('other', 'large', patternedBytes(700_000, 1));
  put('test', 'large', patternedBytes(400_000, 2));
  store.bucket('other')!.copy('large', { bucket: 'test', key: 'the same' });
  for (let key = 1; key < KEYS; key += 100) put('test', `key ${key}`, Buffer.from('newer'));
  await store.close();
}

/** Returns what the commands did wrong; `printed` is what they print of the sound store. */
async function useByCommands(
  folder: string,
  { data }: Copy,
  printed: readonly string[],
): Promise<string[]> {
  const place = mkdtempSync(join(folder, 'commands-'));
  const path = join(place, 'store');
  mkdirSync(path);
  writeFileSync(join(path, 'data.mdb'), data);
  const faults = await faultsOfCommands(place, path, printed);
  rmSync(place, { recursive: true });
  return faults;
}

/** A copy, damaged in the way that its number stands for. */
function damagedCopy(sound: Buffer, index: number): Copy {
  const data = Buffer.from(sound);
  const did = ways[index % ways.length]!(data);
  const [what, left] = typeof did === 'string' ? [did, data] : [did.what, did.left];
  const lost = new Set<string>();
  let mayReturn = false;
  const anatomy = anatomyOf(sound);
  for (let at = 0; at < sound.length; at += PAGE_BYTES) {
    const [end, page] = [at + PAGE_BYTES, at / PAGE_BYTES];
    if (left.subarray(at, end).equals(sound.subarray(at, end))) continue;
    for (const record of anatomy.recordsOn(page)) lost.add(record);
    mayReturn ||= page < 2 || anatomy.isFreeTree(page);
  }
  return { what, data: left, lost: [...lost], mayReturn };
}

interface Came {
  readonly what: string;
  readonly wrong: readonly string[];
  readonly refusals: number;
  readonly unnoticed: number;
  readonly died: boolean;
}

async function read(folder: string, copies: readonly Copy[]): Promise<Came[]> {
  const batch = mkdtempSync(join(folder, 'batch-'));
  const damaged = copies.map(({ data, ...others }, index) => {
    const path = join(batch, `${index}`);
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), data);
    return { path, ...others };
  });
  const list = join(batch, 'list');
  writeFileSync(list, JSON.stringify({ sound: join(folder, 'sound'), damaged }));
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
  const at = page + numberBelow(PAGE_BYTES);
  const bit = numberBelow(8);
  data[at]! ^= 1 << bit;
  return `bit ${bit} of byte ${at} flipped`;
}

/** Where a page begins that is so, by the sound file. */
function pageOf(data: Buffer, isSo: (anatomy: Anatomy, page: number) => boolean): number {
  const pages = Array.from({ length: data.length / PAGE_BYTES }, (_, page) => page);
  const found = pages.filter((page) => isSo(anatomyOf(data), page));
  return PAGE_BYTES * found[numberBelow(found.length)]!;
}

let anatomy: Anatomy | undefined;

/** Of the sound file: the first that is given. */
function anatomyOf(data: Buffer): Anatomy {
  anatomy ??= new Anatomy(Buffer.from(data));
  return anatomy;
}

/** Where any page begins, but for the metas. */
function anyPage(data: Buffer): number {
  return PAGE_BYTES * (2 + numberBelow(data.length / PAGE_BYTES - 2));
}

/** A whole number from 0 on. */
function numberBelow(end: number): number {
  return Math.floor(random() * end);
}
