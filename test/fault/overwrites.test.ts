/** The file of a store whose values are overwritten again and again stays near the size of what it holds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { howMany, isFull } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv, startKv } from './kv-process.js';

const OVERWRITES = howMany(4_000, 200_000);

/** Processes that overwrite at once, each its own keys. */
const WRITERS = 4;

const KEYS_OF_A_WRITER = 200;

/** Bytes of file for each byte of keys and values. */
const LIMIT = 3;

/** How long a reader stays, while a tenth as much is overwritten again and again, in ms. */
const STAY_MS = isFull ? 60_000 : 1_000;

/** Sizes of values in bytes, and how often each comes: beside their key, and in chunks. */
const SIZES = [
  { upTo: 200, weight: 60 },
  { upTo: 8_000, weight: 30 },
  { upTo: 60_000, weight: 9 },
  { upTo: 1_000_000, weight: 1 },
];

interface Figures {
  /** Bytes. */
  readonly fileSize: number;
  /** Bytes of it that are not free. */
  readonly used: number;
  /** Bytes of keys and values. */
  readonly held: number;
}

/** What fits on a line; longer values come from a file. */
const LONGEST_ON_A_LINE = 60_000;

test(
  `${OVERWRITES} overwrites of mixed sizes, and a reader that stays: the file stays within ${LIMIT} times what it holds`,
  async () => {
    const folder = temporaryFolder();
    const random = randomNumbers(1);
    const sizes = new Map<string, number>();
    const long = 'x'.repeat(1_000_000);

    const lineOf = (key: string, file: string) => {
      const size = sizeOf(random);
      sizes.set(key, size);
      if (size <= LONGEST_ON_A_LINE) return `set ${key} ${long.slice(0, size)}\n`;
      writeFileSync(join(folder, file), long.slice(0, size));
      return `set ${key} -f ${file}\n`;
    };

    /** Overwrites, and stops where a line could not be written. */
    const overwrite = async (writer: number, count: number) => {
      const { process: kv, ended } = startKv(folder, ['-s', 'store', 'exec'], { limit: 0 });
      for (let i = 0; i < count; i++) {
        const key = `writer${writer}/key${Math.floor(random() * KEYS_OF_A_WRITER)}`;
        const isTaken = kv.stdin.write(lineOf(key, `value${writer}-${i}`));
        if (!isTaken) await new Promise((resolve) => kv.stdin.once('drain', resolve));
      }
      kv.stdin.end();
      expect(await ended).toMatchObject({ status: 0, stderr: '' });
    };
    const overwriteAll = (count: number) =>
      Promise.all(Array.from({ length: WRITERS }, (_, w) => overwrite(w, count / WRITERS)));
    const figures = async (): Promise<Figures> => {
      const { stdout } = await runKv(folder, ['-s', 'store', 'store', 'info', '--json']);
      const { fileSize, freeSize } = JSON.parse(stdout);
      const held = [...sizes].reduce((sum, [key, size]) => sum + key.length + size, 0);
      return { fileSize, used: fileSize - freeSize, held };
    };

    await overwriteAll(OVERWRITES);
    const before = await figures();
    expect(before.fileSize).toBeLessThan(LIMIT * before.held);

    // It prints more than a pipe holds to nobody, and so keeps its snapshot.
    const reader = startKv(folder, ['-s', 'store', 'export'], { limit: 0 });
    reader.process.stdout.pause();
    await new Promise((resolve) => reader.process.stdout.once('readable', resolve));
    const end = Date.now() + STAY_MS;
    let during: Figures;
    do {
      await overwriteAll(OVERWRITES / 10);
      during = await figures();
    } while (Date.now() < end || during.fileSize <= before.fileSize);
    reader.process.kill();
    await reader.ended;

    await overwriteAll(OVERWRITES / 10);
    const behind = await figures();
    expect(behind.fileSize).toBeLessThan(1.1 * during.fileSize);
    expect(behind.used).toBeLessThan(LIMIT * behind.held);
    process.stdout.write(
      `overwrites: ${OVERWRITES}; file ${ratio(before.fileSize, before.held)} x what it holds; ` +
        `with a reader ${ratio(during.fileSize, during.held)} x, ` +
        `then ${ratio(behind.used, behind.held)} x in use\n`,
    );
  },
  isFull ? 1_800_000 : 120_000,
);

const ratio = (a: number, b: number) => (a / b).toFixed(2);

function sizeOf(random: () => number): number {
  const all = SIZES.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * all;
  const { upTo } = SIZES.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })!;
  return Math.ceil(random() * upTo);
}

/** Numbers from 0 to 1, the same for the same seed (Marsaglia's xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
