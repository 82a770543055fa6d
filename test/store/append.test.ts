/** How appending works on a store on LMDB: in place, and beside others. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Problem } from '../../src/store/maintenance.js';
import type { Store } from '../../src/store/store.js';
import { program } from '../support/child-program.js';
import { codeOf } from '../support/error-code.js';
import { openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { figuresOf } from '../support/store-figures.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { bytesOf, put, textOf, uploadOf } from './conformance/subject.js';

const append = program(import.meta.url, 'append');
const beginAppend = program(import.meta.url, 'begin-append');

function appendTo(store: Store, key: string, contents: Uint8Array | string): void {
  const upload = uploadOf(store, contents);
  store.bucket('test')!.append(key, upload);
  upload.close();
}

test('processes that append to one value lose nothing and tear no line', async () => {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  put(store, store.createBucket('test'), 'log', `first ${'-'.repeat(200_000)}\n`);
  // The first two bring more than is held in memory.
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  const sizes = ['2500000', '2500000', '0', '0', '0', '0', '0', '0'];
  const children = names.map((name, index) => append([path, name, '40', sizes[index]!]));
  for (const child of children) expect(await child.message()).toBe('ready');
  for (const child of children) child.send('go');
  for (const child of children) expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  const lines = textOf(store.bucket('test')!, 'log')!.split('\n');
  const expected = names.flatMap((name) =>
    Array.from({ length: 40 }, (_, line) => `${name} ${line} ${'x'.repeat(line)}`),
  );
  for (const name of ['p0', 'p1']) expected.push(`${name} long ${name.repeat(2_500_000)}`);
  expected.push(`first ${'-'.repeat(200_000)}`, '');
  expect(lines.sort()).toEqual(expected.sort());
  expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
});

test('a large value grows in its place, whatever its size', async () => {
  const store = await openTestStore();
  const bucket = store.createBucket('test');
  put(store, bucket, 'log', patternedBytes(40_000_000));
  const { fileSize } = figuresOf(store);
  for (let time = 0; time < 50; time++) appendTo(store, 'log', 'a line\n');
  appendTo(store, 'log', patternedBytes(5_000_000));
  const grown = figuresOf(store);
  expect(grown).toMatchObject({ chunkedValues: 1, uploads: 0 });
  // The long piece twice, as it is written before it is joined, and some of the last chunk.
  expect(grown.fileSize - fileSize).toBeLessThan(20_000_000);
  expect(bucket.stat('log')!.size).toBe(45_000_350);
});

/** What a check of the whole store finds. */
async function problemsOf(path: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const found = async (problem: Problem) => void problems.push(problem);
  await checkOf(path).run({ found });
  return problems;
}

async function storeWithLog(): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  put(store, store.createBucket('test'), 'log', patternedBytes(300_000));
  await store.close();
  return path;
}

/** A process that is in the midst of appending to the log. */
async function appendingTo(path: string) {
  const child = beginAppend([path]);
  await vi.waitFor(() => expect(existsSync(join(path, 'begun'))).toBe(true), 60_000);
  return child;
}

test('what a killed process had begun to append is given back, and more can be added', async () => {
  const path = await storeWithLog();
  const child = await appendingTo(path);
  const store = await openStoreAt(path);
  const log = () => bytesOf(store.bucket('test')!, 'log')!;
  expect(log().equals(patternedBytes(300_000))).toBe(true);
  await child.kill();
  appendTo(store, 'log', 'more');
  expect(log().equals(Buffer.concat([patternedBytes(300_000), Buffer.from('more')]))).toBe(true);
  await store.close();
  const reopened = await openStoreAt(path);
  appendTo(reopened, 'log', 'more');
  expect(reopened.bucket('test')!.stat('log')!.size).toBe(300_008);
  expect(figuresOf(reopened)).toMatchObject({ chunkedValues: 1, uploads: 0 });
  expect(await problemsOf(path)).toEqual([]);
});

test('what another process is appending is waited for, as long as patience lasts', async () => {
  const path = await storeWithLog();
  const child = await appendingTo(path);
  const store = (await openStore(path, 'write', { limit: 20 }))!;
  onTestFinished(() => store.close());
  expect(codeOf(() => appendTo(store, 'log', 'more'))).toBe('busy');
  // A transaction would keep the other one from going on.
  await store.transaction(async () => appendTo(store, 'log', 'more'));
  expect(store.bucket('test')!.stat('log')!.size).toBe(300_004);
  writeFileSync(join(path, 'go'), '');
  expect(await child.message()).toEqual(['another', 'put']);
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
  const expected = [patternedBytes(300_000), Buffer.from('more'), patternedBytes(12_000_000, 1)];
  expect(bytesOf(store.bucket('test')!, 'log')!.equals(Buffer.concat(expected))).toBe(true);
  expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
  expect(await problemsOf(path)).toEqual([]);
});

test('a value of which a longer record has gone is copied, and not written into', async () => {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  const bucket = store.createBucket('test');
  const upload = uploadOf(store, patternedBytes(5_000_000));
  bucket.put('short', upload);
  upload.append(patternedBytes(5_000_000));
  bucket.put('long', upload);
  upload.close();
  bucket.delete('long');
  appendTo(store, 'short', 'more');
  const expected = Buffer.concat([patternedBytes(5_000_000), Buffer.from('more')]);
  expect(bytesOf(bucket, 'short')!.equals(expected)).toBe(true);
  expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
  expect(await problemsOf(path)).toEqual([]);
});
