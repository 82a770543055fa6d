/** Compacting a store in place, beside others who have it open. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { compactStore } from '../../src/store/lmdb/compact/compact-store.js';
import { compactionOf } from '../../src/store/lmdb/compact/compaction-of.js';
import { encodeFreeList, listPages } from '../../src/store/lmdb/compact/free-tree.js';
import { PageRoom } from '../../src/store/lmdb/compact/page-room.js';
import { runsOf } from '../../src/store/lmdb/file/free-list.js';
import { program } from '../support/child-program.js';
import { codeOfRejected } from '../support/error-code.js';
import { openStoreAt } from '../support/open-test-store.js';
import { until } from '../support/shell.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { bytesOf, numberedValue, numberOf } from './numbered-value.js';

const hold = program(import.meta.url, 'hold');

const KEYS = 300;

interface Made {
  readonly path: string;
  readonly file: string;
}

/** A store whose file is mostly free, with what is left all over it. */
async function madeStore(keep = 5): Promise<Made> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  const bucket = store.ensureBucket('test');
  store.ensureBucket('empty');
  await store.transaction(async () => {
    for (let number = 0; number < KEYS; number++) {
      const upload = store.upload();
      upload.append(numberedValue(number));
      bucket.put(`key ${number}`, upload);
      upload.close();
    }
  });
  const others = Array.from({ length: KEYS }, (_, number) => number).filter((n) => n % keep > 0);
  for (let start = 0; start < others.length; start += 30) {
    await store.transaction(async () => {
      for (const number of others.slice(start, start + 30)) bucket.delete(`key ${number}`);
    });
  }
  await store.close();
  return { path, file: join(path, 'data.mdb') };
}

async function expectWhole({ path }: Made, keep = 5): Promise<void> {
  const problems: unknown[] = [];
  await checkOf(path).run({ found: async (problem) => void problems.push(problem) });
  expect(problems).toEqual([]);
  const store = await openStoreAt(path, 'read');
  const keys = new Map<string, number>();
  for (const records of store.bucket('test')!.records({})) {
    for (let position = 0; position < records.count; position++) {
      keys.set(records.key(position), numberOf(bytesOf(records.value(position)!)));
    }
  }
  await store.close();
  const kept = Array.from({ length: KEYS }, (_, number) => number).filter((n) => n % keep === 0);
  expect(keys).toEqual(new Map(kept.map((n): [string, number] => [`key ${n}`, n]).sort()));
}

test.each([2, 5, 60])(
  'the file is as long as what is in use, where one key of %d is left',
  async (keep) => {
    const made = await madeStore(keep);
    const { size } = statSync(made.file);
    const { neededBytes, run } = await compactionOf(made.path);
    const { before, after } = await run({});
    expect(before).toBe(size);
    expect(statSync(made.file).size).toBe(after);
    // All of what is in use, the two first pages, and nothing else, or a page or so.
    expect(after - neededBytes).toBeLessThan(40 * 4096 + neededBytes / 40);
    await expectWhole(made, keep);
    const again = await compactStore(made.path, {});
    expect(again.after).toBe(after);
  },
);

test('a store can be written to after it, and grows from where it ends', async () => {
  const made = await madeStore();
  const { after } = await compactStore(made.path, {});
  const store = await openStoreAt(made.path);
  for (let time = 0; time < 20; time++) store.ensureBucket('other').increment(`n${time}`, 1n);
  await store.close();
  expect(statSync(made.file).size).toBeLessThan(after + 40 * 4096);
  await expectWhole(made);
});

test('a store that is open meanwhile reads and writes on, and loses nothing', async () => {
  const made = await madeStore();
  const store = await openStoreAt(made.path);
  const bucket = store.ensureBucket('test');
  const value = bucket.get('key 5')!;
  const compaction = compactStore(made.path, {});
  // It waits for the reader of the value.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(numberOf(bytesOf(value))).toBe(5);
  expect((await compaction).after).toBeLessThan((await compaction).before / 2);
  bucket.increment('counter', 1n);
  expect(bucket.delete('counter')).toBe(true);
  await store.close();
  await expectWhole(made);
});

test('a reader of an older state is waited for, and named when patience ends', async () => {
  const made = await madeStore();
  const child = hold([made.path]);
  expect(await child.message()).toBe('holds');
  const store = await openStoreAt(made.path);
  store.ensureBucket('other').increment('n', 1n);
  const { size } = statSync(made.file);
  const refused = compactStore(made.path, {}, { limit: 300 });
  await expect(refused).rejects.toThrow(/^cannot compact store ".*": process \d+ \(hold\) reads/);
  // Others can write meanwhile.
  const waiting: string[] = [];
  const compaction = compactStore(made.path, {}, { waiting: (who) => waiting.push(who) });
  await until(() => waiting.length > 0);
  store.ensureBucket('other').increment('n', 1n);
  expect(waiting).toEqual([`a reader: process ${child.process.pid} (hold)`]);
  child.send('let go');
  expect((await compaction).after).toBeLessThan(size / 2);
  expect(store.ensureBucket('other').increment('n', 1n)).toBe(3n);
  await store.close();
  await expectWhole(made);
});

test('a reader that was killed is not waited for', async () => {
  const made = await madeStore();
  const child = hold([made.path]);
  await child.message();
  const store = await openStoreAt(made.path);
  store.ensureBucket('other').increment('n', 1n);
  await child.kill();
  await store.close();
  const { before, after } = await compactStore(made.path, {}, { limit: 0 });
  expect(after).toBeLessThan(before / 2);
});

test('a signal stops it, and the store is as it was', async () => {
  const made = await madeStore();
  const aborted = AbortSignal.abort(new Error('stopped'));
  await expect(compactStore(made.path, { signal: aborted })).rejects.toThrow('stopped');
  const stop = new AbortController();
  const progress = () => stop.abort(new Error('stopped later'));
  const outcome = await compactStore(made.path, { signal: stop.signal, progress }).catch(String);
  if (typeof outcome === 'string') expect(outcome).toContain('stopped later');
  await expectWhole(made);
});

test('a damaged store is refused, and left as it is', async () => {
  const made = await madeStore();
  const bytes = readFileSync(made.file);
  // The number of the transaction on the leaf that holds the key.
  const page = 4096 * Math.floor(bytes.lastIndexOf('key 5') / 4096);
  bytes.fill(0xff, page + 8, page + 16);
  writeFileSync(made.file, bytes);
  expect(await codeOfRejected(compactStore(made.path, {}))).toBe('damaged');
  expect(readFileSync(made.file).equals(bytes)).toBe(true);
});

test('pages are taken from the lowest run that has room, and then from behind the end', () => {
  const room = new PageRoom(
    [
      { first: 3, count: 1 },
      { first: 10, count: 4 },
      { first: 20, count: 2 },
    ],
    30,
  );
  expect([
    room.take(1),
    room.take(2),
    room.take(2),
    room.take(2),
    room.take(3),
    room.take(1),
  ]).toEqual([3, 10, 12, 20, 30, 33]);
  expect(room.highest).toBe(33);
});

test('a list of free pages is what LMDB makes of it, and knows when it needs pages of its own', () => {
  const runs = [
    { first: 4, count: 1 },
    { first: 9, count: 70 },
  ];
  const list = encodeFreeList(runs);
  expect(runsOf(list)).toEqual([...runs].reverse());
  expect(listPages(list.length, 4096)).toBe(0);
  expect(listPages(2034 - 16, 4096)).toBe(0);
  expect(listPages(2034 - 8, 4096)).toBe(1);
  expect(listPages(4096 - 16, 4096)).toBe(2);
});
