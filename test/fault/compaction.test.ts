/**
 * Compactions while others write and read, and compactions that are killed as `kill -9` does at random
 * moments: each acknowledged write is there, what is read is of one moment, and the store is sound.
 */
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { compactStore } from '../../src/store/lmdb/compact/compact-store.js';
import { bytesOf, numberedValue, numberOf } from '../store/numbered-value.js';
import { program } from '../support/child-program.js';
import { howMany, LONG_MS } from '../support/length.js';
import { openStoreAt } from '../support/open-test-store.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const beside = new URL('../store/damage.test.ts', import.meta.url).href;
const overwriteAndTell = program(beside, 'overwrite-and-tell');
const readAllAgain = program(beside, 'read-all-again');
const compact = program(beside, 'compact');

const WRITERS = 4;
const READERS = 2;
const COMPACTIONS = howMany(6, 300);
const KILLS = howMany(6, 300);

const random = randomNumbers();

async function problemsOf(path: string): Promise<unknown[]> {
  const problems: unknown[] = [];
  await checkOf(path).run({ found: async (problem) => void problems.push(problem) });
  return problems;
}

async function contentsOf(path: string): Promise<Map<string, number | string>> {
  const store = await openStoreAt(path, 'read');
  const contents = new Map<string, number | string>();
  for (const records of store.bucket('test')!.records({})) {
    for (let position = 0; position < records.count; position++) {
      const bytes = bytesOf(records.value(position)!);
      const key = records.key(position);
      const isCounter = key.endsWith('/counter');
      contents.set(key, isCounter ? Buffer.from(bytes).toString() : numberOf(bytes));
    }
  }
  await store.close();
  return contents;
}

/** What a writer has come to that has told of so many numbers. */
function expectedOf(name: string, last: number): Map<string, number | string> {
  const expected = new Map<string, number | string>();
  for (let number = 1; number <= last; number++) {
    expected.set(`${name}/${number % 40}`, number);
    if (number % 7 === 0) expected.delete(`${name}/${(number + 3) % 40}`);
  }
  expected.set(`${name}/counter`, String(last));
  return expected;
}

test(
  'writers and readers go on while their store is compacted again and again, and lose nothing',
  async () => {
    const path = join(temporaryFolder(), 'store');
    await (await openStoreAt(path)).close();
    const writers = Array.from({ length: WRITERS }, (_, w) => overwriteAndTell([path, `w${w}`]));
    for (const writer of writers) expect(await writer.message()).toBe('ready');
    const readers = Array.from({ length: READERS }, () => readAllAgain([path]));
    for (const reader of readers) expect(await reader.message()).toBe('ready');
    let saved = 0;
    let killed = 0;
    for (let done = 0; done < COMPACTIONS; done++) {
      if (done % 3 === 2) {
        const child = compact([path]);
        await child.message();
        child.send('go');
        await new Promise((resolve) => setTimeout(resolve, random() * 150));
        const { signal } = await child.kill();
        if (signal === 'SIGKILL') killed++;
        continue;
      }
      const { before, after } = await compactStore(path, {});
      saved += Math.max(0, before - after);
    }
    const expected = new Map<string, number | string>();
    for (const [w, writer] of writers.entries()) {
      let last = 0;
      while (last <= 10) last = (await writer.message()) as number;
      writer.send('stop');
      const { status, stderr } = await writer.ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      try {
        for (;;) last = (await writer.message()) as number;
      } catch {
        // It has ended.
      }
      for (const [key, number] of expectedOf(`w${w}`, last)) expected.set(key, number);
    }
    for (const reader of readers) {
      reader.send('stop');
      expect(await reader.ended).toMatchObject({ status: 0, stderr: '' });
    }
    expect(await contentsOf(path)).toEqual(expected);
    expect(await problemsOf(path)).toEqual([]);
    const { after } = await compactStore(path, {});
    expect(await contentsOf(path)).toEqual(expected);
    expect(await problemsOf(path)).toEqual([]);
    const counts = [...expected]
      .filter(([key]) => key.endsWith('counter'))
      .map(([, n]) => Number(n));
    const figures = { compactions: COMPACTIONS, killed, writes: counts, saved, after };
    process.stdout.write(`compactions beside writers: ${JSON.stringify(figures)}\n`);
  },
  LONG_MS,
);

test(
  'a compaction that is killed at any moment leaves what was there, and the next ends its work',
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'store');
    const store = await openStoreAt(path);
    const bucket = store.ensureBucket('test');
    // Half of what is deleted leaves gaps that larger values do not fit into: they go out of the way first.
    for (let number = 0; number < 200; number++) {
      const upload = store.upload();
      upload.append(numberedValue(number));
      bucket.put(`key ${number}`, upload);
      upload.close();
    }
    for (let number = 0; number < 200; number += 2) bucket.delete(`key ${number}`);
    await store.close();
    const contents = await contentsOf(path);
    const sizes = new Set<number>();
    let killed = 0;
    let shortened = 0;
    for (let time = 0; time < KILLS; time++) {
      const copy = join(folder, `copy${time}`);
      cpSync(path, copy, { recursive: true });
      const child = compact([copy]);
      await child.message();
      child.send('go');
      await new Promise((resolve) => setTimeout(resolve, random() * 250));
      const { signal } = await child.kill();
      if (signal === 'SIGKILL') killed++;
      const { size } = statSync(join(copy, 'data.mdb'));
      sizes.add(size);
      if (size < statSync(join(path, 'data.mdb')).size) shortened++;
      expect(await problemsOf(copy)).toEqual([]);
      expect(await contentsOf(copy)).toEqual(contents);
      const { after } = await compactStore(copy, {});
      expect(after).toBeLessThan(0.7 * statSync(join(path, 'data.mdb')).size);
      expect(await problemsOf(copy)).toEqual([]);
      expect(await contentsOf(copy)).toEqual(contents);
      rmSync(copy, { recursive: true });
    }
    const figures = { kills: KILLS, killed, shortened, sizes: sizes.size };
    process.stdout.write(`killed compactions: ${JSON.stringify(figures)}\n`);
  },
  LONG_MS,
);
