/** The file of a store whose values are overwritten again and again stays near the size of what it holds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { howMany, isFull } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv, startKv } from './kv-process.js';

const OVERWRITES = howMany(800, 200_000);

/** Processes that overwrite at once, each its own keys. */
const WRITERS = 4;

const KEYS_OF_A_WRITER = 200;

/** Bytes of file for each byte of keys and values. */
const LIMIT = 3;

/** How long a reader stays, at least, while others overwrite, in ms. */
const STAY_MS = isFull ? 60_000 : 0;

/** Overwrites at a time while it stays. */
const ROUND = howMany(200, 20_000);

/** How many keys of a writer have values of up to so many bytes: beside their key, and in chunks. */
const SIZES = [
  { upTo: 200, keys: 120 },
  { upTo: 8_000, keys: 60 },
  { upTo: 60_000, keys: 18 },
  { upTo: 1_000_000, keys: 2 },
];

/** What fits on a line; longer values come from a file. */
const LONGEST_ON_A_LINE = 60_000;

test(
  `${OVERWRITES} overwrites of mixed sizes, and a reader that stays: the file stays within ${LIMIT} times what it holds`,
  async () => {
    const folder = temporaryFolder();
    const writers = Array.from({ length: WRITERS }, (_, w) => new Writer(folder, w));
    const overwriteAll = (count: number) =>
      Promise.all(writers.map((writer) => writer.overwrite(count / WRITERS)));
    const figures = async () => {
      const { stdout } = await runKv(folder, ['-s', 'store', 'store', 'info', '--json']);
      const { fileSize, freeSize } = JSON.parse(stdout) as Record<string, number>;
      return { fileSize: fileSize!, used: fileSize! - freeSize! };
    };
    await Promise.all(writers.map((writer) => writer.fill()));
    // The same at each of the moments below: what is overwritten changes places.
    const held = writers.reduce((sum, writer) => sum + writer.held, 0);

    await overwriteAll(OVERWRITES);
    const before = await figures();
    expect(before.fileSize).toBeLessThan(LIMIT * held);

    // It prints more than a pipe holds to nobody, and so keeps its snapshot.
    const reader = startKv(folder, ['-s', 'store', 'export'], { limit: 0 });
    await new Promise((resolve) => reader.process.stdout.once('data', resolve));
    reader.process.stdout.pause();
    const end = Date.now() + STAY_MS;
    let during: Awaited<ReturnType<typeof figures>>;
    let rounds = 0;
    do {
      await overwriteAll(ROUND);
      during = await figures();
      rounds++;
    } while (Date.now() < end || during.fileSize < 2 * before.fileSize);
    expect(reader.process.exitCode).toBe(null);
    reader.process.kill();
    await reader.ended;

    // What the reader has kept is used again, and then all that nothing needs goes back to the disk.
    await overwriteAll(rounds * ROUND);
    const behind = await figures();
    const grown = behind.fileSize - during.fileSize;
    expect(grown).toBeLessThan((during.fileSize - before.fileSize) / 4);
    await runKv(folder, ['-s', 'store', 'store', 'compact']);
    const compacted = await figures();
    expect(compacted.fileSize).toBeLessThan(LIMIT * held);
    const check = await runKv(folder, ['-s', 'store', 'store', 'check']);
    expect(check).toMatchObject({ status: 0, stdout: expect.stringMatching(/^OK: /) });
    process.stdout.write(
      `overwrites: ${OVERWRITES}; file ${ratio(before.fileSize, held)} x what it holds; ` +
        `with a reader ${ratio(during.fileSize, held)} x, after as many more ` +
        `${ratio(behind.fileSize, held)} x, compacted ${ratio(compacted.fileSize, held)} x\n`,
    );
  },
  isFull ? 1_800_000 : 300_000,
);

const ratio = (a: number, b: number) => (a / b).toFixed(2);

/** A process that overwrites keys of its own. Two of them exchange their sizes, so that what is held stays as much. */
class Writer {
  readonly #folder: string;
  readonly #name: string;
  readonly #random: () => number;
  readonly #sizes = SIZES.flatMap(({ upTo, keys }) =>
    Array.from({ length: keys }, (_, at) => Math.ceil(((at + 1) * upTo) / keys)),
  );

  /** Files of values, which a process may be reading. */
  readonly #isWritten = new Set<string>();

  constructor(folder: string, number: number) {
    this.#folder = folder;
    this.#name = `writer${number}`;
    this.#random = randomNumbers(number + 1);
  }

  /** Bytes of its keys and values. */
  get held(): number {
    return this.#sizes.reduce((sum, size, key) => sum + this.#key(key).length + size, 0);
  }

  fill(): Promise<void> {
    return this.#write(this.#sizes.keys());
  }

  overwrite(count: number): Promise<void> {
    return this.#write(this.#exchanged(count));
  }

  *#exchanged(count: number): Generator<number> {
    for (let done = 0; done < count; done += 2) {
      const [one, other] = [this.#anyKey(), this.#anyKey()];
      [this.#sizes[one], this.#sizes[other]] = [this.#sizes[other]!, this.#sizes[one]!];
      yield one;
      yield other;
    }
  }

  /** Writes keys by lines, and waits where one could not be written. */
  async #write(keys: Iterable<number>): Promise<void> {
    const { process: kv, ended } = startKv(this.#folder, ['-s', 'store', 'exec'], { limit: 0 });
    for (const key of keys) {
      const isTaken = kv.stdin.write(this.#line(key));
      if (!isTaken) await new Promise((resolve) => kv.stdin.once('drain', resolve));
    }
    kv.stdin.end();
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
  }

  #line(key: number): string {
    const size = this.#sizes[key]!;
    if (size <= LONGEST_ON_A_LINE) return `set ${this.#key(key)} ${LONG.slice(0, size)}\n`;
    const file = `${this.#name}-${size}`;
    if (!this.#isWritten.has(file)) writeFileSync(join(this.#folder, file), LONG.slice(0, size));
    this.#isWritten.add(file);
    return `set ${this.#key(key)} -f ${file}\n`;
  }

  #key(key: number): string {
    return `${this.#name}/key${key}`;
  }

  #anyKey(): number {
    return Math.floor(this.#random() * KEYS_OF_A_WRITER);
  }
}

const LONG = 'x'.repeat(1_000_000);

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
